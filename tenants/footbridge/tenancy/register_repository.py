"""Rows of the public register as the command line writes them, in its own transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Dialect, func, insert, select, update
from sqlalchemy.dialects import postgresql

from footbridge.runtime.ids import new_id
from footbridge.runtime.statement import Prepared, Question
from footbridge.tenancy import tables
from footbridge.tenancy.calendar import CalendarEntry
from footbridge.tenancy.register import PublicFact, School, Trust, TrustGroup, columns_of
from footbridge.tenancy.session import RegisterSession

ROWS_A_STATEMENT = 1_000  # PostgreSQL takes at most 32,767 parameters in one
FACTS_A_STATEMENT = 5_000

_DIALECT: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
_APART = "\x1f"
_FACT = ", ".join(PublicFact._fields)
_TOLD = ", ".join(
    f"string_to_array(${number}, chr({ord(_APART)}), '')::{column.type.compile(_DIALECT)}[]"
    for number, column in enumerate(columns_of(tables.public_fact, PublicFact), start=1)
)
"""A parameter for each column, so that it is one statement for any number of rows. The driver takes ten times as long
for an array as for a text, which the server takes apart at once."""
_ADD_FACTS = f"insert into register.public_fact ({_FACT}) select {_FACT} from unnest({_TOLD}) as told ({_FACT})"
_SAVE_FACTS = f"""
    update register.public_fact as known
    set {", ".join(f"{name} = told.{name}" for name in PublicFact._fields)}
    from unnest({_TOLD}) as told ({_FACT})
    where (known.school_id, known.indicator, known.academic_year)
        = (told.school_id, told.indicator, told.academic_year)
"""
_LOCK_FACTS = Prepared(select(func.pg_advisory_xact_lock(int.from_bytes(b"facts"))))


@dataclass(frozen=True)
class Membership:
    """`until_on` is the first day on which it no longer holds; None while it is open."""

    trust_id: UUID
    id: UUID
    school_id: UUID
    from_on: date
    until_on: date | None


class RegisterRepository:
    def __init__(self, register: RegisterSession) -> None:
        self._transaction = register.transaction

    async def list_trusts_named(self, sort_name: str) -> list[Trust]:
        query = select(*columns_of(tables.trust, Trust)).where(tables.trust.c.sort_name == sort_name)
        return await self._transaction.records(query.order_by(tables.trust.c.uid), Trust)

    async def add_trust(self, trust: Trust) -> None:
        await self._transaction.run(insert(tables.trust).values(asdict(trust)))

    async def save_trust(self, trust: Trust) -> None:
        await self._transaction.run(update(tables.trust).where(tables.trust.c.id == trust.id).values(asdict(trust)))

    async def list_schools_numbered(self, la_code: str, establishment_number: str) -> list[School]:
        number = (tables.school.c.la_code == la_code) & (tables.school.c.establishment_number == establishment_number)
        query = select(*columns_of(tables.school, School)).where(number)
        return await self._transaction.records(query.order_by(tables.school.c.urn), School)

    async def find_postcode(self, school_id: UUID) -> str | None:
        found: str | None = await self._transaction.scalar(
            select(tables.school.c.postcode).where(tables.school.c.id == school_id)
        )
        return found

    async def add_school(self, school: School, postcode: str | None) -> None:
        await self._transaction.run(insert(tables.school).values(asdict(school) | {"postcode": postcode}))
        await self.add_urn(school.id, school.urn, "current")

    async def save_school(self, school: School, postcode: str | None) -> None:
        own = tables.school.c.id == school.id
        await self._transaction.run(update(tables.school).where(own).values(asdict(school) | {"postcode": postcode}))

    async def add_urn(self, school_id: UUID, urn: str, kind: str) -> None:
        await self._transaction.run(insert(tables.school_urn).values(urn=urn, school_id=school_id, kind=kind))

    async def retire_urns(self, school_id: UUID) -> None:
        """All that the school has had so far are its predecessors' from here on."""
        own = tables.school_urn.c.school_id == school_id
        await self._transaction.run(update(tables.school_urn).where(own).values(kind="predecessor"))

    async def list_urns(self, kind: str) -> Mapping[str, UUID]:
        """Of every school we know, the current ones or the predecessors'."""
        query = select(tables.school_urn.c.urn, tables.school_urn.c.school_id).where(tables.school_urn.c.kind == kind)
        return dict(map(tuple, await self._transaction.all(query)))

    async def list_numbers(self) -> Mapping[tuple[str, str], UUID]:
        """Schools by authority and establishment number, where just one school has them."""
        school = tables.school
        query = select(school.c.la_code, school.c.establishment_number, school.c.id).where(
            school.c.la_code.is_not(None), school.c.establishment_number.is_not(None)
        )
        numbered: dict[tuple[str, str], list[UUID]] = {}
        for la_code, number, school_id in await self._transaction.all(query):
            numbered.setdefault((la_code, number), []).append(school_id)
        return {number: schools[0] for number, schools in numbered.items() if len(schools) == 1}

    async def list_memberships(self, school_id: UUID) -> list[Membership]:
        membership = tables.membership
        query = select(*columns_of(membership, Membership)).where(membership.c.school_id == school_id)
        return await self._transaction.records(query.order_by(membership.c.from_on, membership.c.id), Membership)

    async def add_membership(self, membership: Membership) -> None:
        await self._transaction.run(insert(tables.membership).values(asdict(membership)))

    async def save_membership(self, membership: Membership) -> None:
        own = (tables.membership.c.trust_id == membership.trust_id) & (tables.membership.c.id == membership.id)
        changed = update(tables.membership).where(own)
        await self._transaction.run(changed.values(from_on=membership.from_on, until_on=membership.until_on))

    async def find_group(self, trust_id: UUID, sort_name: str) -> TrustGroup | None:
        group = tables.trust_group
        query = select(*columns_of(group, TrustGroup)).where(group.c.trust_id == trust_id)
        return await self._transaction.record(query.where(group.c.sort_name == sort_name), TrustGroup)

    async def add_group(self, group: TrustGroup) -> None:
        await self._transaction.run(insert(tables.trust_group).values(asdict(group)))

    async def find_open_link(self, group: TrustGroup, school_id: UUID) -> date | None:
        """Since when the school has been in the group, if it is."""
        link = tables.trust_group_membership
        own = (link.c.trust_id == group.trust_id) & (link.c.group_id == group.id) & (link.c.school_id == school_id)
        query = select(link.c.from_on).where(own, link.c.until_on.is_(None))
        found: date | None = await self._transaction.scalar(query)
        return found

    async def add_link(self, group: TrustGroup, school_id: UUID, from_on: date) -> None:
        values = {"trust_id": group.trust_id, "id": new_id(), "group_id": group.id, "school_id": school_id}
        await self._transaction.run(insert(tables.trust_group_membership).values(values | {"from_on": from_on}))

    async def list_facts(self, school_ids: Collection[UUID], academic_years: Collection[str]) -> list[PublicFact]:
        fact = tables.public_fact
        query = select(*columns_of(fact, PublicFact)).where(fact.c.school_id.in_(school_ids))
        return await self._transaction.records(query.where(fact.c.academic_year.in_(academic_years)), PublicFact)

    async def lock_facts(self) -> None:
        """Until the end of the transaction nobody else enters facts."""
        await self._transaction.run(_LOCK_FACTS())

    async def add_facts(self, facts: Sequence[PublicFact]) -> None:
        """Those that are not known yet."""
        await self._each_part(_ADD_FACTS, facts)

    async def save_facts(self, facts: Sequence[PublicFact]) -> None:
        """Each takes the place of the one of the same school, indicator and year."""
        await self._each_part(_SAVE_FACTS, facts)

    async def _each_part(self, sql: str, facts: Sequence[PublicFact]) -> None:
        for start in range(0, len(facts), FACTS_A_STATEMENT):
            part = facts[start : start + FACTS_A_STATEMENT]
            columns = [[fact[number] for fact in part] for number in range(len(PublicFact._fields))]
            await self._transaction.run(Question(sql, [_joined(column) for column in columns]))

    async def list_calendar(self, trust_id: UUID) -> list[CalendarEntry]:
        entry = tables.calendar_entry
        query = select(*columns_of(entry, CalendarEntry)).where(entry.c.trust_id == trust_id)
        return await self._transaction.records(query.order_by(entry.c.starts_on, entry.c.id), CalendarEntry)

    async def add_calendar_entries(self, entries: Sequence[CalendarEntry]) -> None:
        for part in _parts([asdict(entry) for entry in entries]):
            await self._transaction.run(insert(tables.calendar_entry).values(part))

    async def save_calendar_entry(self, entry: CalendarEntry) -> None:
        own = (tables.calendar_entry.c.trust_id == entry.trust_id) & (tables.calendar_entry.c.id == entry.id)
        await self._transaction.run(update(tables.calendar_entry).where(own).values(asdict(entry)))


def _joined(column: Sequence[Any]) -> str:
    joined = _APART.join(["" if value is None else str(value) for value in column])
    if joined.count(_APART) != len(column) - 1:
        raise ValueError("a public fact holds no control characters")
    return joined


def _parts(rows: Sequence[dict[str, Any]]) -> Iterable[Sequence[dict[str, Any]]]:
    return (rows[start : start + ROWS_A_STATEMENT] for start in range(0, len(rows), ROWS_A_STATEMENT))
