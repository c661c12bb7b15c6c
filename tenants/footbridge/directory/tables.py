"""Who may come in: issuers, people, posts, sessions and tokens.

Lookup tables are read before a tenant is known: a row is visible only to one who already holds its key.
"""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from footbridge.runtime.schema import (
    created_at,
    identifier,
    metadata,
    of_school,
    of_trust,
    same_trust,
    school_key,
    text_column,
    trust_key,
)

DIRECTORY = "wall: directory"


def lookup(key: str) -> str:
    return f"wall: lookup by {key}"


ROLES = (
    "'executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor', 'trust executive', "
    "'trust administrator'"
)
SCHOOL_ROLES = "'executive head', 'head', 'acting head', 'deputy', 'community lead', 'governor'"

issuer = Table(
    "issuer",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    text_column("issuer_url"),
    text_column("client_id"),
    text_column("client_secret", nullable=True),
    created_at(),
    UniqueConstraint("trust_id", "issuer_url"),
    of_trust(),
    schema="directory",
    comment=DIRECTORY,
)

email_domain = Table(
    "email_domain",
    metadata,
    text_column("domain", primary_key=True),
    trust_key(),
    Column("issuer_id", Uuid, nullable=False),
    same_trust("issuer_id", "directory.issuer"),
    schema="directory",
    comment=lookup("domain"),
)

group_post = Table(
    "group_post",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    Column("issuer_id", Uuid, nullable=False),
    text_column("group_name"),
    text_column("role"),
    school_key(nullable=True),
    Column("group_id", Uuid),
    CheckConstraint(f"role in ({ROLES})", name="role"),
    CheckConstraint(f"(role in ({SCHOOL_ROLES})) = (school_id is not null)", name="scope"),
    created_at(),
    Column("ended_at", DateTime(timezone=True), comment="when another map of groups took its place"),
    same_trust("issuer_id", "directory.issuer"),
    same_trust("group_id", "register.trust_group"),
    of_school(),
    schema="directory",
    comment=DIRECTORY,
)
Index(
    "group_post_one_in_force_idx",
    *(group_post.c.trust_id, group_post.c.issuer_id, group_post.c.group_name, group_post.c.role),
    *(group_post.c.school_id, group_post.c.group_id),
    unique=True,
    postgresql_where=text("ended_at is null"),
    postgresql_nulls_not_distinct=True,
)

person = Table(
    "person",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    Column("issuer_id", Uuid, nullable=False),
    text_column("subject", comment="with the issuer, the identity; never the e-mail"),
    text_column("name"),
    text_column("email", nullable=True),
    created_at(),
    Column("signed_in_at", DateTime(timezone=True)),
    UniqueConstraint("trust_id", "issuer_id", "subject"),
    same_trust("issuer_id", "directory.issuer"),
    schema="directory",
    comment=DIRECTORY,
)

post = Table(
    "post",
    metadata,
    trust_key(primary_key=True),
    identifier(),
    Column("person_id", Uuid, nullable=False),
    text_column("role"),
    school_key(nullable=True),
    Column("group_id", Uuid),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    CheckConstraint(f"role in ({ROLES})", name="role"),
    CheckConstraint(f"(role in ({SCHOOL_ROLES})) = (school_id is not null)", name="scope"),
    same_trust("person_id", "directory.person"),
    same_trust("group_id", "register.trust_group"),
    of_school(),
    schema="directory",
    comment=DIRECTORY,
)
Index(
    "post_one_open_idx",
    *(post.c.trust_id, post.c.person_id, post.c.role, post.c.school_id, post.c.group_id),
    unique=True,
    postgresql_where=text("until_on is null"),
    postgresql_nulls_not_distinct=True,
)

login_transaction = Table(
    "login_transaction",
    metadata,
    text_column("state_hash", primary_key=True),
    trust_key(),
    Column("issuer_id", Uuid, nullable=False),
    text_column("nonce"),
    text_column("code_verifier"),
    text_column("browser_hash", comment="binds the answer to the browser that asked"),
    text_column("return_to"),
    created_at(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    same_trust("issuer_id", "directory.issuer"),
    schema="directory",
    comment=lookup("state_hash"),
)

sign_in_session = Table(
    "sign_in_session",
    metadata,
    text_column("session_hash", primary_key=True),
    trust_key(),
    Column("person_id", Uuid, nullable=False),
    Column("post_id", Uuid, comment="the one post in which the person acts now"),
    created_at(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    same_trust("person_id", "directory.person"),
    same_trust("post_id", "directory.post"),
    schema="directory",
    comment=lookup("session_hash"),
)
Index("sign_in_session_person_idx", sign_in_session.c.trust_id, sign_in_session.c.person_id)

token = Table(
    "token",
    metadata,
    text_column("token_hash", primary_key=True),
    trust_key(),
    Column("id", Uuid, nullable=False),
    school_key(nullable=True),
    text_column("name"),
    Column("scopes", ARRAY(Text), nullable=False),
    created_at(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    CheckConstraint("scopes <@ array['read', 'write', 'introspect', 'adhoc']", name="scopes"),
    UniqueConstraint("trust_id", "id"),
    of_trust(),
    of_school(),
    schema="directory",
    comment=lookup("token_hash"),
)
