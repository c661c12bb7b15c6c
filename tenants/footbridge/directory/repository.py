"""Rows of one trust's directory: its issuers, their groups, people and posts."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, and_, exists, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from footbridge.audit.event import Actor, event_row
from footbridge.directory import tables
from footbridge.directory.records import Duty, GroupPost, HeldPost, Issuer, PersonAtTrust
from footbridge.runtime.database import Transaction
from footbridge.runtime.ids import new_id
from footbridge.tenancy.permission import PostRole
from footbridge.tenancy.register import columns_of
from footbridge.tenancy.tables import membership, school, trust, trust_group

_OF_PERSON = len(fields(PersonAtTrust))


class DirectoryRepository:
    """Answers within one transaction that belongs to `trust_id`."""

    def __init__(self, transaction: Transaction, trust_id: UUID) -> None:
        self._transaction = transaction
        self._trust_id = trust_id

    async def find_issuer(self, issuer_url: str) -> Issuer | None:
        return await self._issuer(tables.issuer.c.issuer_url == issuer_url)

    async def get_issuer(self, issuer_id: UUID) -> Issuer:
        """Of a row that refers to it: a composite foreign key promises that it is there."""
        found = await self._issuer(tables.issuer.c.id == issuer_id)
        assert found is not None
        return found

    async def get_issuer_of_person(self, person_id: UUID) -> Issuer:
        person = tables.person.c
        theirs = select(person.issuer_id).where(person.trust_id == self._trust_id, person.id == person_id)
        return await self.get_issuer(await self._transaction.scalar(theirs))

    async def save_issuer(self, *, issuer_url: str, client_id: str, client_secret: str | None) -> UUID:
        """Its id; the row stays locked until the transaction ends, so that two who add it wait for each other."""
        table = tables.issuer
        access = {"client_id": client_id, "client_secret": client_secret}
        added = insert_or_update(table).values(trust_id=self._trust_id, id=new_id(), issuer_url=issuer_url, **access)
        saved = added.on_conflict_do_update(index_elements=["trust_id", "issuer_url"], set_=access)
        issuer_id: UUID = await self._transaction.scalar(saved.returning(table.c.id))
        return issuer_id

    async def list_group_posts(self, issuer_id: UUID) -> list[GroupPost]:
        """Those in force."""
        table = tables.group_post
        query = select(table.c.group_name, table.c.role, table.c.school_id, table.c.group_id)
        rows = await self._transaction.all(query.where(self._in_force(issuer_id)))
        return [GroupPost(name, PostRole(role), school_id, group_id) for name, role, school_id, group_id in rows]

    async def replace_group_posts(self, issuer_id: UUID, group_posts: Collection[GroupPost], *, at: datetime) -> None:
        """The earlier map is ended, not deleted: it tells why somebody held a post."""
        table = tables.group_post
        await self._transaction.run(update(table).where(self._in_force(issuer_id)).values(ended_at=at))
        rows = [
            {
                "trust_id": self._trust_id,
                "id": new_id(),
                "issuer_id": issuer_id,
                "group_name": each.group_name,
                "role": each.role.value,
                "school_id": each.school_id,
                "group_id": each.trust_group_id,
            }
            for each in group_posts
        ]
        if rows:
            await self._transaction.run(insert(table).values(rows))

    async def save_person(
        self, *, issuer_id: UUID, subject: str, name: str, email: str | None, signed_in_at: datetime
    ) -> UUID:
        """The id of the one person of that issuer and subject; the row stays locked until the transaction ends."""
        table = tables.person
        particulars = {"name": name, "email": email, "signed_in_at": signed_in_at}
        key = {"trust_id": self._trust_id, "issuer_id": issuer_id, "subject": subject}
        added = insert_or_update(table).values(**key, id=new_id(), **particulars)
        saved = added.on_conflict_do_update(index_elements=list(key), set_=particulars)
        person_id: UUID = await self._transaction.scalar(saved.returning(table.c.id))
        return person_id

    async def get_person(self, person_id: UUID, *, on: date) -> tuple[PersonAtTrust, list[HeldPost]]:
        """Of a session that refers to it, with the posts that may be acted in that day: the trust's own come first.

        A post at a school holds only while the school belongs to the trust.
        """
        rows = await self._transaction.all(self._person_with_posts(person_id, on))
        assert rows
        person = PersonAtTrust(*rows[0][:_OF_PERSON])
        return person, [_held_post(*row[_OF_PERSON:]) for row in rows if row[_OF_PERSON] is not None]

    async def list_lasting_posts(self, person_id: UUID) -> list[tuple[UUID, Duty]]:
        """Without an end: those that the directory's groups gave and may take away."""
        post = tables.post.c
        query = select(post.id, post.role, post.school_id, post.group_id).where(
            post.trust_id == self._trust_id, post.person_id == person_id, post.until_on.is_(None)
        )
        return [
            (row.id, Duty(PostRole(row.role), row.school_id, row.group_id))
            for row in await self._transaction.all(query)
        ]

    async def add_posts(self, person_id: UUID, duties: Collection[Duty], *, from_on: date) -> None:
        rows = [
            {
                "trust_id": self._trust_id,
                "id": new_id(),
                "person_id": person_id,
                "role": duty.role.value,
                "school_id": duty.school_id,
                "group_id": duty.trust_group_id,
                "from_on": from_on,
            }
            for duty in duties
        ]
        if rows:
            await self._transaction.run(insert(tables.post).values(rows))

    async def end_posts(self, post_ids: Collection[UUID], *, on: date) -> None:
        post = tables.post
        ended = update(post).where(post.c.trust_id == self._trust_id, post.c.id.in_(post_ids)).values(until_on=on)
        await self._transaction.run(ended)

    async def record(self, actor: Actor, action: str, *, subject_id: UUID | None = None, **details: Any) -> None:
        event = event_row(actor, action, trust_id=self._trust_id, subject_id=subject_id, **details)
        await self._transaction.run(event)

    async def _issuer(self, condition: ColumnElement[bool]) -> Issuer | None:
        query = select(*columns_of(tables.issuer, Issuer)).where(tables.issuer.c.trust_id == self._trust_id, condition)
        return await self._transaction.record(query, Issuer)

    def _in_force(self, issuer_id: UUID) -> ColumnElement[bool]:
        table = tables.group_post.c
        return and_(table.trust_id == self._trust_id, table.issuer_id == issuer_id, table.ended_at.is_(None))

    def _person_with_posts(self, person_id: UUID, on: date) -> Executable:
        person, post = tables.person, tables.post
        theirs = and_(post.c.trust_id == person.c.trust_id, post.c.person_id == person.c.id, self._may_act(on))
        of_the_group = and_(trust_group.c.trust_id == post.c.trust_id, trust_group.c.id == post.c.group_id)
        return (
            select(
                *(person.c.id, person.c.name, person.c.email, trust.c.id, trust.c.uid, trust.c.name),
                *(post.c.id, post.c.role, post.c.school_id, school.c.urn, school.c.name),
                *(post.c.group_id, trust_group.c.name, post.c.from_on),
            )
            .join_from(person, trust, trust.c.id == person.c.trust_id)
            .outerjoin(post, theirs)
            .outerjoin(school, school.c.id == post.c.school_id)
            .outerjoin(trust_group, of_the_group)
            .where(person.c.trust_id == self._trust_id, person.c.id == person_id)
            .order_by(school.c.sort_name.nulls_first(), trust_group.c.sort_name.nulls_first(), post.c.id)
        )

    def _may_act(self, on: date) -> ColumnElement[bool]:
        post = tables.post
        belongs = and_(membership.c.trust_id == self._trust_id, membership.c.school_id == post.c.school_id)
        is_member = exists().where(belongs, _holds(membership, on))
        return and_(_holds(post, on), or_(post.c.school_id.is_(None), is_member))


def _holds(table: Any, on: date) -> ColumnElement[bool]:
    """`until_on` is the first day on which it no longer does."""
    return and_(table.c.from_on <= on, or_(table.c.until_on.is_(None), table.c.until_on > on))


def _held_post(post_id: UUID, role: str, *rest: Any) -> HeldPost:
    return HeldPost(post_id, PostRole(role), *rest)
