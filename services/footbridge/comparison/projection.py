"""Comparisons as the trust reads them: the cells of all schools for some measures of a period, in one SELECT.

Parameters: the session's `trust_id`, `own_group_id` and `today`; and of what is asked `measure_ids` (in the order in
which they are told), `period` (its code), `ends_on` (its last day) and `group_id`.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Date,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
)

from footbridge.publication.tables import published_release, total, value, version
from footbridge.publication.total import FEWEST_FOR_A_TOTAL
from footbridge.runtime.schema import PlainText
from footbridge.tenancy import tables
from footbridge.tenancy.tables import membership, public_fact, trust_group_membership

NOT_DUE = "not due yet"
WITHDRAWN = "withdrawn"
NOT_SHARED = "not shared yet"

TRUST = bindparam("trust_id", None, Uuid)
OWN_GROUP = bindparam("own_group_id", None, Uuid)
GROUP = bindparam("group_id", None, Uuid)
TODAY = bindparam("today", None, Date)
MEASURES = bindparam("measure_ids", None, ARRAY(Text))
PERIOD = bindparam("period", None, Text)
ENDS_ON = bindparam("ends_on", None, Date)

VERSION = func.coalesce(select(version.c.number).where(version.c.trust_id == TRUST).scalar_subquery(), 0)


def open_on(link: Any, day: Any) -> Any:
    return (link.c.from_on <= day) & or_(link.c.until_on.is_(None), link.c.until_on > day)


def of_group(school_id: Any, group: Any) -> Any:
    """Where no group is said, all are."""
    link = trust_group_membership
    members = select(link.c.school_id).where(link.c.trust_id == TRUST, link.c.group_id == group, open_on(link, TODAY))
    return or_(group.is_(None), school_id.in_(members))


def reachable(school_id: Any) -> Any:
    """The schools of today, for an executive of a group those of that group."""
    members = select(membership.c.school_id).where(membership.c.trust_id == TRUST, open_on(membership, TODAY))
    return school_id.in_(members) & of_group(school_id, OWN_GROUP)


def _schools() -> Any:
    """Those of today, and those that shared while they belonged to the trust: read once, whatever is asked."""
    today = select(membership.c.school_id, literal(True).label("is_member")).where(
        membership.c.trust_id == TRUST, open_on(membership, TODAY)
    )
    shared = select(published_release.c.school_id, literal(False)).where(
        published_release.c.trust_id == TRUST, published_release.c.period == PERIOD
    )
    known = today.union_all(shared).subquery("known")
    ids = (
        select(known.c.school_id, func.bool_or(known.c.is_member).label("is_member"))
        .where(of_group(known.c.school_id, GROUP), of_group(known.c.school_id, OWN_GROUP))
        .group_by(known.c.school_id)
        .subquery("ids")
    )
    school = tables.school
    return (
        select(school.c.id, school.c.urn, school.c.name, school.c.sort_name, school.c.phase, ids.c.is_member)
        .join(ids, ids.c.school_id == school.c.id)
        .cte("schools", nesting=True)
        .prefix_with("MATERIALIZED")
    )


def cells_of(measure: Any) -> Any:
    """A cell for each school, of one of the measures."""
    schools = _schools()
    shared = value.outerjoin(
        published_release,
        (published_release.c.trust_id == value.c.trust_id) & (published_release.c.id == value.c.release_id),
    )
    found = schools.outerjoin(
        shared,
        (value.c.trust_id == TRUST)
        & (value.c.school_id == schools.c.id)
        & (value.c.measure_id == measure.measure_id)
        & (value.c.period == PERIOD),
    )
    return (
        select(
            schools.c.id.label("school_id"), schools.c.urn,
            func.coalesce(published_release.c.school_name, schools.c.name).label("school_name"),
            schools.c.sort_name, schools.c.phase,
            type_coerce(func.coalesce(value.c.state, _why_not(schools, measure)), PlainText).label("state"),
            value.c.numerator, value.c.denominator, value.c.pupils, value.c.rate, value.c.interval_low,
            value.c.interval_high, value.c.context_note, value.c.release_id,
            published_release.c.published_at.label("shared_at"),
            *_facts(schools),
        )
        .select_from(found)
        .where(or_(schools.c.is_member, value.c.release_id.is_not(None)))
    )  # fmt: skip


def _why_not(schools: Any, measure: Any) -> Any:
    withdrawn = published_release.alias("withdrawn")
    taken_back = (
        select(literal(1))
        .where(
            withdrawn.c.trust_id == TRUST,
            withdrawn.c.school_id == schools.c.id,
            withdrawn.c.period == PERIOD,
            withdrawn.c.withdrawn_at.is_not(None),
            measure.measure_id == any_(withdrawn.c.measure_ids),
        )
        .correlate(schools)
        .exists()
    )
    return case((taken_back, WITHDRAWN), (ENDS_ON >= TODAY, NOT_DUE), else_=NOT_SHARED)


def _facts(schools: Any) -> list[Any]:
    """DfE's roll and share of pupils eligible for free school meals, the newest by the period's end."""

    def latest(indicator: str, column: str) -> Any:
        fact = public_fact.alias(f"{indicator}_{column}")
        return (
            select(fact.c[column])
            .where(fact.c.school_id == schools.c.id, fact.c.indicator == indicator, fact.c.as_of_on <= ENDS_ON)
            .order_by(fact.c.as_of_on.desc())
            .limit(1)
            .scalar_subquery()
        )

    return [
        latest("roll", "numerator").label("roll"),
        latest("roll", "source").label("roll_source"),
        latest("roll", "as_of_on").label("roll_as_of_on"),
        latest("fsm", "value").label("fsm"),
    ]


_wanted = func.unnest(MEASURES).table_valued("measure_id", with_ordinality="number").render_derived("wanted")
WANTED = select(_wanted.c.measure_id, _wanted.c.number, PERIOD.label("period"))
"""The measures asked for, in the order in which they are told."""


def totals(measure: Any, cell: Any) -> dict[str, Any]:
    """Of one measure's cells: what is counted of them, whom they are of, and the total of those that are shown."""
    shown = cell.state == "shown"
    schools, published = func.count(cell.school_id), func.count(cell.release_id)
    counted = cell.numerator.is_not(None) & (cell.denominator != 0)
    whole = (total.c.trust_id == TRUST) & (total.c.measure_id == measure.measure_id) & (total.c.period == PERIOD)

    def sum_of(column: str) -> Any:
        of_all = select(total.c[column]).where(whole).scalar_subquery()
        enough = func.count().filter(counted) >= FEWEST_FOR_A_TOTAL
        summed = func.sum(getattr(cell, column)).filter(counted)
        return case((GROUP.is_(None) & OWN_GROUP.is_(None), of_all), (enough, summed), else_=null())

    return {
        "schools": schools,
        "published": published,
        "shown": func.count().filter(shown),
        "coverage": type_coerce(
            func.concat(published, " of ", schools, " published, ", func.count().filter(shown), " shown"), PlainText
        ),
        "sharers": func.encode(
            func.string_agg(func.uuid_send(cell.school_id), literal_column("''::bytea")).filter(
                cell.release_id.is_not(None)
            ),
            "base64",
        ),
        "version": VERSION,
        "total_numerator": sum_of("numerator"),
        "total_denominator": sum_of("denominator"),
    }
