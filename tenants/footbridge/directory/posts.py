"""Keeps a person's posts in step with the groups that their trust's directory tells at each sign-in."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from footbridge.directory.records import Duty, GroupPost
from footbridge.directory.repository import DirectoryRepository


@dataclass(frozen=True)
class PostChanges:
    begun: frozenset[Duty]
    ended: frozenset[UUID]


def duties_of(groups: Collection[str], group_posts: Iterable[GroupPost]) -> frozenset[Duty]:
    """What the members of these groups do; two groups may mean the same post."""
    return frozenset(each.duty for each in group_posts if each.group_name in groups)


def compare_posts(lasting: Collection[tuple[UUID, Duty]], wanted: frozenset[Duty]) -> PostChanges:
    """What has to begin and to end; a post that stays is left as it is, with its first day."""
    return PostChanges(
        begun=wanted - {duty for _, duty in lasting},
        ended=frozenset(post_id for post_id, duty in lasting if duty not in wanted),
    )


async def synchronise_posts(
    directory: DirectoryRepository, *, person_id: UUID, issuer_id: UUID, groups: Collection[str], on: date
) -> PostChanges:
    """Ended posts stay as history, with `until_on` that day; a post with a last day of its own is not touched.

    The person's row is locked, so that two sign-ins at once do not begin the same post twice.
    """
    wanted = duties_of(set(groups), await directory.list_group_posts(issuer_id))
    changes = compare_posts(await directory.list_lasting_posts(person_id), wanted)
    await directory.end_posts(changes.ended, on=on)
    await directory.add_posts(person_id, changes.begun, from_on=on)
    return changes
