"""What the directory knows: issuers, groups and their posts, people and the posts they hold."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from footbridge.runtime.errors import NotFound
from footbridge.tenancy.caller import Caller, CallerKind
from footbridge.tenancy.permission import PostRole, permissions_of_role


@dataclass(frozen=True)
class EventActor:
    """Who did it, for the audit log, where there is no `Caller` yet."""

    kind: str
    id: UUID


OPERATOR = EventActor(CallerKind.OPERATOR, UUID(int=0))
"""Whoever works at the command line: the server's own log knows who that is, we do not."""


@dataclass(frozen=True)
class Issuer:
    """A trust's directory, as an OpenID provider at which we are a client."""

    id: UUID
    trust_id: UUID
    issuer_url: str
    client_id: str
    client_secret: str | None = field(repr=False)


@dataclass(frozen=True)
class GroupPost:
    """Members of this group of the directory hold this post, at a school or, without one, at the trust."""

    group_name: str
    role: PostRole
    school_id: UUID | None = None
    trust_group_id: UUID | None = None

    @property
    def duty(self) -> "Duty":
        return Duty(self.role, self.school_id, self.trust_group_id)


@dataclass(frozen=True)
class Duty:
    """What a post is about, whoever holds it; a trust executive's may be limited to a group of the trust."""

    role: PostRole
    school_id: UUID | None
    trust_group_id: UUID | None


@dataclass(frozen=True)
class LoginRow:
    """A sign-in on its way through the directory."""

    trust_id: UUID
    issuer_id: UUID
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    browser_hash: str = field(repr=False)
    return_to: str
    expires_at: datetime


@dataclass(frozen=True)
class SessionRow:
    trust_id: UUID
    person_id: UUID
    post_id: UUID | None
    expires_at: datetime
    ended_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        return self.ended_at is None and at < self.expires_at


@dataclass(frozen=True)
class TokenRow:
    trust_id: UUID
    id: UUID
    school_id: UUID | None
    name: str
    scopes: Sequence[str]
    expires_at: datetime
    revoked_at: datetime | None

    def is_valid(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True)
class HeldPost:
    """A post that its holder may act in today; the school is there unless the post is of the whole trust."""

    id: UUID
    role: PostRole
    school_id: UUID | None
    school_urn: str | None
    school_name: str | None
    trust_group_id: UUID | None
    trust_group_name: str | None
    from_on: date


@dataclass(frozen=True)
class PersonAtTrust:
    id: UUID
    name: str
    email: str | None
    trust_id: UUID
    trust_uid: str
    trust_name: str


@dataclass(frozen=True)
class SignedInPerson:
    """Who holds a session, what posts they have today, and in which one they act."""

    person: PersonAtTrust
    posts: Sequence[HeldPost]
    acting_post: HeldPost | None
    expires_at: datetime

    @property
    def id(self) -> UUID:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def email(self) -> str | None:
        return self.person.email

    @property
    def trust_id(self) -> UUID:
        return self.person.trust_id

    def caller(self) -> Caller | None:
        """In the acting post; None for one who has no post, or has not yet chosen among several."""
        post = self.acting_post
        if post is None:
            return None
        return Caller(
            kind=CallerKind.PERSON,
            id=self.id,
            name=self.name,
            role=post.role.value,
            trust_id=self.trust_id,
            school_id=post.school_id,
            permissions=permissions_of_role(post.role),
            group_id=post.trust_group_id,
        )


def get_post(posts: Sequence[HeldPost], post_id: UUID) -> HeldPost:
    """NotFound alike for a missing post, another person's, another trust's and one that has ended."""
    for post in posts:
        if post.id == post_id:
            return post
    raise NotFound("post")
