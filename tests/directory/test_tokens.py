"""Bearer tokens: shown once, kept hashed, limited to a tenant, to scopes and to a time, and revocable."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from footbridge.directory.one_time_secret import hash_of, is_secret_of, new_secret
from footbridge.directory.tokens import LONGEST_LIFE, CreatedToken, create_token, find_token, revoke_token
from footbridge.runtime.clock import now, today
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import InvalidInput, NotFound, NotPermitted
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import CallerKind
from footbridge.tenancy.permission import Permission, Scope, permissions_of_scopes
from tests.directory.arrivals import register_trusts
from tests.foundation.people import WorldTrust
from tests.foundation.server import Copy

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
async def trusts(shared_database: Database) -> tuple[WorldTrust, WorldTrust]:
    return await register_trusts(shared_database)


async def make(database: Database, trust: WorldTrust, **changes: Any) -> CreatedToken:
    """For the first school, to read, for a week."""
    options = {"school_id": trust.schools[0].id, "name": "Timetable", "scopes": [Scope.READ], "expires_in": WEEK}
    return await create_token(database, trust_id=trust.id, **{**options, **changes})


def change(copy: Copy, statement: str, *values: object) -> int:
    with copy.connect() as connection:
        return connection.execute(statement, values).rowcount


def test_secret_is_known_again_by_its_hash_only() -> None:
    secret = new_secret()
    assert is_secret_of(secret, hash_of(secret))
    assert not is_secret_of(secret, secret)
    assert not is_secret_of("", hash_of(secret))


async def test_token_of_a_school_acts_for_that_school(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    created = await make(shared_database, trusts[0], scopes=[Scope.WRITE, Scope.READ, Scope.ADHOC, Scope.READ])
    assert re.fullmatch(r"fbt_[A-Za-z0-9_-]{43}", created.secret)
    assert now() + WEEK - timedelta(minutes=1) < created.expires_at <= now() + WEEK
    found = await find_token(shared_database, created.secret)
    assert found is not None
    caller, scopes = found
    assert scopes == {Scope.READ, Scope.WRITE, Scope.ADHOC}
    assert (caller.kind, caller.id, caller.name) == (CallerKind.TOKEN, created.id, "Timetable")
    assert (caller.trust_id, caller.school_id) == (trusts[0].id, trusts[0].schools[0].id)
    assert caller.permissions == permissions_of_scopes(scopes, school=True)
    assert not caller.may(Permission.SIGN_RELEASE)


async def test_token_of_a_trust_acts_for_the_trust(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    found = await find_token(shared_database, (await make(shared_database, trusts[0], school_id=None)).secret)
    assert found is not None
    assert found[0].school_id is None
    assert found[0].may(Permission.COMPARE)
    assert not found[0].may(Permission.READ_RECORD)


async def test_token_to_read_does_not_write(shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]) -> None:
    found = await find_token(shared_database, (await make(shared_database, trusts[0])).secret)
    assert found is not None
    found[0].require(Permission.READ_RECORD)
    with pytest.raises(NotPermitted):
        found[0].require(Permission.RECORD_OBSERVATIONS)


async def test_token_that_may_introspect_only_reads_nothing(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    found = await find_token(
        shared_database, (await make(shared_database, trusts[0], scopes=[Scope.INTROSPECT])).secret
    )
    assert found is not None
    assert found[0].permissions == frozenset()


async def test_secret_is_not_kept(
    shared_database: Database, shared_copy: Copy, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    created = await make(shared_database, trusts[0])
    with shared_copy.connect() as connection:
        kept = str(connection.execute("select * from directory.token").fetchall())
        kept += str(connection.execute("select * from audit.event").fetchall())
    assert created.fingerprint in kept
    assert created.secret not in kept
    assert created.secret.removeprefix("fbt_") not in kept
    assert created.secret not in repr(created)


async def test_expired_token_is_none(
    shared_database: Database, shared_copy: Copy, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    expired, standing = await make(shared_database, trusts[0]), await make(shared_database, trusts[0])
    change(shared_copy, "update directory.token set expires_at = now() where id = %s", expired.id)
    assert await find_token(shared_database, expired.secret) is None
    assert await find_token(shared_database, standing.secret) is not None


@pytest.mark.parametrize("by", ["secret", "fingerprint"])
async def test_revoked_token_is_none_from_then_on(
    shared_database: Database, shared_copy: Copy, trusts: tuple[WorldTrust, WorldTrust], by: str
) -> None:
    created, standing = await make(shared_database, trusts[0]), await make(shared_database, trusts[0])
    assert await find_token(shared_database, created.secret) is not None
    for _ in range(2):
        assert await revoke_token(shared_database, getattr(created, by)) == created.id
    assert await find_token(shared_database, created.secret) is None
    assert await find_token(shared_database, standing.secret) is not None
    with shared_copy.connect() as connection:
        found = connection.execute("select subject_id from audit.event where action = 'directory.token_revoked'")
        assert found.fetchall().count((created.id,)) == 1


@pytest.mark.parametrize("wanted", ["", "fbt_", "fbt_" + "a" * 43, "0" * 64, "'; drop table x"])
async def test_token_that_never_was_cannot_be_revoked(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust], wanted: str
) -> None:
    with pytest.raises(NotFound):
        await revoke_token(shared_database, wanted)


@pytest.mark.parametrize("secret", ["", "fbt_", "fbt_" + "a" * 43, "fbt_" + "\x00" * 43, "\ud800", "x" * 100_000])
async def test_secret_that_never_was_is_none(shared_database: Database, secret: str) -> None:
    assert await find_token(shared_database, secret) is None


async def test_fingerprint_opens_nothing(shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]) -> None:
    created = await make(shared_database, trusts[0])
    assert await find_token(shared_database, created.fingerprint) is None
    assert await find_token(shared_database, "fbt_" + created.fingerprint[:43]) is None


async def test_token_of_another_trusts_school_is_refused(
    shared_database: Database, shared_copy: Copy, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    told = set()
    for school_id in (trusts[1].schools[0].id, new_id()):
        with pytest.raises(NotFound) as refused:
            await make(shared_database, trusts[0], school_id=school_id)
        told.add(refused.value.message)
    assert len(told) == 1
    with shared_copy.connect() as connection:
        query = "select 1 from directory.token where school_id = %s"
        assert connection.execute(query, (trusts[1].schools[0].id,)).fetchall() == []


async def test_token_of_an_unknown_trust_is_refused(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    with pytest.raises(NotFound):
        await create_token(
            shared_database, trust_id=new_id(), school_id=None, name="x", scopes=[Scope.READ], expires_in=WEEK
        )


async def test_token_of_a_school_that_left_the_trust_is_none(
    shared_database: Database, shared_copy: Copy, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    school_id = trusts[1].schools[1].id
    created = await make(shared_database, trusts[1], school_id=school_id)
    assert await find_token(shared_database, created.secret) is not None
    change(shared_copy, "update register.membership set until_on = %s where school_id = %s", today(), school_id)
    assert await find_token(shared_database, created.secret) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "  "},
        {"name": "two\nlines"},
        {"name": "x" * 201},
        {"scopes": []},
        {"expires_in": timedelta(0)},
        {"expires_in": LONGEST_LIFE + timedelta(seconds=1)},
    ],
)
async def test_token_without_name_scope_or_end_is_refused(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust], changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        await make(shared_database, trusts[0], **changes)


async def test_directory_role_sees_a_token_only_with_its_key(
    shared_database: Database, trusts: tuple[WorldTrust, WorldTrust]
) -> None:
    created, _ = await make(shared_database, trusts[0]), await make(shared_database, trusts[0])
    listed = text("select id from directory.token")
    async with shared_database.transaction(Role.DIRECTORY, lookup_key=created.fingerprint) as transaction:
        assert [row.id for row in await transaction.all(listed)] == [created.id]
    async with shared_database.transaction(Role.DIRECTORY, trust_id=trusts[0].id, lookup_key="0") as transaction:
        assert await transaction.all(listed) == []
