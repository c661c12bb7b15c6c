"""What each login role has been granted, down to the column, and what the roles themselves are."""

from collections.abc import Iterator, Sequence
from typing import Any

from footbridge.runtime.database import Role
from tests.isolation.catalogue import OURS, Connection, Relation
from tests.isolation.doctrine import DOCTRINE, SCHEMAS_OF, K, Rights, kind_of, rights_of
from tests.isolation.structure import OWNER, Check

LOGINS = [role.login for role in Role]

_TABLE = """
    select privilege, has_table_privilege(%s, %s, privilege)
    from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) privilege
"""
_COLUMNS = """
    select attname::text, has_column_privilege(%(role)s, attrelid, attnum, 'insert'),
        has_column_privilege(%(role)s, attrelid, attnum, 'update'),
        has_column_privilege(%(role)s, attrelid, attnum, 'select'),
        has_column_privilege(%(role)s, attrelid, attnum, 'references')
    from pg_attribute where attrelid = %(table)s and attnum > 0 and not attisdropped
"""


def each_role_has_the_grants_of_its_walls_and_no_other(
    connection: Connection, relations: Sequence[Relation]
) -> Iterator[str]:
    for table in relations:
        for role in Role:
            rights = _rights(table, role)
            more = [*_table_grants(connection, table, role, rights), *_column_grants(connection, table, role, rights)]
            yield from (f"{table.full_name}: {role.login} {problem}" for problem in more)


def _rights(table: Relation, role: Role) -> Rights:
    if kind_of(table.wall) not in DOCTRINE:
        return Rights()
    rights = rights_of(table.wall, role)
    return Rights(select=rights.select) if table.is_view else rights


def _table_grants(connection: Connection, table: Relation, role: Role, rights: Rights) -> Iterator[str]:
    """Rights on every column at once; those on some columns are judged one by one."""
    by_column = ({"insert"} if rights.only is not None else set()) | ({"update"} if rights.never else set())
    for privilege, has in connection.execute(_TABLE, (role.login, table.oid)).fetchall():
        if has and privilege not in rights.granted() - by_column:
            yield f"may {privilege}"
        if not has and privilege in rights.granted() - by_column:
            yield f"may not {privilege}"


def _column_grants(connection: Connection, table: Relation, role: Role, rights: Rights) -> Iterator[str]:
    never = {table.lookup_column if name == K else name for name in rights.never}
    found = connection.execute(_COLUMNS, {"role": role.login, "table": table.oid}).fetchall()
    for column, inserts, updates, selects, refers in found:
        if inserts and (rights.insert is None or (rights.only is not None and column not in rights.only)):
            yield f"may insert {column}"
        if updates and (rights.update is None or column in never):
            yield f"may update {column}"
        if selects and rights.select is None:
            yield f"may select {column}"
        if refers:
            yield f"may reference {column}"


def nothing_is_granted_to_everybody_or_to_strangers(
    connection: Connection, relations: Sequence[Relation]
) -> Iterator[str]:
    for what, query in _ACLS.items():
        for name, grantee, privilege, grantable in connection.execute(query.encode()).fetchall():
            if grantee not in {OWNER, *LOGINS}:
                yield f"{what} {name}: {grantee} has {privilege}"
            elif grantable and grantee != OWNER:
                yield f"{what} {name}: {grantee} may hand on {privilege}"


_ACLS = {
    "table or sequence": f"""select c.oid::regclass::text, coalesce(rolname, 'everybody'), privilege_type, is_grantable
        from pg_class c join pg_namespace n on n.oid = relnamespace cross join aclexplode(relacl)
        left join pg_roles r on r.oid = grantee where {OURS}""",
    "column": f"""select c.oid::regclass || '.' || attname, coalesce(rolname, 'everybody'), privilege_type, is_grantable
        from pg_attribute join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
        cross join aclexplode(attacl) left join pg_roles r on r.oid = grantee where {OURS}""",
    "schema": f"""select nspname, coalesce(rolname, 'everybody'), privilege_type, is_grantable
        from pg_namespace n cross join aclexplode(nspacl) left join pg_roles r on r.oid = grantee
        where {OURS} and nspname <> 'public'""",
}


def each_role_is_let_into_its_own_schemas_only(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    query = (
        """select nspname, has_schema_privilege(%s, oid, 'usage'), has_schema_privilege(%s, oid, 'create')
        from pg_namespace n where nspname <> 'public' and """
        + OURS
    )
    for role in Role:
        for schema, enters, creates in connection.execute(query.encode(), (role.login, role.login)).fetchall():
            wanted = role is Role.BACKUP or role in SCHEMAS_OF.get(schema, frozenset())
            if enters != wanted:
                yield f"schema {schema}: {role.login} {'may' if enters else 'may not'} enter"
            if creates:
                yield f"schema {schema}: {role.login} may create there"


def the_database_is_closed_but_for_the_login_roles(
    connection: Connection, relations: Sequence[Relation]
) -> Iterator[str]:
    query = """select coalesce(rolname, 'everybody'), privilege_type
        from pg_database cross join aclexplode(coalesce(datacl, acldefault('d', datdba)))
        left join pg_roles r on r.oid = grantee where datname = current_database() and grantee <> datdba"""
    allowed = {(login, "CONNECT") for login in LOGINS} | {(OWNER, "CONNECT"), (OWNER, "CREATE")}
    found = {(who, what) for who, what in connection.execute(query).fetchall()}
    yield from (f"the database: {who} may {what}" for who, what in sorted(found - allowed))
    public = "select rolname from pg_roles where rolname = any (%s) and has_schema_privilege(oid, 'public', 'create')"
    yield from (f"schema public: {login} may create there" for (login,) in connection.execute(public, (LOGINS,)))


def the_roles_are_what_they_should_be(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    query = """select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
        from pg_roles where rolname = any (%s)"""
    found = {name: (logs_in, any(powers)) for name, logs_in, *powers in _roles(connection, query)}
    for name in [OWNER, *LOGINS]:
        logs_in, has_power = found.get(name, (None, False))
        if logs_in is not (name != OWNER):
            yield f"{name}: {'may log in' if logs_in else 'cannot log in'}"
        if has_power:
            yield f"{name}: has a power over roles, databases or row-level security"
    members = """select m.rolname || ' is a member of ' || r.rolname from pg_auth_members a
        join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where m.rolname = any (%s)"""
    yield from (membership for (membership,) in _roles(connection, members))


def the_owner_owns_everything_and_logs_in_nowhere(
    connection: Connection, relations: Sequence[Relation]
) -> Iterator[str]:
    query = f"""select c.oid::regclass::text, rolname from pg_class c join pg_namespace n on n.oid = relnamespace
        join pg_roles r on r.oid = relowner where {OURS} and rolname <> '{OWNER}'"""
    for name, owner in connection.execute(query.encode()).fetchall():
        yield f"{name}: owned by {owner}"


def no_sequence_is_open(connection: Connection, relations: Sequence[Relation]) -> Iterator[str]:
    query = f"""select c.oid::regclass::text, rolname from pg_class c join pg_namespace n on n.oid = relnamespace
        cross join pg_roles where relkind = 'S' and {OURS} and rolname = any (%s)
        and has_sequence_privilege(rolname, c.oid, 'usage, update')"""
    for name, login in _roles(connection, query):
        if login != OWNER:
            yield f"{name}: {login} may advance it"


def _roles(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode(), ([OWNER, *LOGINS],)).fetchall()


GRANT_CHECKS: tuple[Check, ...] = (
    each_role_has_the_grants_of_its_walls_and_no_other,
    nothing_is_granted_to_everybody_or_to_strangers,
    each_role_is_let_into_its_own_schemas_only,
    the_database_is_closed_but_for_the_login_roles,
    the_roles_are_what_they_should_be,
    the_owner_owns_everything_and_logs_in_nowhere,
    no_sequence_is_open,
)
