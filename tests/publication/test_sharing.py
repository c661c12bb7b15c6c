"""A head shares, the trust compares: the two transactions of publishing, one school after another."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert, select, update

from footbridge.delegation.access import record_accesses
from footbridge.measures.observation import record_observations
from footbridge.partnerships.service import add_organisation
from footbridge.publication.preview import make_preview
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import AlreadyShared, NothingToShare, ReleaseNotPrepared, ReleaseState
from footbridge.publication.repository import ReleaseRepository
from footbridge.publication.service import PreviewChanged, prepare_release
from footbridge.runtime.database import Database, Role
from footbridge.runtime.errors import FootbridgeError, InvalidInput, NotFound, NotPermitted
from footbridge.runtime.ids import new_id
from footbridge.runtime.jobs import queue
from footbridge.tenancy.caller import Caller
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.session import open_school
from footbridge.tenancy.tables import membership
from tests.foundation.larger_trust import build_trust
from tests.publication.sharing import (
    MEASURE,
    PERIOD,
    at,
    comparison,
    prepare,
    record,
    school_of,
    share,
    sign,
    standing,
    version_of,
    withdraw,
)


def acting_as(head: Caller, role: PostRole) -> Caller:
    return replace(head, role=role.value, permissions=permissions_of_role(role))


async def test_the_trust_sees_the_pair_the_interval_the_note_and_how_many_published(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 4)
    await share(fresh_database, trust.heads[0], 45, 60, note="A winter of flu.")
    await share(fresh_database, trust.heads[1], 30, 60)
    await share(fresh_database, trust.heads[2], 2, 60)
    seen = await comparison(fresh_database, trust.executive)
    first, second, third, fourth = seen["cells"]
    assert (first["numerator"], first["denominator"], first["rate"]) == ("45", "60", "75.0")
    assert (first["intervalLow"], first["intervalHigh"]) == ("62.8", "84.2")
    assert first["contextNote"] == "A winter of flu."
    assert (third["state"], third["numerator"], third["rate"]) == ("c", None, None)
    assert (fourth["state"], fourth["sharedAt"]) == ("not shared yet", None)
    assert seen["coverage"] == "3 of 4 published, 2 shown"
    assert second["context"]["roll"] == 200
    assert seen["total"]["numerator"] is None, "a total needs three shown cells"


async def test_a_total_is_of_the_shown_cells_only(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 5)
    for head, numerator in zip(trust.heads, (20, 30, 40, 1), strict=False):
        await share(fresh_database, head, numerator, 100)
    seen = await comparison(fresh_database, trust.executive)
    assert seen["coverage"] == "4 of 5 published, 3 shown"
    assert seen["total"] == {"numerator": "90", "denominator": "300", "rate": "30.0"}


async def test_a_total_of_nobody_is_a_total(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 3)
    for head in trust.heads:
        await share(fresh_database, head, 0, 100)
    assert (await comparison(fresh_database, trust.executive))["total"] == {
        "numerator": "0", "denominator": "300", "rate": "0.0",
    }  # fmt: skip


async def test_schools_are_in_alphabetical_order_whatever_their_figures(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 4)
    for head, numerator in zip(trust.heads, (50, 10, 90, 30), strict=True):
        await share(fresh_database, head, numerator, 100)
    seen = await comparison(fresh_database, trust.executive)
    assert [cell["urn"] for cell in seen["cells"]] == sorted(trust.urns)


async def test_a_school_learns_where_it_stands_once_there_are_five_others(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 6)
    for number, head in enumerate(trust.heads[:5]):
        await share(fresh_database, head, 20 + number, 100)
    assert await standing(fresh_database, trust.heads[0]) == ("too few", 4)
    last = await share(fresh_database, trust.heads[5], 90, 100)
    assert await standing(fresh_database, trust.heads[0]) == ("among the lowest quarter", 5)
    await withdraw(fresh_database, trust.heads[5], last)
    assert await standing(fresh_database, trust.heads[0]) == ("too few", 4)
    assert await standing(fresh_database, trust.heads[5]) == ("not shown", 0)


async def test_withdrawing_takes_the_figures_and_leaves_the_mark(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 4)
    releases = [await share(fresh_database, head, 30, 100) for head in trust.heads]
    await withdraw(fresh_database, trust.heads[0], releases[0])
    seen = await comparison(fresh_database, trust.executive)
    assert seen["cells"][0]["state"] == "withdrawn"
    assert seen["coverage"] == "3 of 4 published, 3 shown"
    assert seen["total"]["denominator"] == "300"
    await share(fresh_database, trust.heads[0], 40, 100)
    assert (await comparison(fresh_database, trust.executive))["cells"][0]["rate"] == "40.0"


async def test_signing_is_refused_with_the_new_preview_when_a_shown_cell_has_changed(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    release, digest = await prepare(fresh_database, head)
    await record(fresh_database, head, 21, 100)
    with pytest.raises(PreviewChanged) as refused:
        await sign(fresh_database, head, release, digest)
    assert refused.value.preview.entries[0].cell.rate == "21.0"
    assert (await sign(fresh_database, head, release, refused.value.preview.digest)).state is ReleaseState.SIGNED


async def test_a_change_behind_a_symbol_does_not_stop_the_signature(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 2, 100)
    release, digest = await prepare(fresh_database, head)
    await record(fresh_database, head, 3, 100)
    assert (await sign(fresh_database, head, release, digest)).state is ReleaseState.SIGNED


async def test_a_measure_and_period_is_shared_once_until_it_is_withdrawn(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    first = await share(fresh_database, head, 20, 100)
    with pytest.raises(AlreadyShared):
        await prepare(fresh_database, head)
    await withdraw(fresh_database, head, first)
    await share(fresh_database, head, 20, 100)


async def test_of_two_releases_of_the_same_figure_one_leaves_and_one_comes_back(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    first, digest = await prepare(fresh_database, head)
    second, _ = await prepare(fresh_database, head)
    await sign(fresh_database, head, first, digest)
    await sign(fresh_database, head, second, digest)
    assert await complete_release(fresh_database, head, first.id) is ReleaseState.PUBLISHED
    assert await complete_release(fresh_database, head, second.id) is ReleaseState.PREPARED
    async with at(fresh_database, head) as school:
        returned = await ReleaseRepository(school).get(second.id)
    assert returned.state is ReleaseState.PREPARED
    assert "shared by another release" in (returned.returned_because or "")


async def test_completing_again_changes_nothing(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 2)
    release = await share(fresh_database, trust.heads[0], 20, 100)
    before = await comparison(fresh_database, trust.executive), await version_of(fresh_database, trust.executive)
    for _ in range(3):
        assert await complete_release(fresh_database, trust.heads[0], release.id) is ReleaseState.PUBLISHED
    after = await comparison(fresh_database, trust.executive), await version_of(fresh_database, trust.executive)
    assert after == before


async def test_what_is_signed_is_what_leaves_whatever_is_recorded_in_between(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    release, digest = await prepare(fresh_database, head)
    await sign(fresh_database, head, release, digest)
    await record(fresh_database, head, 80, 100)
    await complete_release(fresh_database, head, release.id)
    assert (await comparison(fresh_database, trust.executive))["cells"][0]["rate"] == "20.0"


async def test_a_signature_and_its_job_are_one_transaction(fresh_database: Database, addresses: object) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    release, digest = await prepare(fresh_database, head)
    await sign(fresh_database, head, release, digest)
    async with fresh_database.transaction(Role.WORKER) as transaction:
        rows = await transaction.all(select(queue.c.message, queue.c.trust_id, queue.c.school_id))
    assert [(row.message["args"], row.trust_id, row.school_id) for row in rows] == [
        ([str(release.id)], trust.id, school_of(head))
    ]


async def test_only_a_head_signs_and_deputy_and_community_lead_prepare(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    for role in (PostRole.DEPUTY, PostRole.COMMUNITY_LEAD):
        release, digest = await prepare(fresh_database, acting_as(head, role))
        with pytest.raises(NotPermitted):
            await sign(fresh_database, acting_as(head, role), release, digest)
    governor = acting_as(head, PostRole.GOVERNOR)
    with pytest.raises(NotPermitted):
        await prepare(fresh_database, governor)
    async with at(fresh_database, governor) as school:
        with pytest.raises(NotPermitted):
            await make_preview(school, PERIOD)


async def test_another_schools_release_is_not_found(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 2)
    await record(fresh_database, trust.heads[0], 20, 100)
    release, digest = await prepare(fresh_database, trust.heads[0])
    with pytest.raises(NotFound):
        await sign(fresh_database, trust.heads[1], release, digest)
    async with at(fresh_database, trust.heads[0]) as school:
        assert (await ReleaseRepository(school).get(release.id)).state is ReleaseState.PREPARED


async def test_nothing_or_the_same_twice_cannot_be_shared(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    cases: dict[tuple[str, ...], type[FootbridgeError]] = {(): NothingToShare, (MEASURE, MEASURE): InvalidInput}
    for measures, refusal in cases.items():
        with pytest.raises(refusal):
            await prepare(fresh_database, trust.heads[0], measures=measures)


async def test_a_signed_release_cannot_be_signed_again(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    await record(fresh_database, trust.heads[0], 20, 100)
    release, digest = await prepare(fresh_database, trust.heads[0])
    await sign(fresh_database, trust.heads[0], release, digest)
    with pytest.raises(ReleaseNotPrepared):
        await sign(fresh_database, trust.heads[0], release, digest)


async def test_one_withdrawn_before_it_left_never_leaves(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    head = trust.heads[0]
    await record(fresh_database, head, 20, 100)
    release, digest = await prepare(fresh_database, head)
    await sign(fresh_database, head, release, digest)
    await withdraw(fresh_database, head, release)
    seen = await comparison(fresh_database, trust.executive)
    assert seen["coverage"] == "0 of 1 published, 0 shown"


def test_the_type_of_a_session_keeps_a_trust_away_from_the_record() -> None:
    """The second of the three walls: said in the signatures, checked by mypy."""
    for use_case in (record_observations, prepare_release, add_organisation):
        assert next(iter(use_case.__annotations__.values())).__name__ == "SchoolSession"
    assert next(iter(record_accesses.__annotations__.values())).__name__ == "TrustSession"


async def test_a_head_of_one_school_cannot_open_another(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 2)
    with pytest.raises(PermissionError):
        async with open_school(fresh_database, trust.heads[0], school_id=school_of(trust.heads[1])):
            pass


async def test_withdrawn_is_said_of_what_was_shared_and_of_nothing_else(fresh_database: Database) -> None:
    trust = await build_trust(fresh_database, 1)
    release = await share(fresh_database, trust.heads[0], 20, 100)
    await withdraw(fresh_database, trust.heads[0], release)
    assert (await comparison(fresh_database, trust.executive))["cells"][0]["state"] == "withdrawn"
    other = await comparison(fresh_database, trust.executive, measure="pupil-participation")
    assert other["cells"][0]["state"] == "not shared yet"


async def test_a_school_shares_a_period_with_its_new_trust_as_well(fresh_database: Database) -> None:
    first, second = await build_trust(fresh_database, 1), await build_trust(fresh_database, 0, word="second")
    head = first.heads[0]
    await share(fresh_database, head, 20, 100)
    async with fresh_database.transaction(Role.REGISTER) as transaction:
        moved = {"trust_id": second.id, "id": new_id(), "school_id": head.school_id, "from_on": date(2026, 9, 1)}
        await transaction.run(update(membership).values(until_on=date(2026, 9, 1)))
        await transaction.run(insert(membership).values(moved))
    await share(fresh_database, replace(head, trust_id=second.id), 30, 100)
    for trust, rate in ((first, "20.0"), (second, "30.0")):
        seen = await comparison(fresh_database, trust.executive)
        assert [cell["rate"] for cell in seen["cells"]] == [rate]
