"""Whether a tenant, once set, is still set on the pooled connection after its transaction."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy import URL, text

from footbridge.runtime.database import Database, Role
from tests.isolation.doctrine import SETS, K
from tests.isolation.tenant import Tenant, Tenants

_LEFT = text(
    "select pg_backend_pid(), "
    + ", ".join(f"current_setting('footbridge.{name}', true)" for name in ("school_id", "trust_id", "lookup_key"))
)


class Refused(Exception):
    """What ends a transaction early."""


async def settings_left_over(addresses: Mapping[Role, URL], tenants: Tenants) -> list[str]:
    """For each role: after a commit, a rollback and a cancellation on the one connection of its pool."""
    findings = []
    for role in SETS:
        database = Database(addresses, pool_size=1)
        try:
            findings += await _left_over(database, role, tenants.own)
        finally:
            await database.close()
    return findings


async def _left_over(database: Database, role: Role, tenant: Tenant) -> list[str]:
    findings = []
    for ending in (_commit, _roll_back, _cancel):
        before = await ending(database, role, tenant)
        async with database.transaction(role) as transaction:
            process, *left = await transaction.first(_LEFT)
        if any(left):
            findings.append(f"{role.login}: after {ending.__name__.strip('_')} the connection still has {left}")
        if ending is not _cancel and process != before:
            findings.append(f"{role.login}: {ending.__name__.strip('_')} lost the connection: nothing was proved")
    return findings


def _said(role: Role, tenant: Tenant) -> dict[str, Any]:
    return {key: "a-key" if key == K else tenant.value(key) for key in SETS[role]}


async def _commit(database: Database, role: Role, tenant: Tenant) -> int:
    async with database.transaction(role, **_said(role, tenant)) as transaction:
        process: int = await transaction.scalar(text("select pg_backend_pid()"))
    return process


async def _roll_back(database: Database, role: Role, tenant: Tenant) -> int:
    process = 0
    try:
        async with database.transaction(role, **_said(role, tenant)) as transaction:
            process = await transaction.scalar(text("select pg_backend_pid()"))
            raise Refused
    except Refused:
        return process


async def _cancel(database: Database, role: Role, tenant: Tenant) -> int:
    """In the middle of a statement that would take a minute."""
    started = asyncio.Event()

    async def work() -> None:
        async with database.transaction(role, **_said(role, tenant)) as transaction:
            started.set()
            await transaction.scalar(text("select pg_sleep(60)"))

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])
    return 0
