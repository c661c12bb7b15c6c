"""The demo trust loads through the product's own use cases, once, and has the texture of real data."""

from collections.abc import Sequence
from typing import Any

import pytest
from rich.progress import Progress, TaskID

from footbridge.command.demo_people import EMAIL_DOMAIN, demo_group_posts, demo_people, head_of
from footbridge.command.demo_releases import PlannedRelease, planned_releases
from footbridge.command.demo_schools import SCHOOLS
from footbridge.command.demo_trust import DemoTrust, enrol_demo_trust, load_demo_trust
from footbridge.directory.enrolment import add_directory
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Chosen, ReleaseState
from footbridge.publication.repository import ReleaseRepository
from footbridge.publication.service import prepare_release, sign_release, withdraw_release
from footbridge.runtime.pages import PageRequest
from footbridge.tenancy.session import open_register, open_school
from tests.foundation.server import Copy


class Interrupted(Exception):
    pass


class ImpatientProgress(Progress):
    """Ends the load, as Ctrl-C would, when it has come so far."""

    def __init__(self, steps: int) -> None:
        super().__init__(disable=True)
        self._steps = steps

    def advance(self, task_id: TaskID, advance: float = 1) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Interrupted
        super().advance(task_id, advance)


@pytest.fixture(scope="module")
async def demo(shared_copy: Copy) -> DemoTrust:
    """Loaded in three goes: interrupted among the records, then within releases, then to the end."""
    with pytest.raises(Interrupted):
        await load_demo_trust(shared_copy.database, ImpatientProgress(5))
    with pytest.raises(Interrupted):
        await load_demo_trust(shared_copy.database, ImpatientProgress(12 + 30))
    enrolled = await enrol_demo_trust(shared_copy.database)
    planned = list(planned_releases())
    await leave_half_way(shared_copy, enrolled, planned[-1], sign=False)
    await leave_half_way(shared_copy, enrolled, planned[-2], sign=True)
    await leave_half_way(
        shared_copy, enrolled, next(plan for plan in planned if plan.withdrawn), sign=True, publish=True
    )
    return await load_demo_trust(shared_copy.database, Progress(disable=True))


async def leave_half_way(
    copy: Copy, demo: DemoTrust, plan: PlannedRelease, *, sign: bool, publish: bool = False
) -> None:
    """A release on which the process died before it was signed, published, or taken back."""
    school = demo.of(plan.school)
    head = head_of(plan.school, school, demo.trust.id)
    async with open_school(copy.database, head, school_id=school.id) as session:
        release = await prepare_release(session, plan.period, [Chosen("pupil-participation")])
        if sign:
            await sign_release(session, release.id, preview_hash=release.preview_hash)
    if publish:
        await complete_release(copy.database, head, release.id)


def ask(copy: Copy, query: str) -> Sequence[tuple[Any, ...]]:
    with copy.connect() as connection:
        return connection.execute(query).fetchall()


def counts(copy: Copy) -> dict[str, int]:
    tables = ("school.session", "school.partnership", "school.observation", "release.release", "published.value",
              "published.ledger", "register.public_fact", "register.calendar_entry")  # fmt: skip
    return {table: ask(copy, f"select count(*) from {table}")[0][0] for table in tables}


async def test_it_has_twelve_schools_in_two_hubs_and_is_plainly_fictional(demo: DemoTrust, shared_copy: Copy) -> None:
    assert "fictional" in demo.trust.name
    assert len(demo.schools) == 12
    hubs = ask(
        shared_copy,
        "select g.name, count(*) from register.trust_group g join register.trust_group_membership m "
        "on m.group_id = g.id group by 1 order by 1",
    )
    assert hubs == [("Lower Vale hub", 6), ("Upper Vale hub", 6)]
    assert {school.urn[:4] for school in demo.schools} == {"9900"}


async def test_an_interrupted_load_shares_each_planned_release_once(demo: DemoTrust, shared_copy: Copy) -> None:
    releases = ask(shared_copy, "select school_id, period, withdrawn_at is not null from published.release")
    wanted = [(demo.of(plan.school).id, plan.period.code, plan.withdrawn) for plan in planned_releases()]
    assert sorted(releases) == sorted(wanted)
    assert sum(withdrawn for _, _, withdrawn in releases) == 1


async def test_loading_again_changes_nothing(demo: DemoTrust, shared_copy: Copy) -> None:
    before = counts(shared_copy)
    assert await load_demo_trust(shared_copy.database, Progress(disable=True)) == demo
    assert counts(shared_copy) == before


async def test_figures_have_the_texture_of_real_ones(demo: DemoTrust, shared_copy: Copy) -> None:
    states = dict(ask(shared_copy, "select state, count(*)::int from published.value group by 1"))
    assert states["shown"] > 300
    assert {"c", "x", "z"} <= set(states)
    special, kiln = (demo.of(SCHOOLS[number]) for number in (6, 10))
    measures = f"select distinct measure_id from published.value where school_id = '{special.id}' and state = 'c'"
    assert ("pupil-participation",) in ask(shared_copy, measures)
    last_year = f"select 1 from published.value where school_id = '{kiln.id}' and period like '2025-26%'"
    assert not ask(shared_copy, last_year)
    assert ask(shared_copy, "select count(*) > 3 from published.value where context_note is not null") == [(True,)]


async def test_one_partner_works_with_four_schools(demo: DemoTrust, shared_copy: Copy) -> None:
    shared = ask(
        shared_copy,
        "select identifier, count(distinct school_id) from school.organisation where identifier is not null group by 1",
    )
    assert shared == [("GB-CHC-9990001", 4)]
    assert demo.schools


async def test_a_year_group_is_met_twice_in_a_term(demo: DemoTrust, shared_copy: Copy) -> None:
    ashcombe = demo.of(SCHOOLS[0])
    met = ask(
        shared_copy,
        "select y.year_group, count(*) from school.meeting_year_group y join school.session s on s.id = y.session_id "
        f"where y.school_id = '{ashcombe.id}' and s.held_on between '2025-09-01' and '2025-12-31' "
        "group by 1 having count(*) > 1",
    )
    assert met == [(6, 2)]


async def test_nothing_is_dated_in_the_future(demo: DemoTrust, shared_copy: Copy) -> None:
    assert demo.schools
    assert ask(shared_copy, "select max(held_on) < current_date from school.session") == [(True,)]
    undone = "select count(*) from school.partnership where status <> 'proposed' and starts_on >= current_date"
    assert ask(shared_copy, undone) == [(0,)]


async def test_what_a_head_has_taken_back_stays_taken_back(demo: DemoTrust, shared_copy: Copy) -> None:
    school = demo.of(SCHOOLS[8])
    head = head_of(SCHOOLS[8], school, demo.trust.id)
    async with open_school(shared_copy.database, head, school_id=school.id) as session:
        release = (await ReleaseRepository(session).page(PageRequest(size=1))).items[0]
        await withdraw_release(session, release.id)
    await complete_release(shared_copy.database, head, release.id)
    await load_demo_trust(shared_copy.database, Progress(disable=True))
    async with open_school(shared_copy.database, head, school_id=school.id) as session:
        assert (await ReleaseRepository(session).get(release.id)).state is ReleaseState.WITHDRAWN


async def test_the_directory_takes_the_demos_groups(demo: DemoTrust, shared_copy: Copy) -> None:
    async with open_register(shared_copy.database) as register:
        posts = await demo_group_posts(register, demo.trust)
    added = await add_directory(
        shared_copy.database, trust_id=demo.trust.id, issuer_url="http://127.0.0.1:8001", client_id="footbridge",
        domains=[EMAIL_DOMAIN], groups=posts,
    )  # fmt: skip
    assert len(added.groups) == len(posts)
    assert {group for person in demo_people() for group in person.groups} == {post.group_name for post in posts}


def test_people_are_told_apart_and_one_leads_two_schools() -> None:
    people = demo_people()
    assert len({person.email for person in people}) == len(people)
    assert all(person.email.endswith("@lanternvale.example") for person in people)
    twice = [person.posts for person in people if len(person.posts) > 1]
    assert twice == [("executive head, Carrowhill Infant School", "executive head, Dovecote Junior School")]
