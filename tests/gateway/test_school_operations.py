"""What heads, deputies and governors do through the school's endpoint, operation by operation."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text

from footbridge.runtime.database import Database, Role
from tests.foundation.people import World, WorldSchool
from tests.gateway.client import Client, school_path
from tests.gateway.conftest import SignIn

PERIOD = "2025-26"


async def record_of(database: Database, school: WorldSchool) -> str:
    """A hash over all rows of the school's record, but for keys and events that tell of the attempt itself."""
    tables = ("organisation", "partnership", "status_change", "agreed_outcome", "role_declaration", "mutual_benefit",
              "activity", "session", "participation_count", "meeting_year_group", "observation")  # fmt: skip
    digest = hashlib.sha256()
    async with database.transaction(
        Role.SCHOOL, read_only=True, school_id=school.id, trust_id=school.trust_id
    ) as opened:
        for table in tables:
            rows = await opened.all(text(f"select t::text from school.{table} t order by 1"))
            digest.update(json.dumps([str(row[0]) for row in rows]).encode())
    return digest.hexdigest()


@pytest.fixture
async def head(sign_in: SignIn, world: World) -> Client:
    return await sign_in(world.schools[0].head)


@pytest.fixture
def path(world: World) -> str:
    return school_path(world.schools[0].urn)


async def test_a_partnership_is_recorded_with_its_five_elements(head: Client, path: str) -> None:
    organisation = await head.run(
        path, "AddOrganisation", name="Harbour Library", kind="CHARITY", identifier="GB-CHC-1"
    )
    again = await head.run(path, "AddOrganisation", name="  HARBOUR  library ", kind="CHARITY")
    assert again["id"] == organisation["id"]
    added = await head.run(
        path, "AddPartnership",
        input={
            "organisationId": organisation["id"], "title": "Reading at the harbour", "needSchool": "Readers",
            "status": "ACTIVE", "startsOn": "2025-09-01",
        },
    )  # fmt: skip
    elements = {
        "outcomes": [{"description": "More readers", "indicator": "Loans", "dueOn": "2026-07-01", "target": "20.5"}],
        "roles": [{"side": "SCHOOL", "responsibility": "Brings"}, {"side": "PARTNER", "responsibility": "Lends"}],
        "benefits": [{"side": "SCHOOL", "benefit": "Books"}, {"side": "PARTNER", "benefit": "Readers"}],
        "venue": {"name": "The library", "space": "THEIRS"},
        "youthVoice": {"space": "a", "voice": "b", "audience": "c", "influence": "d"},
    }
    await head.run(path, "AddPartnershipElements", partnershipId=added["id"], elements=elements)
    page = await head.run(path, "Partnerships", first=100)
    shown = next(edge["node"] for edge in page["edges"] if edge["node"]["id"] == added["id"])
    assert shown["outcomes"][0]["target"] == "20.5"
    assert [role["side"] for role in shown["roles"]] == ["SCHOOL", "PARTNER"]
    assert shown["venue"]["space"] == "THEIRS"
    assert shown["youthVoice"]["influence"] == "d"
    figure = await head.run(path, "Figure", measureId="fully-specified-partnerships", period=PERIOD)
    assert (figure["numerator"], figure["denominator"]) == ("2", "2")


async def test_a_partnership_that_has_ended_cannot_go_on(head: Client, path: str) -> None:
    organisation = await head.run(path, "AddOrganisation", name="Choir", kind="CLUB_OR_SOCIETY")
    added = await head.run(
        path, "AddPartnership",
        input={
            "organisationId": organisation["id"], "title": "Singing", "needSchool": "Song", "status": "ENDED",
            "startsOn": "2021-01-01", "endedOn": "2021-07-31",
        },
    )  # fmt: skip
    refused = await head.run(
        path, "ChangePartnershipStatus", partnershipId=added["id"], status="ACTIVE", on="2025-01-01"
    )
    assert refused == {
        "__typename": "Refusal", "code": "PARTNERSHIP_ALREADY_ENDED", "message": "The partnership ended on 31 July 2021.",
    }  # fmt: skip


async def test_a_session_and_its_counts_come_back_as_recorded_and_can_be_taken_back(head: Client, path: str) -> None:
    activity = await head.run(path, "AddActivity", title="Gardening", category="NATURE_OUTDOOR_AND_ADVENTURE")
    recorded = await head.run(path, "RecordSession", input=session(activity["id"], hours="1.25"))
    assert recorded["hours"] == "1.25"
    page = await head.run(path, "Sessions", fromOn="2026-01-01", first=100)
    shown = next(node for node in page["nodes"] if node["id"] == recorded["id"])
    assert shown["participation"] == [
        {"audience": "PUPILS", "attended": 20, "invited": None, "eligible": 30, "basis": "COUNTED"}
    ]
    assert shown["activity"]["title"] == "Gardening"
    await head.run(path, "RemoveSession", sessionId=recorded["id"])
    page = await head.run(path, "Sessions", fromOn="2026-01-01", first=100)
    assert recorded["id"] not in {node["id"] for node in page["nodes"]}


def session(activity_id: str, **changes: Any) -> dict[str, Any]:
    base = {
        "activityId": activity_id, "heldOn": "2026-03-10", "kind": "WORKSHOP", "hours": "1", "ledBy": "PARTNER",
        "designedBy": "JOINTLY", "space": "OURS",
        "participation": [{"audience": "PUPILS", "attended": 20, "eligible": 30}],
    }  # fmt: skip
    return base | changes


WRONG_SESSIONS: dict[str, dict[str, Any]] = {
    "INVALID_INPUT: still to come": {"heldOn": "2099-01-01"},
    "INVALID_INPUT: more than 0": {"hours": "0"},
    "INVALID_INPUT: at most 24": {"hours": "24.01"},
    "INVALID_INPUT: not a number": {"hours": "1,5"},
    "INVALID_INPUT: names its year groups": {"kind": "PARENTS_MEETING"},
    "INVALID_INPUT: only a parents": {"yearGroups": [{"yearGroup": 3, "pupils": 30, "inPerson": 3}]},
    "INVALID_INPUT: below zero": {"participation": [{"audience": "PUPILS", "attended": -1}]},
    "INVALID_INPUT: stands twice": {"participation": [{"audience": "PUPILS", "attended": 1}] * 2},
    "INVALID_INPUT: Count each pupil once": {
        "kind": "PARENTS_MEETING", "yearGroups": [{"yearGroup": 3, "pupils": 10, "inPerson": 9, "online": 2}],
    },
    "NOT_FOUND: no such activity": {"activityId": "act_" + "0" * 32},
    "INVALID_INPUT: not the id": {"activityId": "par_" + "0" * 32},
}  # fmt: skip


@pytest.mark.parametrize("expected", WRONG_SESSIONS)
async def test_a_wrong_session_is_refused_in_words_and_changes_nothing(
    head: Client, path: str, world: World, world_database: Database, expected: str
) -> None:
    activity = await head.run(path, "AddActivity", title="Chess", category="WIDER_LIFE_SKILLS")
    before = await record_of(world_database, world.schools[0])
    refused = await head.run(path, "RecordSession", input=session(activity["id"], **WRONG_SESSIONS[expected]))
    code, words = expected.split(": ")
    assert refused["__typename"] == "Refusal"
    assert refused["code"] == code
    assert words in refused["message"]
    assert await record_of(world_database, world.schools[0]) == before


async def test_another_schools_ids_are_as_good_as_missing_ones(
    head: Client, path: str, sign_in: SignIn, world: World, world_database: Database
) -> None:
    other = world.schools[1]
    neighbour = await sign_in(other.head)
    theirs = await neighbour.run(school_path(other.urn), "AddActivity", title="Theirs", category="WIDER_LIFE_SKILLS")
    page = await neighbour.run(school_path(other.urn), "Partnerships", first=1)
    partnership = page["edges"][0]["node"]["id"]
    before = await record_of(world_database, other)
    neither = "act_" + "0" * 32, "par_" + "0" * 32
    for activity, parent in ((theirs["id"], partnership), neither):
        for sent, words in (
            (head.run(path, "RecordSession", input=session(activity)), "activity"),
            (
                head.run(path, "AddActivity", title="T", category="WIDER_LIFE_SKILLS", partnershipId=parent),
                "partnership",
            ),
            (
                head.run(path, "ChangePartnershipStatus", partnershipId=parent, status="ENDED", on="2026-01-01"),
                "partnership",
            ),
        ):
            assert await sent == {
                "__typename": "Refusal", "code": "NOT_FOUND", "message": f"There is no such {words} here.",
            }  # fmt: skip
    assert await record_of(world_database, other) == before


async def test_figures_are_imported_and_replaced_and_the_earlier_one_is_kept(
    sign_in: SignIn, world: World, world_database: Database
) -> None:
    school = world.schools[1]
    client, path = await sign_in(school.community_lead), school_path(school.urn)
    row = {
        "measureId": "pupil-participation",
        "period": "2025/26",
        "numerator": 100,
        "denominator": 200,
        "source": "Office",
    }
    first = await client.run(path, "ImportObservations", rows=[row])
    assert (first["added"], first["replaced"], first["unchanged"]) == (1, 0, 0)
    same = await client.run(path, "ImportObservations", rows=[row])
    assert (same["added"], same["replaced"], same["unchanged"]) == (0, 0, 1)
    other = await client.run(path, "ImportObservations", rows=[row | {"numerator": 101}])
    assert (other["added"], other["replaced"], other["unchanged"]) == (0, 1, 0)
    percentage = {
        "measureId": "persistent-absence",
        "period": PERIOD,
        "percentage": "12.3",
        "roll": 148,
        "source": "DfE",
    }
    await client.run(path, "ImportObservations", rows=[percentage])
    figure = await client.run(path, "Figure", measureId="persistent-absence", period=PERIOD)
    assert (figure["numerator"], figure["denominator"]) == ("18", "148")
    assert "12.3" in figure["provenance"]


async def test_one_row_that_cannot_be_taken_takes_none(
    head: Client, path: str, world: World, world_database: Database
) -> None:
    good = {"measureId": "pupil-participation", "period": PERIOD, "numerator": 1, "denominator": 2, "source": "Office"}
    for bad in (
        {"numerator": 3}, {"numerator": -1}, {"period": "2025"}, {"measureId": "happiness"}, {"source": " "},
        {"numerator": None}, {"measureId": "active-partnerships"}, {"measureId": "attendance"},
    ):  # fmt: skip
        before = await record_of(world_database, world.schools[0])
        rows = [good | {"period": "2024-25"}, good | bad]
        refused = await head.run(path, "ImportObservations", rows=rows)
        assert refused["__typename"] == "Refusal", bad
        assert "2" in refused["message"], "the row is named"
        assert await record_of(world_database, world.schools[0]) == before, bad


async def test_a_thousand_rows_are_taken_and_one_more_is_not(head: Client, path: str) -> None:
    row = {"measureId": "pupil-participation", "period": PERIOD, "numerator": 1, "denominator": 2, "source": "Office"}
    refused = await head.run(path, "ImportObservations", rows=[row] * 1001)
    assert refused["__typename"] == "Refusal"
    assert "1,000" in refused["message"]


async def test_a_head_prepares_signs_and_takes_back(sign_in: SignIn, world: World) -> None:
    school = world.schools[2]
    head, path = await sign_in(school.head), school_path(school.urn)
    row = {
        "measureId": "pupil-participation",
        "period": PERIOD,
        "numerator": 60,
        "denominator": 200,
        "source": "Office",
    }
    await head.run(path, "ImportObservations", rows=[row])
    deputy = await sign_in(school.deputy)
    chosen = [{"measureId": "pupil-participation", "contextNote": "A new club began."}]
    prepared = await deputy.run(path, "PrepareRelease", period=PERIOD, measures=chosen)
    assert prepared["preview"]["cells"][0]["contextNote"] == "A new club began."
    refused = await deputy.run(path, "SignRelease", releaseId=prepared["id"], previewHash=prepared["preview"]["hash"])
    assert refused["code"] == "NOT_PERMITTED"
    await head.run(path, "ImportObservations", rows=[row | {"numerator": 61}])
    changed = await head.run(path, "SignRelease", releaseId=prepared["id"], previewHash=prepared["preview"]["hash"])
    assert (changed["code"], changed["preview"]["cells"][0]["rate"]) == ("PREVIEW_CHANGED", "30.5")
    response = await head.send(path, "SignRelease", releaseId=prepared["id"], previewHash=changed["preview"]["hash"])
    assert response.json()["data"]["signRelease"]["state"] == "SIGNED"
    assert response.json()["extensions"] == {"release": {"id": prepared["id"], "state": "PUBLISHED"}}
    assert (await head.run(path, "Release", id=prepared["id"]))["state"] == "PUBLISHED"
    withdrawn = await head.send(path, "WithdrawRelease", releaseId=prepared["id"])
    assert withdrawn.json()["extensions"]["release"]["state"] == "WITHDRAWN"


async def test_a_governor_reads_what_was_shared_and_nothing_of_the_record(sign_in: SignIn, world: World) -> None:
    school = world.schools[0]
    governor, path = await sign_in(school.governor), school_path(school.urn)
    assert (await governor.run(path, "Releases", first=10))["nodes"]
    for operation, variables in (
        ("Partnerships", {}), ("Activities", {}), ("Sessions", {}), ("Observations", {}), ("AccessRecords", {}),
        ("PublicationPreview", {"period": PERIOD}), ("Figure", {"measureId": "attendance", "period": PERIOD}),
    ):  # fmt: skip
        response = await governor.send(path, operation, **variables)
        assert response.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED", operation
        assert response.json()["data"] is None


async def test_lists_are_walked_page_by_page_without_loss_while_rows_come_in(head: Client, path: str) -> None:
    titles = [f"Walk {number}" for number in range(7)]
    walks = [await head.run(path, "AddActivity", title=title, category="SPORT_AND_PHYSICAL") for title in titles]
    seen: list[str] = []
    after = None
    while True:
        page = await head.run(path, "Activities", first=3, after=after)
        seen += [node["id"] for node in page["nodes"]]
        if len(seen) == 3:
            await head.run(path, "AddActivity", title="Aardvark", category="SPORT_AND_PHYSICAL")
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen))
    assert {walk["id"] for walk in walks} <= set(seen)


async def test_a_wrong_period_is_told_and_is_no_fault_of_ours(head: Client, path: str) -> None:
    response = await head.send(path, "PublicationPreview", period="next year")
    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (200, "INVALID_INPUT")
    assert "2025-26" in error["message"]
