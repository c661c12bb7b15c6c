"""Things that a change may be made to, made beforehand: each is used up by one change that succeeds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from footbridge.engagement.records import NewCount
from footbridge.engagement.service import add_activity, record_session, remove_session
from footbridge.measures.observation import NewObservation, record_observations
from footbridge.partnerships.records import Status
from footbridge.partnerships.service import add_organisation, add_partnership
from footbridge.publication.publisher import complete_release
from footbridge.publication.records import Chosen
from footbridge.publication.service import prepare_release, sign_release
from footbridge.runtime.database import Database
from footbridge.runtime.ids import global_id
from footbridge.tenancy.period import Period
from footbridge.tenancy.session import SchoolSession, open_school
from tests.foundation.people import WorldSchool

MEASURE = "pupil-participation"
PERIODS = [period for year in range(1995, 2024) for period in (Period(year), *Period(year).terms)]

Target = Mapping[str, str]
"""What a mutation says of the thing, by the name of argument or leaf."""


@dataclass
class Pool:
    """By mutation; `last` is never used up and is what others aim at."""

    targets: Mapping[str, list[Target]]
    deleted: Mapping[str, str]
    _next: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, mutation: str) -> Target:
        targets = self.targets.get(mutation, [{}])
        number = self._next[mutation]
        self._next[mutation] += len(targets) > 1
        assert number < len(targets), f"no {mutation} is left in the pool: make more"
        return targets[number]

    def last(self, mutation: str) -> Target:
        return self.targets.get(mutation, [{}])[-1]

    def fresh(self) -> "Pool":
        return Pool(self.targets, self.deleted)


async def fill_pool(database: Database, school: WorldSchool, *, size: int) -> Pool:
    found: dict[str, list[Target]] = defaultdict(list)
    periods = iter(PERIODS)
    signed = []
    async with open_school(database, school.head, school_id=school.id) as session:
        organisation = await add_organisation(session, name=f"Club {school.word}", kind="charity")
        activity = await add_activity(session, title=f"Chess {school.word}", category="wider life skills")
        for number in range(size):
            partnership = await add_partnership(
                session, organisation_id=organisation.id, title=f"Chess {number} {school.word}",
                need_school=f"Chess {school.word}", status=Status.PROPOSED,
            )  # fmt: skip
            found["changePartnershipStatus"].append({"partnershipId": global_id("par", partnership.id)})
            found["removeSession"].append({"sessionId": await _session(session, activity.id)})
            counted = await _counted(session, next(periods), school.word)
            found["prepareRelease"].append({"period": counted, "measureId": MEASURE})
            release = await _prepared(session, next(periods), school.word)
            found["signRelease"].append(release)
            shared = await _prepared(session, next(periods), school.word)
            identifier = _plain(shared["releaseId"])
            await sign_release(session, identifier, preview_hash=shared["previewHash"])
            signed.append(identifier)
            found["withdrawRelease"].append({"releaseId": shared["releaseId"]})
        deleted = await _session(session, activity.id)
        await remove_session(session, _plain(deleted))
    for identifier in signed:
        await complete_release(database, school.head, identifier)
    return Pool(dict(found), {"Session": deleted})


def _plain(text: str) -> UUID:
    return UUID(hex=text.split("_")[1])


async def _session(session: SchoolSession, activity_id: UUID) -> str:
    recorded = await record_session(
        session, activity_id, held_on=date(2025, 2, 4), kind="workshop", hours=Decimal(1), led_by="school",
        designed_by="school", space="ours", counts=[NewCount("pupils", 20, 30, 30)],
    )  # fmt: skip
    return global_id("ses", recorded.id)


async def _counted(session: SchoolSession, period: Period, word: str) -> str:
    await record_observations(session, [NewObservation(MEASURE, period.code, 60, 200, f"Office {word}")])
    return period.code


async def _prepared(session: SchoolSession, period: Period, word: str) -> dict[str, str]:
    await _counted(session, period, word)
    release = await prepare_release(session, period, [Chosen(MEASURE, f"Note {word}")])
    return {
        "releaseId": global_id("rel", release.id), "previewHash": release.preview_hash,
        "period": period.code, "measureId": MEASURE,
    }  # fmt: skip
