"""A schema over the product's tables that promises what may be missing: columns, objects, and what Python makes."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Text, select

from footbridge.engagement import tables as engagement
from footbridge.engagement.records import Space
from footbridge.engagement.repository import BY_NAME as ACTIVITIES_BY_NAME
from footbridge.gateway.fields.context import SchoolInfo
from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.fields.relay import Node
from footbridge.gateway.fields.scalars import Prefix
from footbridge.gateway.projection.declare import (
    column,
    connection,
    derived,
    embedded,
    found_by_id,
    many,
    one,
    to_many,
    to_one,
)
from footbridge.gateway.projection.projected import projected
from footbridge.gateway.projection.rows import Rows, given
from footbridge.gateway.projection.sources import SOURCE, Filter, FoundById
from footbridge.partnerships import tables
from footbridge.partnerships.repository import BY_NAME
from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.pages import oldest

promises = Nodes()
row = tables.partnership.c
BY_TITLE = Rows(select(tables.partnership).where(row.title == given("title", Text)), "school_id")


def as_it_is(value: Any) -> Any:
    return value


def in_words(said: str | None) -> list[str | None]:
    return [] if said is None else [word if word != "nothing" else None for word in said.split()]


@promises.declare(tables.organisation, Prefix.ORGANISATION, None)
class Organisation(Node):
    name: str
    identifier: str


@promises.declare(tables.agreed_outcome, Prefix.OUTCOME, None)
class Outcome(Node):
    description: str
    baseline: str


@strawberry.type
class Venue:
    name: str
    space: Space
    reason: str


@strawberry.type
class Said:
    """A value that Python makes; it may leave out what is promised."""

    text: str


def say(text: str | None) -> Said:
    return Said(text=text)  # type: ignore[arg-type]


@promises.declare(tables.partnership, Prefix.PARTNERSHIP, None)
class Partnership(Node):
    title: str
    need_school: str
    need_partner: str
    maybe: str | None = column("need_partner")
    starts_on: date
    organisation = to_one(Organisation, "organisation_id")
    outcomes = to_many(Outcome, "partnership_id", oldest(tables.agreed_outcome), most=15)
    venue = embedded(Venue, "venue_", when="venue_name")
    activities = connection(
        Annotated["Activity", strawberry.lazy(__name__)], ACTIVITIES_BY_NAME, "partnership_id"
    )  # fmt: skip
    echo = derived(str, as_it_is, "need_partner")
    echo_school = derived(str, as_it_is, "need_school")
    maybe_echo = derived(str | None, as_it_is, "need_partner")
    words = derived(list[str], in_words, "need_partner")
    maybe_words = derived(list[str | None], in_words, "need_partner")
    said = derived(Said, say, "need_partner")
    maybe_said = derived(Said | None, say, "need_partner")


@promises.declare(engagement.activity, Prefix.ACTIVITY, None)
class Activity(Node):
    title: str
    partnership = to_one(Partnership, "partnership_id")


class Few(Enum):
    """Not all that there are."""

    PROPOSED = "proposed"
    ACTIVE = "active"


strawberry.enum(Few)


@projected(tables.partnership)
class Counted:
    title: str
    status: Few


@projected(tables.partnership)
class Uncertain:
    title: str
    status: Few | None


@projected(tables.partnership)
class Reasoned:
    title: str
    reason: Few | None = column("venue_reason")


def by_title(title: str) -> Mapping[str, Any]:
    return {"title": title}


def text_asked(text: str | None = None) -> str | None:
    if text == "refused":
        raise InvalidInput("This is refused.")
    return text


async def find(info: SchoolInfo, id: strawberry.ID) -> Node | None:  # noqa: A002
    return await promises.find(info, id)


@strawberry.type
class Query:
    node = strawberry.field(resolver=find, metadata={SOURCE: FoundById(promises)})
    partnership = found_by_id(Partnership)
    activity = found_by_id(Activity)
    titled = one(Partnership, rows=BY_TITLE, given=by_title)
    promised = one(Partnership, rows=BY_TITLE, given=by_title, required=True)
    partnerships = connection(
        Partnership,
        BY_NAME,
        filters={
            "title": Filter(str, row.title == given("title", Text)),
            "starts_on": Filter(date, row.starts_on >= given("starts_on", Date)),
        },
    )
    every_partnership = many(Partnership, BY_NAME, most=40)
    activities = connection(Activity, ACTIVITIES_BY_NAME)
    counted = connection(Counted, BY_NAME)
    every_counted = many(Counted, BY_NAME, most=40)
    uncertain = connection(Uncertain, BY_NAME)
    reasoned = connection(Reasoned, BY_NAME)
    text = derived(str, text_asked)
    maybe_text = derived(str | None, text_asked)


schema = strawberry.Schema(Query, types=promises.types)
