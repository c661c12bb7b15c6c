import asyncio

import pytest

from footbridge.runtime.database import Transaction
from tests.gateway.client import trust_path

real = Transaction._execute


async def shielded(self, query, parameters):
    return await asyncio.shield(asyncio.ensure_future(real(self, query, parameters)))


@pytest.mark.parametrize("fix", [False, True])
async def test_busy2(sign_in, world, monkeypatch, fix):
    if fix:
        monkeypatch.setattr(Transaction, "_execute", shielded)
    t = world.trusts[0]
    c = await sign_in(t.executive)
    for v in (dict(first=-1), dict(after="nonsense")):
        r = await c.send(trust_path(t.uid), "SchoolReleases", urn=t.schools[0].urn, **v)
        print("busy", fix, v, r.status_code, r.text[:200])
