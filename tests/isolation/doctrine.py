"""What each wall promises, said here a second time and independently of the policies that keep it.

A right is followed by the settings that must agree with the row: `S` its school, `T` its trust, `K` the key by which
a lookup row is held. What is not named is denied. A table's wall is the word in its comment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from footbridge.runtime.database import Role

Keys = frozenset[str]

S, T, K = "school_id", "trust_id", "lookup_key"
NOBODYS: Keys = frozenset()
OF_SCHOOL, OF_TRUST, OF_BOTH = frozenset({S}), frozenset({T}), frozenset({S, T})
HELD, HELD_IN_TRUST = frozenset({K}), frozenset({K, T})


@dataclass(frozen=True)
class Rights:
    """What one role may do behind one wall; `None` is: not at all.

    `lock` is SELECT FOR UPDATE, with the keys of `update` unless said. `only` are the columns an insert may name, where
    not all; `never` those that no update may name; `empty` tenant columns that rows of this role leave empty.
    """

    select: Keys | None = None
    insert: Keys | None = None
    update: Keys | None = None
    delete: Keys | None = None
    lock: Keys | None = None
    only: frozenset[str] | None = None
    never: frozenset[str] = field(default_factory=frozenset)
    empty: frozenset[str] = field(default_factory=frozenset)

    def granted(self) -> frozenset[str]:
        return frozenset(
            right for right in ("select", "insert", "update", "delete") if getattr(self, right) is not None
        )


NOTHING = Rights()
ANYTHING = Rights(select=NOBODYS, insert=NOBODYS, update=NOBODYS, delete=NOBODYS)
READS_ALL = Rights(select=NOBODYS)
READS_TRUSTS_OWN = Rights(select=OF_TRUST)
READS_SCHOOLS_OWN = Rights(select=OF_SCHOOL)
PUBLISHES = Rights(select=OF_TRUST, insert=OF_BOTH, update=OF_BOTH, delete=OF_BOTH)

JOB = frozenset({"message_id", "queue_name", "state", "message", "available_at"})
JOBS_TENANT = frozenset({"trust_id", "school_id"})
EVENT = frozenset({"id", "trust_id", "school_id", "actor_kind", "actor_id", "action", "subject_id", "details"})

DOCTRINE: Mapping[str, Mapping[Role, Rights]] = {
    "public": {
        Role.SCHOOL: READS_ALL,
        Role.TRUST: READS_ALL,
        Role.RELEASE: READS_ALL,
        Role.DIRECTORY: READS_ALL,
        Role.REGISTER: Rights(select=NOBODYS, insert=NOBODYS, update=NOBODYS),
    },
    "school": {Role.SCHOOL: Rights(select=OF_SCHOOL, insert=OF_SCHOOL, update=OF_SCHOOL, delete=OF_SCHOOL)},
    "release": {
        Role.SCHOOL: Rights(select=OF_SCHOOL, insert=OF_BOTH, update=OF_BOTH),
        Role.RELEASE: READS_TRUSTS_OWN,
    },
    "published": {Role.RELEASE: PUBLISHES, Role.TRUST: READS_TRUSTS_OWN, Role.SCHOOL: READS_SCHOOLS_OWN},
    "published trust": {
        Role.RELEASE: Rights(select=OF_TRUST, insert=OF_TRUST, update=OF_TRUST, delete=OF_TRUST),
        Role.TRUST: READS_TRUSTS_OWN,
    },
    "published sibling": {Role.RELEASE: PUBLISHES, Role.SCHOOL: READS_SCHOOLS_OWN},
    "ledger": {Role.RELEASE: Rights(select=OF_TRUST, insert=OF_BOTH)},
    "delegation": {Role.TRUST: Rights(select=OF_TRUST, insert=OF_TRUST), Role.SCHOOL: Rights(select=OF_BOTH)},
    "directory": {Role.DIRECTORY: Rights(select=OF_TRUST, insert=OF_TRUST, update=OF_TRUST)},
    "lookup": {
        Role.DIRECTORY: Rights(
            select=HELD, insert=HELD_IN_TRUST, update=HELD_IN_TRUST, delete=HELD, lock=HELD, never=frozenset({K, T, S})
        )
    },
    "jobs": {
        Role.SCHOOL: Rights(insert=OF_BOTH, only=JOB),
        Role.RELEASE: Rights(insert=OF_BOTH, only=JOB),
        Role.TRUST: Rights(insert=OF_TRUST, only=JOB, empty=OF_SCHOOL),
        Role.WORKER: Rights(
            select=NOBODYS, insert=NOBODYS, update=NOBODYS, delete=NOBODYS, only=JOB, never=JOBS_TENANT
        ),
    },
    "worker": {Role.WORKER: ANYTHING},
    "audit": {
        Role.SCHOOL: Rights(insert=OF_BOTH, only=EVENT),
        Role.RELEASE: Rights(insert=OF_BOTH, only=EVENT),
        Role.TRUST: Rights(insert=OF_TRUST, only=EVENT, empty=OF_SCHOOL),
        Role.DIRECTORY: Rights(insert=OF_TRUST, only=EVENT, empty=OF_SCHOOL),
        Role.REGISTER: Rights(insert=NOBODYS, only=EVENT, empty=OF_BOTH),
        Role.SEALER: READS_ALL,
    },
    "seal": {Role.SEALER: Rights(select=NOBODYS, insert=NOBODYS)},
    "owner": {},
}

# Whose keys need not lead with the tenant: they have none, or are found before one is known.
KEYED_OTHERWISE = frozenset({"public", "lookup", "jobs", "worker", "audit", "seal", "owner"})

# What a session of each role sets; the others belong to no tenant.
SETS: Mapping[Role, Keys] = {
    Role.SCHOOL: OF_BOTH,
    Role.RELEASE: OF_BOTH,
    Role.TRUST: OF_TRUST,
    Role.DIRECTORY: HELD_IN_TRUST,
}

# Into which schemas each role is let.
SCHEMAS_OF: Mapping[str, frozenset[Role]] = {
    "register": frozenset({Role.SCHOOL, Role.TRUST, Role.RELEASE, Role.DIRECTORY, Role.REGISTER}),
    "directory": frozenset({Role.DIRECTORY}),
    "school": frozenset({Role.SCHOOL}),
    "release": frozenset({Role.SCHOOL, Role.RELEASE}),
    "published": frozenset({Role.SCHOOL, Role.TRUST, Role.RELEASE}),
    "delegation": frozenset({Role.SCHOOL, Role.TRUST}),
    "jobs": frozenset({Role.SCHOOL, Role.TRUST, Role.RELEASE, Role.WORKER}),
    "audit": frozenset(
        {Role.SCHOOL, Role.TRUST, Role.RELEASE, Role.DIRECTORY, Role.REGISTER, Role.SEALER},
    ),
}


def rights_of(wall: str, role: Role) -> Rights:
    """`wall` as the comment has it without its first word, as `lookup by domain`."""
    if role is Role.BACKUP:
        return READS_ALL
    return DOCTRINE[kind_of(wall)].get(role, NOTHING)


def kind_of(wall: str) -> str:
    return "lookup" if wall.startswith("lookup by ") else wall
