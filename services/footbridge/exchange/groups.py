"""Reads which group of a trust's directory means which post, at which school or for which group of the trust."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from footbridge.exchange.cells import CellUnreadable, folded, urn_of
from footbridge.exchange.columns import Column
from footbridge.exchange.delimited import Row, open_delimited
from footbridge.exchange.report import Reading, RowNote, RowProblem, shown
from footbridge.tenancy.permission import PostRole

Scope = Literal["school", "trust", "several"]

# Where each post is held: at one school, for the trust (or one of its groups), or at several schools.
POSTS: dict[PostRole, Scope] = {
    PostRole.EXECUTIVE_HEAD: "several",
    PostRole.HEAD: "school",
    PostRole.ACTING_HEAD: "school",
    PostRole.DEPUTY: "school",
    PostRole.COMMUNITY_LEAD: "school",
    PostRole.GOVERNOR: "school",
    PostRole.TRUST_EXECUTIVE: "trust",
    PostRole.TRUST_ADMINISTRATOR: "trust",
}
_ALSO_CALLED = {
    "headteacher": PostRole.HEAD,
    "head teacher": PostRole.HEAD,
    "acting headteacher": PostRole.ACTING_HEAD,
    "executive headteacher": PostRole.EXECUTIVE_HEAD,
    "deputy head": PostRole.DEPUTY,
    "deputy headteacher": PostRole.DEPUTY,
    "trust admin": PostRole.TRUST_ADMINISTRATOR,
}
# The field knows these, and Footbridge gives them no rights yet. A partner comes by link, never by group.
_NOT_YET = frozenset(
    ("safeguarding lead", "business manager", "contributor", "trustee", "data protection officer", "dpo", "partner")
)

GROUP_COLUMNS = (
    Column("group", ("group", "group name", "directory group"), required=True),
    Column("post", ("post", "role"), required=True),
    Column("school", ("school", "URN", "school URN")),
    Column("trust_group", ("trust_group", "trust group", "hub")),
)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """`group` is as the directory spells it, `school` a URN."""

    line: int
    group: str
    post: PostRole
    school: str | None
    trust_group: str | None


def read_groups(path: Path) -> Reading[GroupRow]:
    """One group may mean several posts, and several groups one post; equal rows are taken once."""
    rows: dict[tuple[str, PostRole, str | None, str | None], GroupRow] = {}
    problems: list[RowProblem] = []
    notes: list[RowNote] = []
    rows_read = 0
    with open_delimited(path) as file:
        for row in file.rows(file.columns(GROUP_COLUMNS)):
            rows_read += 1
            taken = row if isinstance(row, RowProblem) else _taken(row)
            if isinstance(taken, RowProblem):
                problems.append(taken)
                continue
            first = rows.setdefault((taken.group, taken.post, taken.school, taken.trust_group), taken)
            if first is not taken:
                notes.append(RowNote(taken.line, None, f"the same as line {first.line}; taken once"))
    return Reading(tuple(rows.values()), tuple(problems), tuple(notes), file.encoding, rows_read)


def post_of(text: str) -> PostRole | None:
    """A post by any of its names; case, hyphens and underscores apart."""
    name = _spoken(text)
    return _ALSO_CALLED.get(name) or next((post for post in POSTS if post.value == name), None)


def _spoken(text: str) -> str:
    return folded(text.replace("_", " ").replace("-", " "))


def _taken(row: Row) -> GroupRow | RowProblem:
    group, trust_group = row.text("group"), row.text("trust_group") or None
    if not group:
        return _problem(row, "group", "missing; the group's name in the directory was expected")
    post = post_of(row.text("post"))
    if post is None:
        said = "this post has no rights in Footbridge" if _spoken(row.text("post")) in _NOT_YET else "not a post"
        return _problem(row, "post", f"{said}; one of {', '.join(POSTS)} was expected")
    try:
        school = urn_of(row.text("school")) if row.text("school") else None
    except CellUnreadable as unreadable:
        return _problem(row, "school", str(unreadable))
    return _misplaced(row, post, school, trust_group) or GroupRow(row.line, group, post, school, trust_group)


def _misplaced(row: Row, post: PostRole, school: str | None, trust_group: str | None) -> RowProblem | None:
    scope = POSTS[post]
    if scope == "trust" and school is not None:
        return _problem(row, "school", f"a {post} is of the trust, not of one school; leave the URN blank")
    if scope == "school" and trust_group is not None:
        return _problem(row, "trust_group", f"a {post} is of one school; leave the trust group blank")
    if scope == "school" and school is None:
        return _problem(row, "school", f"missing; a {post} is of one school, whose URN was expected")
    if post is PostRole.TRUST_ADMINISTRATOR and trust_group is not None:
        return _problem(row, "trust_group", f"a {post} is of the whole trust; leave the trust group blank")
    if scope == "several" and (school is None) == (trust_group is None):
        return _problem(row, "school", f"for an {post} give the URN of one school (a row each) or a trust group")
    return None


def _problem(row: Row, field: str, reason: str) -> RowProblem:
    heading = row.heading(field)
    return RowProblem(row.line, heading, reason, shown(row.text(field)))
