"""The main job over HTTP: a head records, previews and shares; an executive compares; and cannot go further."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from footbridge.command.browser import Credentials
from footbridge.command.person import Person, operation_names
from footbridge.runtime.errors import FootbridgeError
from footbridge.tenancy.period import Period

NOTHING_HERE = {403, 404}


class WallOpen(FootbridgeError):
    """An executive reached something of the school's own: never to be seen."""

    code = "WALL_OPEN"


@dataclass(frozen=True)
class Who:
    email: str
    credentials: Credentials
    role: str
    where: str = field(default="")


@dataclass(frozen=True)
class Sharing:
    """What a head shares: measures of one period, with the figures to record first and the note beside them."""

    urn: str
    period: Period
    measures: tuple[str, ...]
    observations: tuple[dict[str, Any], ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Shared:
    preview: dict[str, Any]
    release: dict[str, Any]


async def signed_in(person: Person, who: Who) -> dict[str, Any]:
    """In the post meant; chosen on the page if the person has several."""
    me = await person.sign_in(who.email, who.credentials)
    acting = next((post for post in me["posts"] if post["acting"]), None)
    if acting is None or acting["role"] != who.role or (who.where and acting["where"] != who.where):
        me = await person.act_as(who.role, who.where or next(p["where"] for p in me["posts"] if p["role"] == who.role))
    return me


async def record_session(head: Person, urn: str, held_on: date) -> dict[str, Any]:
    """A dated activity that pupils led, with who came and what it changed."""
    activity = await head.at_school(urn, "AddActivity", title="Community cookery", category="WIDER_LIFE_SKILLS")
    session = {
        "activityId": activity["id"],
        "heldOn": held_on.isoformat(),
        "kind": "WORKSHOP",
        "hours": "1.50",
        "ledBy": "PUPILS",
        "designedBy": "JOINTLY",
        "space": "SHARED",
        "participation": [{"audience": "PUPILS", "attended": 24, "eligible": 60}],
        "youthVoice": {
            "space": "A pupils’ meeting in the first week",
            "voice": "Pupils chose the dishes",
            "audience": "The kitchen’s manager",
            "influence": "The menu changed",
        },
    }
    recorded: dict[str, Any] = await head.at_school(urn, "RecordSession", input=session)
    return recorded


async def share(head: Person, sharing: Sharing) -> Shared:
    """Records, looks at the preview, prepares and signs; a figure shared before is withdrawn first."""
    urn, period = sharing.urn, sharing.period.code
    if sharing.observations:
        await head.at_school(urn, "ImportObservations", rows=list(sharing.observations))
    chosen = [{"measureId": measure, "contextNote": sharing.note} for measure in sharing.measures]
    preview = await head.at_school(urn, "PublicationPreview", period=period, measures=chosen)
    if any(cell["alreadyShared"] for cell in preview["cells"]):
        await withdraw_all(head, urn, period)
        preview = await head.at_school(urn, "PublicationPreview", period=period, measures=chosen)
    release = await head.at_school(urn, "PrepareRelease", period=period, measures=chosen)
    signed = await head.at_school(urn, "SignRelease", releaseId=release["id"], previewHash=preview["hash"])
    return Shared(preview, await head.at_school(urn, "Release", id=signed["id"]))


async def withdraw_all(head: Person, urn: str, period: str) -> None:
    """Takes back what is out for the period."""
    after = None
    while True:
        page = await head.at_school(urn, "Releases", first=100, after=after)
        for release in page["nodes"]:
            if release["state"] == "PUBLISHED" and release["period"]["code"] == period:
                await head.at_school(urn, "WithdrawRelease", releaseId=release["id"])
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


async def attempts_at(executive: Person, urn: str, uid: str) -> list[tuple[str, int]]:
    """Every operation of the school's contract, tried by an executive at both endpoints; WallOpen if one answers."""
    tried = []
    for operation in operation_names("school"):
        for endpoint in (f"/schools/{urn}/graphql", f"/trusts/{uid}/graphql"):
            if endpoint.startswith("/trusts") and operation in operation_names("trust"):
                continue
            response = await executive.send(endpoint, operation, "school")
            if response.status_code not in NOTHING_HERE or "data" in response.json():
                raise WallOpen(f"{operation} at {endpoint} answered {response.status_code}.")
            tried.append((f"{operation} at {endpoint}", response.status_code))
    return tried
