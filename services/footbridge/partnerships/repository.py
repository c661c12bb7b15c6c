"""Partnerships of one school, in its own transaction."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, func, insert, select, update
from sqlalchemy.dialects import postgresql

from footbridge.partnerships import tables
from footbridge.partnerships.records import Elements, Organisation, Partnership, Status
from footbridge.runtime.errors import NotFound
from footbridge.runtime.ids import new_id
from footbridge.runtime.pages import Keyset
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.session import SchoolSession

BY_NAME = Keyset((tables.partnership.c.sort_name, tables.partnership.c.id))


class PartnershipRepository:
    def __init__(self, school: SchoolSession) -> None:
        self._school_id = school.school_id
        self._transaction = school.transaction

    async def get(self, partnership_id: UUID, *, for_change: bool = False) -> Partnership:
        query = self._all(tables.partnership, Partnership).where(tables.partnership.c.id == partnership_id)
        found = await self._transaction.record(query.with_for_update() if for_change else query, Partnership)
        if found is None:
            raise NotFound("partnership")
        return found

    async def get_organisation(self, organisation_id: UUID) -> Organisation:
        query = self._all(tables.organisation, Organisation).where(tables.organisation.c.id == organisation_id)
        found = await self._transaction.record(query, Organisation)
        if found is None:
            raise NotFound("organisation")
        return found

    async def add_organisation(self, organisation: Organisation) -> Organisation:
        """The one of that name if there is one, also one that another request is adding now."""
        added = postgresql.insert(tables.organisation).values(school_id=self._school_id, **asdict(organisation))
        await self._transaction.run(added.on_conflict_do_nothing(index_elements=["school_id", "sort_name"]))
        named = self._all(tables.organisation, Organisation).where(
            tables.organisation.c.sort_name == organisation.sort_name
        )
        (known,) = await self._transaction.records(named.with_for_update(), Organisation)
        return known

    async def save_organisation(self, organisation: Organisation) -> None:
        table = tables.organisation
        own = (table.c.school_id == self._school_id) & (table.c.id == organisation.id)
        await self._transaction.run(update(table).where(own).values(asdict(organisation)))

    async def add(self, partnership: Partnership) -> None:
        await self._add(tables.partnership, asdict(partnership))

    async def save(self, partnership: Partnership) -> Partnership:
        table = tables.partnership
        own = (table.c.school_id == self._school_id) & (table.c.id == partnership.id)
        await self._transaction.run(update(table).where(own).values(asdict(partnership)))
        return partnership

    async def add_status_change(self, partnership_id: UUID, status: str, from_on: date) -> None:
        await self._add(
            tables.status_change,
            {"id": new_id(), "partnership_id": partnership_id, "status": status, "from_on": from_on},
        )

    async def find_last_day_told(self, partnership_id: UUID) -> date | None:
        """Since when it has been active or paused as it is now."""
        table = tables.status_change
        query = select(func.max(table.c.from_on)).where(
            table.c.school_id == self._school_id,
            table.c.partnership_id == partnership_id,
            table.c.status.in_([Status.ACTIVE.value, Status.PAUSED.value]),
        )
        found: date | None = await self._transaction.scalar(query)
        return found

    async def add_elements(self, partnership_id: UUID, elements: Elements) -> None:
        """Outcomes, roles and benefits; venue and youth voice stand on the partnership itself."""
        key = {"partnership_id": partnership_id}
        for outcome in elements.outcomes:
            await self._add(tables.agreed_outcome, {"id": new_id(), **key, **asdict(outcome)})
        for side, responsibility in elements.roles:
            values = {"id": new_id(), **key, "side": side.value, "responsibility": responsibility}
            await self._add(tables.role_declaration, values)
        for side, benefit in elements.benefits:
            await self._add(tables.mutual_benefit, {"id": new_id(), **key, "side": side.value, "benefit": benefit})

    async def count_elements(self, partnership_id: UUID) -> tuple[int, int, int]:
        """Outcomes, roles, benefits."""
        counts = [
            select(func.count())
            .where(table.c.school_id == self._school_id, table.c.partnership_id == partnership_id)
            .scalar_subquery()
            for table in (tables.agreed_outcome, tables.role_declaration, tables.mutual_benefit)
        ]
        outcomes, roles, benefits = await self._transaction.first(select(*counts))
        return outcomes, roles, benefits

    async def _add(self, table: Table, values: dict[str, Any]) -> None:
        await self._transaction.run(insert(table).values(school_id=self._school_id, **values))

    def _all(self, table: Table, record: type) -> Select[*tuple[Any, ...]]:
        return select(*columns_of(table, record)).where(table.c.school_id == self._school_id)
