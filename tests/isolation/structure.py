"""What must be true of tables, policies, keys and code, read from the live catalogue; each check returns findings."""

import re
from collections.abc import Callable, Iterator, Sequence

from footbridge.runtime.database import Role
from tests.isolation.catalogue import OURS, Connection, Reference, Relation
from tests.isolation.doctrine import DOCTRINE, JOBS_TENANT, KEYED_OTHERWISE, NOBODYS, K, Keys, kind_of, rights_of

OWNER = "footbridge_owner"
BY_LOGIN = {role.login: role for role in Role}

Check = Callable[[Connection, Sequence[Relation]], Iterator[str]]

_POLICIES = """
    select polname, polpermissive, polcmd::text,
        array(select coalesce(rolname, 'public')::text from unnest(polroles) r left join pg_roles on oid = r) as roles,
        coalesce(pg_get_expr(polqual, polrelid), ''), coalesce(pg_get_expr(polwithcheck, polrelid), '')
    from pg_policy where polrelid = %s
"""
_COMMANDS = {"r": ("select",), "a": ("insert",), "w": ("update",), "d": ("delete",)}
_EVERY = ("select", "insert", "update", "delete")
_LENIENT = re.compile(r"current_setting\('[^']*'(::text)?,")


def every_table_stands_behind_a_forced_wall(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    for table in relations:
        if kind_of(table.wall) not in DOCTRINE:
            yield f"{table.full_name}: its comment “{table.comment}” names no wall"
        if table.kind in {"m", "f"}:
            yield f"{table.full_name}: a materialized view or a foreign table knows no row-level security"
        if table.kind in {"r", "p"} and not (table.secured and table.forced):
            yield f"{table.full_name}: row-level security is not enabled and forced"


def every_table_has_the_columns_its_wall_is_built_on(
    connection: Connection, relations: Sequence[Relation]
) -> Iterator[str]:
    for table in relations:
        needed = _tenant_keys(table)
        for key in sorted(needed - set(table.column_names)):
            yield f"{table.full_name}: its wall needs the column {key}"
        for key in sorted(needed & set(table.column_names)):
            may_be_empty = table.is_view or kind_of(table.wall) in {"jobs", "audit"}
            if not (table.column(key).required or may_be_empty):
                yield f"{table.full_name}: {key} may be empty, and a row without it is nobody's"


def every_policy_is_one_that_the_wall_asks_for(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    for table in relations:
        if table.kind not in {"r", "p"} or kind_of(table.wall) not in DOCTRINE:
            continue
        seen: list[tuple[str, str]] = []
        for name, permissive, command, roles, using, check in connection.execute(_POLICIES, (table.oid,)).fetchall():
            commands = _COMMANDS.get(command, _EVERY)
            for problem in _problems(table, permissive, commands, roles, (using, check)):
                yield f"{table.full_name}: policy {name} {problem}"
            seen += [(role, right) for role in roles for right in commands]
        yield from (f"{table.full_name}: two policies let {role} {right}" for role, right in _twice(seen))
        yield from (f"{table.full_name}: no policy lets {role} {right}" for role, right in _wanted(table) - set(seen))


def _problems(
    table: Relation, permissive: bool, commands: Sequence[str], roles: Sequence[str], guards: tuple[str, str]
) -> Iterator[str]:
    if not permissive:
        yield "is restrictive: walls are built of permissive ones"
    if any(_LENIENT.search(guard) for guard in guards):
        yield "reads a setting that may be missing: an unset tenant must be an error"
    for role in roles:
        if role == OWNER:
            continue
        if role not in BY_LOGIN:
            yield f"is for {role}"
            continue
        rights = rights_of(table.wall, BY_LOGIN[role])
        for right in commands:
            keys: Keys | None = getattr(rights, right)
            if keys is None:
                yield f"lets {role} {right}"
            elif keys != NOBODYS and "true" in guards:
                yield f"lets {role} {right} every row"


def _wanted(table: Relation) -> set[tuple[str, str]]:
    wanted = {(OWNER, right) for right in _EVERY}
    return wanted | {(role.login, right) for role in Role for right in rights_of(table.wall, role).granted()}


def _twice(seen: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted({entry for entry in seen if seen.count(entry) > 1})


def every_key_leads_with_the_tenant(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    for table in relations:
        if kind_of(table.wall) in KEYED_OTHERWISE:
            continue
        for key in table.keys:
            if key.columns[:1] not in [[column] for column in table.tenant_columns]:
                yield f"{table.full_name}: the key {key.name} ({', '.join(key.columns)}) does not lead with the tenant"


def every_reference_stays_with_the_tenant(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    by_name = {relation.full_name: relation for relation in relations}
    for table in relations:
        for reference in table.references:
            if reference.on_delete not in {"a", "r"}:
                yield f"{table.full_name}: {reference.name} deletes or empties rows behind the wall"
            target = by_name.get(reference.target)
            if target is not None and target.tenant_columns and not _carries_tenant(reference):
                yield f"{table.full_name}: {reference.name} points at {target.full_name} without the tenant"


def _carries_tenant(reference: Reference) -> bool:
    pairs = zip(reference.columns, reference.target_columns, strict=True)
    return any(column == there and column in JOBS_TENANT for column, there in pairs)


def no_code_runs_with_other_rights(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    """Triggers, rules, functions of their owner's rights, and views that are not their reader's."""
    for what, query in _CODE.items():
        yield from (f"{what}: {name}" for (name,) in connection.execute(query.encode()).fetchall())


_CODE = {
    "a trigger": f"""select tgrelid::regclass || ' ' || tgname from pg_trigger join pg_class c on c.oid = tgrelid
        join pg_namespace n on n.oid = relnamespace where not tgisinternal and {OURS}""",
    "a rule": f"""select c.oid::regclass || ' ' || rulename from pg_rewrite join pg_class c on c.oid = ev_class
        join pg_namespace n on n.oid = relnamespace where rulename <> '_RETURN' and {OURS}""",
    "an event trigger": "select evtname from pg_event_trigger",
    "a function with its owner's rights": f"""select p.oid::regprocedure::text from pg_proc p
        join pg_namespace n on n.oid = pronamespace where prosecdef and {OURS}""",
    "a view with its owner's rights": f"""select c.oid::regclass::text from pg_class c
        join pg_namespace n on n.oid = relnamespace where relkind = 'v' and {OURS}
        and not coalesce('security_invoker=true' = any (reloptions) or 'security_invoker=on' = any (reloptions), false)""",
    "a tenant that is set for good": """select coalesce(rolname, datname) || ' ' || setting
        from pg_db_role_setting cross join unnest(setconfig) setting
        left join pg_roles r on r.oid = setrole left join pg_database d on d.oid = setdatabase
        where starts_with(setting, 'footbridge.') and (datname is null or datname = current_database())""",
}


def _tenant_keys(table: Relation) -> Keys:
    if kind_of(table.wall) not in DOCTRINE:
        return NOBODYS
    rights = DOCTRINE[kind_of(table.wall)].values()
    used = (keys for one in rights for keys in (one.select, one.insert, one.update, one.delete) if keys)
    return frozenset(key for keys in used for key in keys if key != K)


CHECKS: tuple[Check, ...] = (
    every_table_stands_behind_a_forced_wall,
    every_table_has_the_columns_its_wall_is_built_on,
    every_policy_is_one_that_the_wall_asks_for,
    every_key_leads_with_the_tenant,
    every_reference_stays_with_the_tenant,
    no_code_runs_with_other_rights,
)
