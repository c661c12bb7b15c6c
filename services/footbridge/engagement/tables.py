"""Activities, their dated sessions, and who took part: counts, never names."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, SmallInteger, UniqueConstraint, Uuid

from footbridge.engagement.records import Audience, Basis, Category, Leader, SessionKind, Space
from footbridge.runtime.schema import Hours, created_at, same_school, school_table, sort_name, text_column


def one_of(values: type[StrEnum]) -> str:
    return "(" + ", ".join("'" + value.replace("'", "''") + "'" for value in values) + ")"


activity = school_table(
    "activity",
    Column("partnership_id", Uuid),
    text_column("title"),
    sort_name(),
    text_column("category"),
    created_at(),
    CheckConstraint(f"category in {one_of(Category)}", name="category"),
    same_school("partnership_id", "school.partnership"),
)
Index("activity_school_id_sort_name_id_idx", activity.c.school_id, activity.c.sort_name, activity.c.id)
Index("activity_school_id_partnership_id_idx", activity.c.school_id, activity.c.partnership_id)

session = school_table(
    "session",
    Column("activity_id", Uuid, nullable=False),
    Column("held_on", Date, nullable=False),
    text_column("kind"),
    Column("hours", Hours, nullable=False),
    text_column("led_by"),
    text_column("designed_by", comment="who designed it"),
    text_column("space", comment="whose space: ours, theirs, shared"),
    text_column("voice_space", nullable=True),
    text_column("voice_voice", nullable=True),
    text_column("voice_audience", nullable=True),
    text_column("voice_influence", nullable=True),
    created_at(),
    CheckConstraint(f"kind in {one_of(SessionKind)}", name="kind"),
    CheckConstraint(f"led_by in {one_of(Leader)}", name="led_by"),
    CheckConstraint(f"designed_by in {one_of(Leader)}", name="designed_by"),
    CheckConstraint(f"space in {one_of(Space)}", name="space"),
    CheckConstraint("hours > 0 and hours <= 24", name="hours"),
    same_school("activity_id", "school.activity"),
)
Index("session_school_id_held_on_id_idx", session.c.school_id, session.c.held_on, session.c.id)
Index("session_activity_idx", session.c.school_id, session.c.activity_id, session.c.held_on)

participation_count = school_table(
    "participation_count",
    Column("session_id", Uuid, nullable=False),
    text_column("audience"),
    Column("attended", Integer, nullable=False),
    Column("invited", Integer),
    Column("eligible", Integer),
    text_column("basis", comment="counted or estimated"),
    created_at(),
    CheckConstraint(f"audience in {one_of(Audience)}", name="audience"),
    CheckConstraint(f"basis in {one_of(Basis)}", name="basis"),
    CheckConstraint("attended >= 0 and invited >= 0 and eligible >= 0", name="counts"),
    UniqueConstraint("school_id", "session_id", "audience"),
    same_school("session_id", "school.session"),
)

meeting_year_group = school_table(
    "meeting_year_group",
    Column("session_id", Uuid, nullable=False),
    Column("year_group", SmallInteger, nullable=False, comment="0 is Reception"),
    Column("pupils", Integer, nullable=False, comment="on the roll of the year group, never only the invited"),
    Column("in_person", Integer, nullable=False),
    Column("by_phone", Integer, nullable=False),
    Column("online", Integer, nullable=False),
    created_at(),
    CheckConstraint("year_group between 0 and 11", name="year_group"),
    CheckConstraint(
        "in_person >= 0 and by_phone >= 0 and online >= 0 and in_person + by_phone + online <= pupils",
        name="counts",
    ),
    UniqueConstraint("school_id", "session_id", "year_group"),
    same_school("session_id", "school.session"),
)
