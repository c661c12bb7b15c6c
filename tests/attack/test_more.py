from sqlalchemy import text

from footbridge.publication.publisher import complete_release
from footbridge.runtime.database import Role
from footbridge.tenancy.session import open_school
from tests.foundation.larger_trust import build_trust
from tests.gateway.client import school_path, trust_path
from tests.publication.sharing import *


async def test_data_left(fresh_copy):
    db = fresh_copy.database
    t = await build_trust(db, 3)
    for h, n in zip(t.heads, (3, 197, 4)):
        await record(db, h, n, 200 if n != 4 else 1234567)
        rel, d = await prepare(db, h, note=None)
        await sign(db, h, rel, d)
        await complete_release(db, h, rel.id)
    rows = {}
    for role, kw in (
        (Role.SEALER, {}),
        (Role.TRUST, {"trust_id": t.id}),
        (Role.RELEASE, {"trust_id": t.id, "school_id": t.heads[0].school_id}),
        (Role.WORKER, {}),
    ):
        for table in (
            "audit.event",
            "published.value",
            "published.total",
            "published.ledger",
            "published.release",
            "published.sibling_view",
            "jobs.queue",
            "release.release_cell",
            "school.idempotency_key",
            "school.observation",
        ):
            try:
                async with db.transaction(role, **kw) as tr:
                    r = await tr.all(text(f"select to_jsonb(t)::text from {table} t"))
                rows[(role.value, table)] = [x[0] for x in r]
            except Exception as e:
                rows[(role.value, table)] = type(getattr(e, "orig", e).__cause__ or e).__name__
    for k, v in rows.items():
        hit = (
            [x for x in v if any(s in x for s in ("1234567", "School 98", "Head larger", "197.00", '"numerator": 3'))]
            if isinstance(v, list)
            else v
        )
        print("data", k, len(v) if isinstance(v, list) else "", hit if isinstance(hit, str) else hit[:1])


async def test_poison():
    from dramatiq import Message

    for b in (
        b"{}",
        b'{"message_id":"x","queue_name":"default","actor_name":"nope","args":[],"kwargs":{},"options":{},"message_timestamp":1}',
        b"[]",
    ):
        try:
            print("poison", Message.decode(b))
        except Exception as e:
            print("poison", type(e).__name__, e)


async def test_two_measures_stale_between(fresh_database):
    """Import commits between the preview computation and the sign's write: what is published is what was hashed."""
    from footbridge.publication import service

    db = fresh_database
    t = await build_trust(db, 3)
    h = t.heads[0]
    await record(db, h, 20, 200)
    rel, d = await prepare(db, h)
    real = service.preview_release

    async def slow(school, release):
        p = await real(school, release)
        await record(db, h, 90, 200)
        return p

    service.preview_release = slow
    try:
        await sign(db, h, rel, d)
    finally:
        service.preview_release = real
    print(
        "stale", await complete_release(db, h, rel.id), [c.numerator for c in (await comparison(db, t.executive)).cells]
    )


async def test_resign_after_return_race(fresh_database, monkeypatch):
    """Returned -> given back -> head signs new figures while an earlier completion still holds the old ones."""
    from footbridge.publication import publisher

    db = fresh_database
    t = await build_trust(db, 3)
    h = t.heads[0]
    await record(db, h, 20, 200)
    a, da = await prepare(db, h)
    await sign(db, h, a, da)
    # completion stops after having read the signed header; meanwhile give-back by another completion + re-sign with new figure
    real = publisher.PublishedRepository.list_signed_cells

    async def meanwhile(self, release_id):
        monkeypatch.setattr(publisher.PublishedRepository, "list_signed_cells", real)
        await publisher._give_back(db, h, a.id, "test")
        await record(db, h, 60, 200)
        async with open_school(db, h, school_id=h.school_id) as s:
            from footbridge.publication.repository import ReleaseRepository
            from footbridge.publication.service import preview_release

            p = await preview_release(s, await ReleaseRepository(s).get(a.id))
        await sign(db, h, a, p.digest)
        return await real(self, release_id)

    monkeypatch.setattr(publisher.PublishedRepository, "list_signed_cells", meanwhile)
    print(
        "resign", await complete_release(db, h, a.id), [c.numerator for c in (await comparison(db, t.executive)).cells]
    )


async def test_ledger_rerelease(fresh_database):
    db = fresh_database
    t = await build_trust(db, 3)
    h = t.heads[0]
    r = await share(db, h, 20, 200)
    c1 = (await comparison(db, t.executive)).cells[0].numerator
    await withdraw(db, h, r)
    r2 = await share(db, h, 21, 200)
    print("rerelease", c1, (await comparison(db, t.executive)).cells[0].numerator)


async def test_trust_admin_and_governor(give_token, sign_in, world, world_database):
    from sqlalchemy import update

    from footbridge.directory.tables import post

    t = world.trusts[1]
    async with world_database.transaction(Role.DIRECTORY, trust_id=t.id) as tr:
        await tr.run(update(post).where(post.c.person_id == t.executive.id).values(role="trust administrator"))
    c = await sign_in(t.executive)
    for op, v in (
        ("Comparison", dict(measureId="persistent-absence", period="2024-25")),
        ("SchoolReleases", dict(urn=t.schools[0].urn)),
        ("Trust", {}),
    ):
        r = await c.send(trust_path(t.uid), op, **v)
        print("admin", op, r.text[:160])
    g = await sign_in(t.schools[0].governor)
    p = school_path(t.schools[0].urn)
    for op, v in (
        ("Activities", {}),
        ("Partnerships", {}),
        ("Observations", {}),
        ("AccessRecords", {}),
        ("Figure", dict(measureId="attendance", period="2024-25")),
        ("PublicationPreview", dict(period="2024-25")),
        ("Releases", {}),
        ("Sessions", {}),
        ("School", {}),
        ("SiblingStanding", dict(measureId="attendance", period="2024-25")),
        ("AddActivity", dict(title="x", category="WIDER_LIFE_SKILLS")),
        ("PrepareRelease", dict(period="2024-25", measures=[{"measureId": "attendance"}])),
        ("WithdrawRelease", dict(releaseId="rel_" + "0" * 32)),
    ):
        r = await g.send(p, op, **v)
        print("gov", op, r.status_code, r.text[:150])
    d = await sign_in(t.schools[0].deputy)
    r = await d.send(p, "SignRelease", releaseId="rel_" + "0" * 32, previewHash="x")
    print("deputy", r.text[:120])
    s = await sign_in(t.schools[0].head)
    print(
        "head of other",
        (await s.send(school_path(t.schools[1].urn), "School")).status_code,
        (await s.send(trust_path(t.uid), "Trust")).status_code,
    )
