"""Trusts, schools and memberships as the public register has them; read by every session."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from footbridge.runtime.database import Transaction
from footbridge.runtime.errors import NotFound
from footbridge.runtime.pages import Keyset
from footbridge.tenancy import tables


@dataclass(frozen=True)
class Trust:
    id: UUID
    uid: str
    name: str
    sort_name: str
    companies_house_number: str | None


@dataclass(frozen=True)
class TrustGroup:
    """A hub, region or phase team; its membership is dated."""

    id: UUID
    trust_id: UUID
    name: str
    sort_name: str
    kind: str


@dataclass(frozen=True)
class School:
    id: UUID
    urn: str
    name: str
    sort_name: str
    la_code: str | None
    establishment_number: str | None
    phase: str
    type: str | None
    low_age: int | None
    high_age: int | None
    opened_on: date | None
    closed_on: date | None


class PublicFact(NamedTuple):
    """What DfE publishes of a school: context for everybody, with its source and day. A tuple, since a country's are
    made at once.
    """

    school_id: UUID
    indicator: str
    academic_year: str
    as_of_on: date
    numerator: int | None
    denominator: int | None
    value: Any
    symbol: str | None
    source: str
    matched_by: str


def columns_of(table: Any, record: type) -> list[Any]:
    """In the order of the record's fields; it is a dataclass or a named tuple."""
    names = [field.name for field in fields(record)] if is_dataclass(record) else record.__annotations__
    return [table.c[name] for name in names]


SCHOOLS_BY_NAME = Keyset((tables.school.c.sort_name, tables.school.c.id))
FACTS_NEWEST = Keyset((tables.public_fact.c.as_of_on, tables.public_fact.c.indicator), descending=True)


class Register:
    """Answers questions about public facts within any tenant's transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find_trust(self, *, uid: str) -> Trust | None:
        return await self._transaction.record(_trusts().where(tables.trust.c.uid == uid), Trust)

    async def get_trust(self, trust_id: UUID) -> Trust:
        found = await self._transaction.record(_trusts().where(tables.trust.c.id == trust_id), Trust)
        if found is None:
            raise NotFound("trust")
        return found

    async def find_school(self, *, urn: str) -> School | None:
        """By any of its URNs, earlier ones too."""
        alias = tables.school_urn
        query = _schools().join(alias, alias.c.school_id == tables.school.c.id).where(alias.c.urn == urn)
        return await self._transaction.record(query, School)

    async def get_school(self, school_id: UUID) -> School:
        found = await self._transaction.record(_schools().where(tables.school.c.id == school_id), School)
        if found is None:
            raise NotFound("school")
        return found

    async def get_schools(self, school_ids: Collection[UUID]) -> Sequence[School]:
        return await self._transaction.records(_schools().where(tables.school.c.id.in_(school_ids)), School)

    async def trust_of(self, school_id: UUID, *, on: date) -> UUID | None:
        query = select(tables.membership.c.trust_id).where(tables.membership.c.school_id == school_id)
        found: UUID | None = await self._transaction.scalar(query.where(_open(tables.membership, on)))
        return found

    async def list_schools(self, trust_id: UUID, *, on: date) -> Sequence[School]:
        """The trust's schools that day, by name."""
        query = _members(trust_id, on)
        return await self._transaction.records(query.order_by(tables.school.c.sort_name, tables.school.c.id), School)

    async def list_groups(self, trust_id: UUID) -> Sequence[TrustGroup]:
        query = select(*columns_of(tables.trust_group, TrustGroup))
        query = query.where(tables.trust_group.c.trust_id == trust_id).order_by(tables.trust_group.c.sort_name)
        return await self._transaction.records(query, TrustGroup)

    async def groups_of_schools(self, trust_id: UUID, *, on: date) -> Sequence[tuple[UUID, UUID]]:
        """Pairs of group id and school id that hold that day."""
        link = tables.trust_group_membership
        query = select(link.c.group_id, link.c.school_id).where(link.c.trust_id == trust_id, _open(link, on))
        return [(group_id, school_id) for group_id, school_id in await self._transaction.all(query)]

    async def latest_facts(
        self, school_ids: Collection[UUID], indicators: Collection[str], *, until: date
    ) -> Sequence[PublicFact]:
        """For each school and indicator the newest fact that was true by that day."""
        fact = tables.public_fact
        query = (
            select(*columns_of(fact, PublicFact))
            .ext(distinct_on(fact.c.school_id, fact.c.indicator))
            .where(fact.c.school_id.in_(school_ids), fact.c.indicator.in_(indicators), fact.c.as_of_on <= until)
            .order_by(fact.c.school_id, fact.c.indicator, fact.c.as_of_on.desc())
        )
        return await self._transaction.records(query, PublicFact)


def _trusts() -> Select[*tuple[Any, ...]]:
    return select(*columns_of(tables.trust, Trust))


def _schools() -> Select[*tuple[Any, ...]]:
    return select(*columns_of(tables.school, School))


def _members(trust_id: UUID, on: date) -> Select[*tuple[Any, ...]]:
    member = tables.membership
    members = select(member.c.school_id).where(member.c.trust_id == trust_id, _open(member, on))
    return _schools().where(tables.school.c.id.in_(members))


def _open(table: Any, on: date) -> Any:
    return and_(table.c.from_on <= on, or_(table.c.until_on.is_(None), table.c.until_on > on))
