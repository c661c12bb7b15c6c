import traceback

from sqlalchemy import update

from footbridge.directory.tables import post
from footbridge.gateway import endpoint
from footbridge.runtime.database import Role
from tests.gateway.client import trust_path


async def test_busy(sign_in, world, world_database, monkeypatch):
    t = world.trusts[1]
    async with world_database.transaction(Role.DIRECTORY, trust_id=t.id) as tr:
        await tr.run(update(post).where(post.c.person_id == t.executive.id).values(role="trust administrator"))
    c = await sign_in(t.executive)
    real = endpoint.is_unavailable

    def shown(e):
        traceback.print_exception(e)
        return real(e)

    monkeypatch.setattr(endpoint, "is_unavailable", shown)
    for _ in range(3):
        r = await c.send(trust_path(t.uid), "SchoolReleases", urn=t.schools[0].urn)
        print("busy", r.status_code, r.text[:300])
