"""Says which posts a file's groups mean, of schools and groups of one trust that are known."""

from collections.abc import Iterable, Sequence

from footbridge.directory.records import GroupPost
from footbridge.exchange.groups import GroupRow
from footbridge.runtime.clock import today
from footbridge.runtime.errors import InvalidInput
from footbridge.tenancy.names import sort_key
from footbridge.tenancy.permission import PostRole
from footbridge.tenancy.register import Register, School, Trust, TrustGroup
from footbridge.tenancy.session import RegisterSession


async def group_posts(register: RegisterSession, trust: Trust, rows: Iterable[GroupRow]) -> list[GroupPost]:
    """Raises InvalidInput for a school or trust group that is not the trust's. An executive head of a trust group is
    one of each school that is in it today."""
    known = Register(register.transaction)
    groups = {group.sort_name: group for group in await known.list_groups(trust.id)}
    links = await known.groups_of_schools(trust.id, on=today())
    posts: list[GroupPost] = []
    for row in rows:
        school = await _school(known, trust, row)
        group = _group(groups, trust, row)
        if row.post is PostRole.EXECUTIVE_HEAD and group is not None:
            members: Sequence[School] = await known.get_schools([of for link, of in links if link == group.id])
            posts.extend(GroupPost(row.group, row.post, member.id) for member in members)
        else:
            posts.append(GroupPost(row.group, row.post, school.id if school else None, group.id if group else None))
    return posts


async def _school(known: Register, trust: Trust, row: GroupRow) -> School | None:
    if row.school is None:
        return None
    school = await known.find_school(urn=row.school)
    if school is None or await known.trust_of(school.id, on=today()) != trust.id:
        raise InvalidInput(f"Line {row.line}: {row.school} is not a school of {trust.name} today.")
    return school


def _group(groups: dict[str, TrustGroup], trust: Trust, row: GroupRow) -> TrustGroup | None:
    if row.trust_group is None:
        return None
    group = groups.get(sort_key(row.trust_group))
    if group is None:
        names = ", ".join(f"“{each.name}”" for each in groups.values()) or "none"
        raise InvalidInput(f"Line {row.line}: “{row.trust_group}” is not a group of {trust.name}. There are: {names}.")
    return group
