"""Defects that a hurried migration might bring, and who must notice each."""

from dataclasses import dataclass

SCHOOL = "school_id = current_setting('footbridge.school_id')::uuid"
TRUST = "trust_id = current_setting('footbridge.trust_id')::uuid"
COPY_OF_PARTNERSHIP = "create {kind} {name} as select * from school.partnership"
SECRET = (
    "create table school.secret (school_id uuid not null, id uuid not null, words text, primary key (school_id, id))"
)
SECURED = "alter table school.secret enable row level security; alter table school.secret force row level security"


@dataclass(frozen=True)
class Plant:
    """`structure` reads it from the catalogue, `matrix` sees it happen, `answers` tells foreign from missing."""

    name: str
    tables: tuple[str, ...]
    sql: str
    seen_by: tuple[str, ...]


def _plant(name: str, tables: str, sql: str, seen_by: str) -> Plant:
    return Plant(name, tuple(tables.split()), sql, tuple(seen_by.split()))


PLANTS = (
    _plant("a policy is dropped", "school.partnership", "drop policy school_selects on school.partnership", "structure matrix"),
    _plant("the owner's policy is dropped", "school.partnership", "drop policy owner_all on school.partnership", "structure"),
    _plant("FORCE is dropped", "school.partnership", "alter table school.partnership no force row level security", "structure"),
    _plant("row-level security is off", "school.session", "alter table school.session disable row level security", "structure matrix"),
    _plant("WITH CHECK is open", "school.activity", "alter policy school_inserts on school.activity with check (true)", "structure matrix"),
    _plant(
        "a second policy is open", "school.observation",
        "create policy also on school.observation for select to footbridge_school using (true)", "structure matrix",
    ),
    _plant("a policy is everybody's", "school.session", "create policy open on school.session using (true)", "structure matrix"),
    _plant(
        "a missing setting is let pass", "school.activity",
        "alter policy school_selects on school.activity "
        "using (school_id = current_setting('footbridge.school_id', true)::uuid)", "structure matrix",
    ),
    _plant(
        "an empty setting is let pass", "published.value",
        "alter policy trust_selects on published.value "
        "using (trust_id = nullif(current_setting('footbridge.trust_id', true), '')::uuid)", "structure matrix",
    ),
    _plant(
        "a policy asks for the wrong tenant", "published.value",
        f"alter policy school_selects on published.value using ({TRUST})", "matrix",
    ),
    _plant(
        "a policy asks for one tenant where it takes two", "delegation.access_record",
        f"alter policy school_selects on delegation.access_record using ({SCHOOL})", "matrix",
    ),
    _plant(
        "a release may be written into another trust", "release.release",
        f"alter policy school_inserts on release.release with check ({SCHOOL})", "matrix",
    ),
    _plant(
        "a sibling's published value may be taken over", "published.value",
        f"alter policy release_updates on published.value using ({TRUST})", "matrix",
    ),
    _plant(
        "a lookup row is seen without its key", "directory.token",
        "alter policy directory_selects on directory.token using (true)", "structure matrix",
    ),
    _plant("a token may change its trust", "directory.token", "grant update (trust_id) on directory.token to footbridge_directory", "structure matrix"),
    _plant(
        "a view runs with its owner's rights", "school.everything",
        COPY_OF_PARTNERSHIP.format(kind="view", name="school.everything")
        + "; alter view school.everything owner to footbridge_owner; comment on view school.everything is 'wall: school'"
        + "; grant usage on schema school to footbridge_trust; grant select on school.everything to footbridge_trust",
        "structure matrix",
    ),
    _plant(
        "a view names no wall", "school.everything",
        "create view school.everything with (security_invoker = true) as select * from school.partnership", "structure",
    ),
    _plant(
        "there is a materialized view", "published.everything",
        COPY_OF_PARTNERSHIP.format(kind="materialized view", name="published.everything"), "structure",
    ),
    _plant(
        "a foreign key is plain", "school.activity school.partnership",
        "create unique index alone on school.partnership (id); "
        "alter table school.activity drop constraint activity_school_id_partnership_id_fkey, "
        "add constraint plain foreign key (partnership_id) references school.partnership (id)", "structure answers",
    ),
    _plant(
        "a unique key spans the schools", "school.organisation",
        "create unique index spans on school.organisation (sort_name)", "structure answers",
    ),
    _plant(
        "a primary key lacks the tenant", "school.status_change",
        "alter table school.status_change drop constraint status_change_pkey, add primary key (id)", "structure answers",
    ),
    _plant(
        "a deletion empties other rows", "school.activity school.partnership",
        "alter table school.activity drop constraint activity_school_id_partnership_id_fkey, add constraint emptied "
        "foreign key (school_id, partnership_id) references school.partnership on delete set null (partnership_id)",
        "structure",
    ),
    _plant(
        "a deletion cascades", "school.session school.activity",
        "alter table school.session add constraint cascading foreign key (school_id, activity_id) "
        "references school.activity on delete cascade", "structure",
    ),
    _plant(
        "a job may be another tenant's", "jobs.queue",
        "grant insert on jobs.queue to footbridge_school; alter policy school_inserts on jobs.queue with check (true)",
        "structure matrix",
    ),
    _plant("a job's tenant may be named", "jobs.queue", "grant insert (trust_id) on jobs.queue to footbridge_trust", "structure"),
    _plant("the worker may hand a job to another tenant", "jobs.queue", "grant update on jobs.queue to footbridge_worker", "structure matrix"),
    _plant("an event's time may be named", "audit.event", "grant insert (occurred_at) on audit.event to footbridge_school", "structure"),
    _plant("a school may read the audit log", "audit.event", "grant select on audit.event to footbridge_school", "structure matrix"),
    _plant("TRUNCATE is granted", "school.partnership", "grant truncate on school.partnership to footbridge_school", "structure matrix"),
    _plant("TRIGGER is granted", "school.partnership", "grant trigger on school.partnership to footbridge_school", "structure"),
    _plant("REFERENCES is granted on a column", "school.partnership", "grant references (id) on school.partnership to footbridge_release", "structure"),
    _plant(
        "the trust reads a school's record", "school.partnership",
        "grant usage on schema school to footbridge_trust; grant select on school.partnership to footbridge_trust; "
        "create policy trust_selects on school.partnership for select to footbridge_trust using (true)", "structure matrix",
    ),
    _plant("the trust is let into a school's schema", "", "grant usage on schema school to footbridge_trust", "structure"),
    _plant("the publisher reads a school's record", "school.observation", "grant select on school.observation to footbridge_release", "structure"),
    _plant(
        "the trust reads the sibling view", "published.sibling_view",
        "grant select on published.sibling_view to footbridge_trust; create policy trust_selects "
        f"on published.sibling_view for select to footbridge_trust using ({TRUST})", "structure matrix",
    ),
    _plant(
        "the ledger may be changed", "published.ledger",
        "grant update on published.ledger to footbridge_release; create policy release_updates "
        f"on published.ledger for update to footbridge_release using ({TRUST} and {SCHOOL})", "structure matrix",
    ),
    _plant("the backup may write", "school.partnership", "grant insert on school.partnership to footbridge_backup", "structure matrix"),
    _plant("a grant may be handed on", "published.value", "grant select on published.value to footbridge_trust with grant option", "structure"),
    _plant("a table is everybody's", "published.sibling_view", "grant select on published.sibling_view to public", "structure matrix"),
    _plant("a sequence may be advanced", "", "grant usage on sequence jobs.queue_position_seq to footbridge_school", "structure"),
    _plant("everybody may make schemas", "", "grant create on schema published to public", "structure"),
    _plant(
        "a function runs with its owner's rights", "",
        "create function school.peek() returns bigint security definer language sql "
        "as 'select count(*) from school.partnership'; grant execute on function school.peek to footbridge_trust",
        "structure",
    ),
    _plant(
        "there is a trigger", "",
        "create function school.meddle() returns trigger language plpgsql as 'begin return new; end'; "
        "create trigger meddles before insert on school.session for each row execute function school.meddle()", "structure",
    ),
    _plant("there is a rule", "", "create rule quietly as on delete to school.session do instead nothing", "structure"),
    _plant(
        "a new table has no policy", "school.secret",
        f"{SECRET}; {SECURED}; comment on table school.secret is 'wall: school'; "
        "alter table school.secret owner to footbridge_owner", "structure matrix",
    ),
    _plant(
        "a new table has no wall", "school.secret",
        f"{SECRET}; {SECURED}; create policy school_selects on school.secret to footbridge_school using ({SCHOOL}); "
        "grant select on school.secret to footbridge_school; alter table school.secret owner to footbridge_owner",
        "structure matrix",
    ),
    _plant("a wall has an unknown word", "school.session", "comment on table school.session is 'wall: glass'", "structure matrix"),
    _plant("a row may be nobody's", "release.release", "alter table release.release alter trust_id drop not null", "structure"),
    _plant("a login role owns a table", "school.session", "alter table school.session owner to footbridge_school", "structure"),
)  # fmt: skip

# Of the whole server: never committed, since other databases share the roles.
SERVER_PLANTS = (
    _plant("a role passes row-level security", "", "alter role footbridge_trust bypassrls", "structure"),
    _plant("a role may make roles", "", "alter role footbridge_directory createrole", "structure"),
    _plant("a role is a superuser", "", "alter role footbridge_worker superuser", "structure"),
    _plant("a login role is a member of another", "", "grant footbridge_school to footbridge_trust", "structure"),
    _plant("a login role is the owner's member", "", "grant footbridge_owner to footbridge_register", "structure"),
    _plant("a login role reads everything", "", "grant pg_read_all_data to footbridge_release", "structure"),
    _plant("the owner may log in", "", "alter role footbridge_owner login", "structure"),
    _plant(
        "a role has a tenant for good", "", "alter role footbridge_school set footbridge.school_id = 'x'", "structure"
    ),
    _plant(
        "everybody may connect",
        "",
        "do 'begin execute format(''grant connect on database %I to public'', current_database()); end'",
        "structure",
    ),
)
