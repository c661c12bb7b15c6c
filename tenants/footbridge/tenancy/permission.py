"""What a post, or a token's scope, allows."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a caller may do; the words stand in the message when it may not."""

    READ_RECORD = "read the school's record"
    READ_OWN_RELEASES = "read what the school has shared"
    MANAGE_PARTNERSHIPS = "change partnerships"
    MANAGE_ACTIVITIES = "record activities and sessions"
    RECORD_OBSERVATIONS = "record figures"
    PREPARE_RELEASE = "prepare a release"
    SIGN_RELEASE = "sign or withdraw a release"
    READ_ACCESS_RECORD = "see who read the school's figures"
    READ_TRUST = "see the trust and its schools"
    COMPARE = "compare schools"


class PostRole(StrEnum):
    EXECUTIVE_HEAD = "executive head"
    HEAD = "head"
    ACTING_HEAD = "acting head"
    DEPUTY = "deputy"
    COMMUNITY_LEAD = "community lead"
    GOVERNOR = "governor"
    TRUST_EXECUTIVE = "trust executive"
    TRUST_ADMINISTRATOR = "trust administrator"

    @property
    def is_of_school(self) -> bool:
        return self not in {PostRole.TRUST_EXECUTIVE, PostRole.TRUST_ADMINISTRATOR}


class Scope(StrEnum):
    """What a bearer token may be used for; `introspect` and `adhoc` concern the gateway."""

    READ = "read"
    WRITE = "write"
    INTROSPECT = "introspect"
    ADHOC = "adhoc"


_READS = frozenset({Permission.READ_RECORD, Permission.READ_OWN_RELEASES, Permission.READ_ACCESS_RECORD})
_WRITES = frozenset(
    {
        Permission.MANAGE_PARTNERSHIPS,
        Permission.MANAGE_ACTIVITIES,
        Permission.RECORD_OBSERVATIONS,
        Permission.PREPARE_RELEASE,
    }
)
_HEAD = _READS | _WRITES | {Permission.SIGN_RELEASE}

_BY_ROLE = {
    PostRole.EXECUTIVE_HEAD: _HEAD,
    PostRole.HEAD: _HEAD,
    PostRole.ACTING_HEAD: _HEAD,
    PostRole.DEPUTY: _READS | _WRITES,
    PostRole.COMMUNITY_LEAD: _READS | _WRITES,
    PostRole.GOVERNOR: frozenset({Permission.READ_OWN_RELEASES}),
    PostRole.TRUST_EXECUTIVE: frozenset({Permission.READ_TRUST, Permission.COMPARE}),
    PostRole.TRUST_ADMINISTRATOR: frozenset({Permission.READ_TRUST}),
}


def permissions_of_role(role: PostRole) -> frozenset[Permission]:
    return _BY_ROLE[role]


def permissions_of_scopes(scopes: frozenset[Scope], *, school: bool) -> frozenset[Permission]:
    """A token never signs: that is a head's own act."""
    if not school:
        readable = frozenset({Permission.READ_TRUST, Permission.COMPARE})
        return readable if Scope.READ in scopes else frozenset()
    allowed = _READS if Scope.READ in scopes else frozenset[Permission]()
    return allowed | _WRITES if Scope.WRITE in scopes else allowed
