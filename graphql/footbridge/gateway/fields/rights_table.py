"""Which post may read and write which schema coordinate: walked through the schemas, from what each field requires."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLInterfaceType, GraphQLNamedType, GraphQLObjectType, GraphQLUnionType, get_named_type
from strawberry import Schema

from footbridge.gateway.fields.nodes import Nodes
from footbridge.gateway.fields.rights import permission_of
from footbridge.tenancy.permission import Permission, PostRole, Scope, permissions_of_role, permissions_of_scopes

Coordinate = tuple[str, str]
READ, WRITE, NONE = "reads", "writes", "–"


@dataclass(frozen=True)
class Side:
    """One schema, what its `node` finds, and whether it is a school's."""

    title: str
    schema: Schema
    nodes: Nodes
    of_school: bool

    @property
    def holders(self) -> Mapping[str, frozenset[Permission]]:
        """Posts, and tokens by their scopes."""
        posts = {role.value: permissions_of_role(role) for role in PostRole if role.is_of_school == self.of_school}
        scopes = {"token: read": {Scope.READ}}
        if self.of_school:
            scopes["token: read, write"] = {Scope.READ, Scope.WRITE}
        tokens = {name: permissions_of_scopes(frozenset(held), school=self.of_school) for name, held in scopes.items()}
        return posts | tokens


def reach_of(side: Side, permissions: Collection[Permission]) -> Mapping[Coordinate, str]:
    """What one with these permissions comes to, by query, by `node` or in the answer of a mutation."""
    return _Walk(side, permissions).reach()


class _Walk:
    def __init__(self, side: Side, permissions: Collection[Permission]) -> None:
        self._side = side
        self._permissions = permissions
        self._found: dict[Coordinate, str] = {}

    def reach(self) -> Mapping[Coordinate, str]:
        core = self._side.schema._schema
        for root, verb in ((core.query_type, READ), (core.mutation_type, WRITE)):
            if root is not None:
                self._enter(root, verb)
        return self._found

    def _enter(self, kind: GraphQLNamedType, verb: str = READ) -> None:
        if isinstance(kind, GraphQLUnionType):
            for member in kind.types:
                self._enter(member)
        elif isinstance(kind, GraphQLInterfaceType):
            self._enter_nodes(kind)
        if not isinstance(kind, GraphQLObjectType):
            return
        for name, field in kind.fields.items():
            if (kind.name, name) not in self._found and permission_of(field) in {None, *self._permissions}:
                self._found[kind.name, name] = verb
                self._enter(get_named_type(field.type))

    def _enter_nodes(self, interface: GraphQLInterfaceType) -> None:
        """`node` asks, for each type, what the type's own field asks."""
        self._found |= {(interface.name, name): READ for name in interface.fields}
        for member in self._side.schema._schema.get_possible_types(interface):
            permission = self._side.nodes.permissions.get(member.name)
            if permission in {None, *self._permissions}:
                self._enter(member)


def table_of(side: Side) -> str:
    """In Markdown: a line for each set of coordinates of a type that are open to the same posts."""
    reaches = {holder: reach_of(side, permissions) for holder, permissions in side.holders.items()}
    lines = [
        f"## {side.title}",
        "",
        f"| coordinate | {' | '.join(reaches)} |",
        f"|---|{'---|' * len(reaches)}",
        *(f"| {name} | {' | '.join(rights)} |" for name, rights in _rows(side.schema, reaches)),
    ]
    return "\n".join(lines) + "\n"


def _rows(schema: Schema, reaches: Mapping[str, Mapping[Coordinate, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind in sorted(schema._schema.type_map.values(), key=lambda each: each.name):
        if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) or kind.name.startswith("__"):
            continue
        alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for name in kind.fields:
            alike[tuple(reach.get((kind.name, name), NONE) for reach in reaches.values())].append(name)
        for rights, names in alike.items():
            yield ", ".join(f"`{kind.name}.{name}`" for name in names), rights
