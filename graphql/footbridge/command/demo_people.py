"""The demo trust's people with their groups, and what each group means; none of them exists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from footbridge.command.demo_schools import SCHOOLS, UPPER_VALE, DemoSchool
from footbridge.directory.records import GroupPost
from footbridge.exchange.group_posts import group_posts
from footbridge.exchange.groups import GroupRow
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import PostRole, permissions_of_role
from footbridge.tenancy.register import School, Trust
from footbridge.tenancy.session import RegisterSession

EMAIL_DOMAIN = "lanternvale.example"
_EXECUTIVE_HEADS_SCHOOLS = ("990003", "990004")
_STAFFED = ("990001", "990005", "990007", "990010", "990011")

_HEADS = {
    "990001": "Maryam Okafor",
    "990002": "Tom Ellery",
    "990003": "Grace Adeyemi",
    "990004": "Grace Adeyemi",
    "990005": "Daniel Whitcombe",
    "990006": "Shazia Rahman",
    "990007": "Owen Pritchard",
    "990008": "Lucia Ferreira",
    "990009": "Helen Strand",
    "990010": "Kwame Mensah",
    "990011": "Priya Nair",
    "990012": "Robert Haldane",
}
_STAFF = {
    PostRole.DEPUTY: ("Nadia Kowal", "Ben Archer", "Sofia Lindqvist", "Imran Sheikh", "Clare Donnelly"),
    PostRole.COMMUNITY_LEAD: ("Leila Haddad", "Joe Fenwick", "Ama Boateng", "Rosa Castellano", "Wen Li"),
    PostRole.GOVERNOR: ("Peter Ashdown", "Fatima Yusuf", "Margaret Poole", "Anil Desai", "Ruth Calloway"),
}


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo directory; the groups give the posts."""

    user_name: str
    given_name: str
    family_name: str
    groups: tuple[str, ...]
    posts: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def email(self) -> str:
        return f"{self.user_name}@{EMAIL_DOMAIN}"


def demo_people() -> tuple[DemoPerson, ...]:
    """Who works for the trust as a whole first, then school by school; each person once."""
    people = [
        _person("Eleanor Marsh", ("trust-executives",), ("trust executive",)),
        _person("Samuel Ogilvie", ("upper-vale-executives",), (f"trust executive, {UPPER_VALE}",)),
        _person("Yasmin Clarke", ("trust-administrators",), ("trust administrator",)),
    ]
    for school in SCHOOLS:
        people.extend(_people_of(school))
    merged: dict[str, DemoPerson] = {}
    for person in people:
        known = merged.setdefault(person.user_name, person)
        if known is not person:
            merged[person.user_name] = DemoPerson(
                person.user_name, person.given_name, person.family_name,
                known.groups + person.groups, known.posts + person.posts,
            )  # fmt: skip
    return tuple(merged.values())


def demo_groups() -> tuple[GroupRow, ...]:
    """What each group of the demo directory means, as the rows of a file."""
    rows = [
        ("trust-executives", PostRole.TRUST_EXECUTIVE, None, None),
        ("upper-vale-executives", PostRole.TRUST_EXECUTIVE, None, UPPER_VALE),
        ("trust-administrators", PostRole.TRUST_ADMINISTRATOR, None, None),
        *((group, role, school.urn, None) for school in SCHOOLS for role, _, group in _posts_of(school)),
    ]
    return tuple(GroupRow(line, *row) for line, row in enumerate(rows, start=1))


async def demo_group_posts(register: RegisterSession, trust: Trust) -> list[GroupPost]:
    """The same for `add_directory`."""
    return await group_posts(register, trust, demo_groups())


def head_of(school: DemoSchool, enrolled: School, trust_id: UUID) -> Caller:
    return _caller(school, enrolled, trust_id, lambda role: role in {PostRole.HEAD, PostRole.EXECUTIVE_HEAD})


def preparer_of(school: DemoSchool, enrolled: School, trust_id: UUID) -> Caller:
    """The deputy where there is one, else the head."""
    if school.urn not in _STAFFED:
        return head_of(school, enrolled, trust_id)
    return _caller(school, enrolled, trust_id, lambda role: role is PostRole.DEPUTY)


def _caller(school: DemoSchool, enrolled: School, trust_id: UUID, wanted: Callable[[PostRole], bool]) -> Caller:
    role, name, _ = next(post for post in _posts_of(school) if wanted(post[0]))
    identifier = uuid5(NAMESPACE_URL, f"footbridge:demo:{_user_name(name)}")
    permissions = permissions_of_role(role)
    return Caller(CallerKind.PERSON, identifier, name, role.value, trust_id, enrolled.id, permissions)


def _people_of(school: DemoSchool) -> Iterator[DemoPerson]:
    for role, name, group in _posts_of(school):
        yield _person(name, (group,), (f"{role.value}, {school.name}",))


def _posts_of(school: DemoSchool) -> Iterator[tuple[PostRole, str, str]]:
    """Role, name and group of each person at the school."""
    head = PostRole.EXECUTIVE_HEAD if school.urn in _EXECUTIVE_HEADS_SCHOOLS else PostRole.HEAD
    yield head, _HEADS[school.urn], f"{school.word}-head"
    if school.urn in _STAFFED:
        for role, names in _STAFF.items():
            yield role, names[_STAFFED.index(school.urn)], f"{school.word}-{role.value.replace(' ', '-')}"


def _person(name: str, groups: tuple[str, ...], posts: tuple[str, ...]) -> DemoPerson:
    given, family = name.split(" ", 1)
    return DemoPerson(_user_name(name), given, family, groups, posts)


def _user_name(name: str) -> str:
    return name.casefold().replace(" ", ".")
