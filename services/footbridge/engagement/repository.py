"""Activities and sessions of one school, in its own transaction."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from asyncpg import ForeignKeyViolationError
from sqlalchemy import Select, Table, delete, insert, select

from footbridge.engagement import tables
from footbridge.engagement.records import Activity, NewCount, NewYearGroup, Session
from footbridge.runtime.database import violates
from footbridge.runtime.errors import NotFound
from footbridge.runtime.ids import new_id
from footbridge.runtime.pages import Keyset, Page, PageRequest
from footbridge.runtime.statement import Prepared, Question
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.session import SchoolSession

BY_NAME = Keyset((tables.activity.c.sort_name, tables.activity.c.id))
NEWEST = Keyset((tables.session.c.held_on, tables.session.c.id), descending=True)


def _names(record: type[Any]) -> list[str]:
    return [field.name for field in fields(record)]


_OF_SESSION = ("school_id", "id", "session_id")
_ADD_SESSION = Prepared(insert(tables.session), "school_id", *_names(Session))
_ADD_COUNT = Prepared(insert(tables.participation_count), *_OF_SESSION, *_names(NewCount))
_ADD_YEAR_GROUP = Prepared(insert(tables.meeting_year_group), *_OF_SESSION, *_names(NewYearGroup))


class EngagementRepository:
    def __init__(self, school: SchoolSession) -> None:
        self._school_id = school.school_id
        self._transaction = school.transaction

    async def find_session(self, session_id: UUID) -> Session | None:
        query = self._all(tables.session, Session).where(tables.session.c.id == session_id)
        return await self._transaction.record(query, Session)

    async def get_session(self, session_id: UUID) -> Session:
        found = await self.find_session(session_id)
        if found is None:
            raise NotFound("session")
        return found

    async def page_of_activities(self, request: PageRequest) -> Page[Activity]:
        return await BY_NAME.page(self._transaction, self._all(tables.activity, Activity), request, Activity)

    async def add_activity(self, activity: Activity) -> None:
        """The composite foreign key answers for another school's partnership as for a missing one."""
        try:
            await self._add(tables.activity, asdict(activity))
        except ForeignKeyViolationError as error:
            if violates(error, "activity_school_id_partnership_id_fkey"):
                raise NotFound("partnership") from None
            raise

    async def add_session(
        self, session: Session, counts: Sequence[NewCount], year_groups: Sequence[NewYearGroup], event: Question
    ) -> None:
        """With the event that tells it. The composite foreign key answers for another school's activity as for a
        missing one.
        """
        of_session = {"school_id": self._school_id, "session_id": session.id}
        try:
            await self._transaction.run_together(
                _ADD_SESSION(school_id=self._school_id, **vars(session)),
                *(_ADD_COUNT(id=new_id(), **of_session, **vars(count)) for count in counts),
                *(_ADD_YEAR_GROUP(id=new_id(), **of_session, **vars(group)) for group in year_groups),
                event,
            )
        except ForeignKeyViolationError as error:
            if violates(error, "session_school_id_activity_id_fkey"):
                raise NotFound("activity") from None
            raise

    async def remove_session(self, session_id: UUID) -> None:
        for table in (tables.participation_count, tables.meeting_year_group):
            own = (table.c.school_id == self._school_id) & (table.c.session_id == session_id)
            await self._transaction.run(delete(table).where(own))
        session = tables.session
        own = (session.c.school_id == self._school_id) & (session.c.id == session_id)
        await self._transaction.run(delete(session).where(own))

    async def _add(self, table: Table, values: dict[str, Any]) -> None:
        await self._transaction.run(insert(table).values(school_id=self._school_id, **values))

    def _all(self, table: Table, record: type) -> Select[*tuple[Any, ...]]:
        return select(*columns_of(table, record)).where(table.c.school_id == self._school_id)
