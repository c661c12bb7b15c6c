"""What an executive sees through the trust's endpoint, and what is kept of it for the schools."""

from footbridge.runtime.database import Database
from tests.foundation.people import World
from tests.gateway.client import school_path, trust_path
from tests.gateway.conftest import SignIn

MEASURE = "persistent-absence"
PERIOD = "2024-25"


async def test_a_comparison_shows_pair_interval_note_context_and_coverage(sign_in: SignIn, world: World) -> None:
    trust = world.trusts[0]
    executive = await sign_in(trust.executive)
    seen = await executive.run(trust_path(trust.uid), "Comparison", measureId=MEASURE, period=PERIOD)
    first, second = seen["cells"]
    assert [cell["urn"] for cell in seen["cells"]] == [school.urn for school in trust.schools]
    assert (first["numerator"], first["denominator"], first["rate"]) == ("25", "230", "10.9")
    assert first["intervalLow"] < first["rate"] < first["intervalHigh"] or first["intervalLow"] == "7.5"
    assert first["contextNote"] == f"Note {trust.schools[0].word}"
    assert first["context"]["roll"] == 240
    assert seen["coverage"] == "2 of 2 published, 2 shown"
    assert seen["total"] == {"numerator": None, "denominator": None, "rate": None}
    assert "rank" not in str(seen).lower()
    assert second["state"] == "shown"


async def test_a_schools_head_sees_who_read_what_and_when(sign_in: SignIn, world: World) -> None:
    trust = world.trusts[1]
    executive, school = await sign_in(trust.executive), trust.schools[1]
    head = await sign_in(school.head)
    for _ in range(3):
        await executive.run(trust_path(trust.uid), "Comparison", measureId="youth-led-share", period=PERIOD)
    page = await head.run(school_path(school.urn), "AccessRecords", first=100)
    records = [node for node in page["nodes"] if node["measure"]["id"] == "youth-led-share"]
    assert len(records) == 1, "one row for a person, operation, version and hour"
    assert records[0]["readerName"] == trust.executive.name
    assert (records[0]["operation"], records[0]["period"]) == ("Comparison", PERIOD)


async def test_a_schools_releases_over_time_show_what_left_it(sign_in: SignIn, world: World) -> None:
    trust = world.trusts[0]
    executive, school = await sign_in(trust.executive), trust.schools[0]
    seen = await executive.run(trust_path(trust.uid), "SchoolReleases", urn=school.urn, first=10)
    values = {value["measure"]["id"]: value for value in seen["releases"]["nodes"][0]["values"]}
    assert values[MEASURE]["rate"] == "10.9"
    assert values["youth-led-share"]["intervalLow"] is None


async def test_another_trusts_school_is_as_good_as_missing(sign_in: SignIn, world: World) -> None:
    trust, other = world.trusts
    executive = await sign_in(trust.executive)
    path = trust_path(trust.uid)
    assert await executive.run(path, "SchoolReleases", urn=other.schools[0].urn) is None
    assert await executive.run(path, "SchoolReleases", urn="999999") is None


async def test_a_group_narrows_the_comparison_to_its_schools(sign_in: SignIn, world: World) -> None:
    trust, other = world.trusts
    executive = await sign_in(trust.executive)
    path = trust_path(trust.uid)
    group = (await executive.run(path, "Trust"))["groups"][0]
    seen = await executive.run(path, "Comparison", measureId=MEASURE, period=PERIOD, groupId=group["id"])
    assert {cell["urn"] for cell in seen["cells"]} == {school["urn"] for school in group["schools"]["nodes"]}
    foreign = (await (await sign_in(other.executive)).run(trust_path(other.uid), "Trust"))["groups"][0]
    missing = "grp_" + "0" * 32
    answers = [
        await executive.run(path, "Comparison", measureId=MEASURE, period=PERIOD, groupId=identifier)
        for identifier in (foreign["id"], missing)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["cells"] == []


async def test_the_worlds_words_stay_with_their_trust(sign_in: SignIn, world: World, world_database: Database) -> None:
    for trust in world.trusts:
        executive = await sign_in(trust.executive)
        path = trust_path(trust.uid)
        text = (await executive.send(path, "Trust")).text
        text += (await executive.send(path, "Comparison", measureId=MEASURE, period=PERIOD)).text
        own = {trust.word, *(school.word for school in trust.schools)}
        assert not [word for word in world.words - own if word in text]
