"""Organisations a school works with, its partnerships, and the five elements of a good one."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Numeric, UniqueConstraint, Uuid

from footbridge.runtime.schema import created_at, same_school, school_table, sort_name, text_column

STATUSES = ("proposed", "agreed", "active", "paused", "ended")
SIDES = "('school', 'partner')"

organisation = school_table(
    "organisation",
    text_column("name"),
    sort_name(),
    text_column("kind"),
    text_column("identifier", nullable=True, comment="org-id.guide form, as GB-CHC-1234567"),
    created_at(),
    CheckConstraint(
        "kind in ('charity', 'company', 'faith group', 'public body', 'school or college', 'club or society', "
        "'parents'' group', 'other')",
        name="kind",
    ),
    UniqueConstraint("school_id", "sort_name"),
)

partnership = school_table(
    "partnership",
    Column("organisation_id", Uuid, nullable=False),
    text_column("title"),
    sort_name(),
    text_column("status"),
    text_column("need_school", comment="the shared need, in the school's words"),
    text_column("need_partner", nullable=True, comment="the shared need, in the partner's words"),
    Column("starts_on", Date),
    Column("ended_on", Date),
    text_column("venue_name", nullable=True),
    text_column("venue_space", nullable=True),
    text_column("venue_reason", nullable=True),
    text_column("voice_space", nullable=True, comment="Lundy: where young people form a view"),
    text_column("voice_voice", nullable=True, comment="Lundy: how they express it"),
    text_column("voice_audience", nullable=True, comment="Lundy: who must listen"),
    text_column("voice_influence", nullable=True, comment="Lundy: what changed"),
    created_at(),
    CheckConstraint(f"status in {STATUSES}", name="status"),
    CheckConstraint("venue_space in ('ours', 'theirs', 'shared')", name="venue_space"),
    CheckConstraint("ended_on is null or ended_on >= starts_on", name="order"),
    same_school("organisation_id", "school.organisation"),
)
Index(
    "partnership_school_id_sort_name_id_idx",
    partnership.c.school_id,
    partnership.c.sort_name,
    partnership.c.id,
)
Index("partnership_school_id_organisation_id_idx", partnership.c.school_id, partnership.c.organisation_id)

status_change = school_table(
    "status_change",
    Column("partnership_id", Uuid, nullable=False),
    text_column("status"),
    Column("from_on", Date, nullable=False),
    created_at(),
    CheckConstraint(f"status in {STATUSES}", name="status"),
    same_school("partnership_id", "school.partnership"),
)
Index(
    "status_change_partnership_idx",
    status_change.c.school_id,
    status_change.c.partnership_id,
    status_change.c.from_on,
)

agreed_outcome = school_table(
    "agreed_outcome",
    Column("partnership_id", Uuid, nullable=False),
    text_column("description"),
    text_column("indicator"),
    Column("baseline", Numeric(12, 2)),
    Column("target", Numeric(12, 2)),
    Column("due_on", Date, nullable=False),
    created_at(),
    same_school("partnership_id", "school.partnership"),
)
Index("agreed_outcome_partnership_idx", agreed_outcome.c.school_id, agreed_outcome.c.partnership_id)

role_declaration = school_table(
    "role_declaration",
    Column("partnership_id", Uuid, nullable=False),
    text_column("side"),
    text_column("responsibility"),
    created_at(),
    CheckConstraint(f"side in {SIDES}", name="side"),
    same_school("partnership_id", "school.partnership"),
)
Index("role_declaration_partnership_idx", role_declaration.c.school_id, role_declaration.c.partnership_id)

mutual_benefit = school_table(
    "mutual_benefit",
    Column("partnership_id", Uuid, nullable=False),
    text_column("side"),
    text_column("benefit"),
    created_at(),
    CheckConstraint(f"side in {SIDES}", name="side"),
    same_school("partnership_id", "school.partnership"),
)
Index("mutual_benefit_partnership_idx", mutual_benefit.c.school_id, mutual_benefit.c.partnership_id)
