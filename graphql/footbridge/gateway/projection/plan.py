"""An operation's plan: for each root field the statement that answers it, or that the ordinary path has to.

One plan serves all requests that differ in values only; which variables are null, and those of `@include` and `@skip`,
make another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    OperationDefinitionNode,
    VariableNode,
)
from strawberry import Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from footbridge.gateway.projection.compiler import Compiler
from footbridge.gateway.projection.markers import BROKEN, NotThere, filled
from footbridge.gateway.projection.python_values import shower_of
from footbridge.gateway.projection.selection import NotCompiled, Selections
from footbridge.gateway.projection.session import session_values
from footbridge.gateway.projection.sources import Derived, FoundById, Related, Shape, source_of
from footbridge.gateway.projection.statement import NotAsked, Place, Statement, Values, Worked
from footbridge.tenancy.permission import Permission
from footbridge.tenancy.session import SchoolSession, TrustSession


@dataclass(frozen=True)
class Request:
    """What one request brings: its session, where its reading is noted, and its coerced variables."""

    context: Any
    variables: Any
    schema: Schema

    def converted(self, definition: GraphQLField, arguments: Values) -> Values:
        """As a resolver would get them."""
        declared = definition.extensions["strawberry-definition"]
        converter = self.schema.schema_converter
        return convert_arguments(dict(arguments), declared.arguments, converter.scalar_registry, self.schema.config)


@dataclass(frozen=True)
class Word:
    """What needs no database: `__typename`."""

    key: str
    text: str

    async def read(self, _: Request) -> str | None:
        return self.text


@dataclass(frozen=True)
class Computed:
    """A Python function of the field's arguments."""

    key: str
    worked: Worked

    async def read(self, request: Request) -> str | None:
        try:
            return self.worked.text(request.variables, request.converted)
        except (NotAsked, NotThere):
            return None


@dataclass(frozen=True)
class Compiled:
    """One statement; `permissions` are those of all its fields."""

    key: str
    sql: str
    statement: Statement
    permissions: frozenset[Permission]

    async def read(self, request: Request) -> str | None:
        """The JSON text; None where there is an error to tell."""
        session: SchoolSession | TrustSession = request.context.session
        if not all(session.caller.may(permission) for permission in self.permissions):
            return None
        try:
            values = self.statement.values(session, session_values(session), request.variables, request.converted)
            ((text, *versions),) = await session.transaction.rows(self.sql, values)
            if versions:
                request.context.versions = tuple(versions)
            return filled(text or BROKEN, self.statement.fillers, request.context.note)
        except (NotAsked, NotThere):
            return None


@dataclass(frozen=True)
class Ordinary:
    """Only the ordinary path can run it."""

    key: str

    async def read(self, _: Request) -> str | None:
        return None


Root = Word | Computed | Compiled | Ordinary


@dataclass(frozen=True)
class Plan:
    """`nodes` are the fields of the document behind each root; None where only the ordinary path can say which."""

    roots: Sequence[Root]
    nodes: Mapping[str, Sequence[FieldNode]] | None

    @property
    def is_personal(self) -> bool:
        """Whether an answer holds cursors, or depends on one: they are marked as their reader's."""
        return any(root.statement.is_personal for root in self.roots if isinstance(root, Compiled))


def shape_of(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> tuple[Any, ...]:
    """What of the variables makes another plan: which are null, conditions, and of which type an id of `node` is."""
    names = (each.variable.name.value for each in operation.variable_definitions or ())
    roots = operation.selection_set.selections
    finds = any(not isinstance(root, FieldNode) or root.name.value == "node" for root in roots)
    return tuple(_shape(variables.get(name), by_prefix=finds) for name in names)


def _shape(value: Any, *, by_prefix: bool) -> Any:
    if value is None or isinstance(value, bool):
        return value
    return value[:4] if by_prefix and isinstance(value, str) and value[3:4] == "_" else "said"


def make_plan(
    schema: Schema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
    *,
    versions: str = "",
    tenant_keys: bool = True,
) -> Plan:
    """`versions` is SQL for further columns of each statement: what its answer holds for.

    `tenant_keys` stand beside the wall for the planner; without them the answers are the same.
    """
    core = schema._schema
    root = core.query_type
    assert root is not None
    selections = Selections(core, fragments, variables)
    try:
        fields = selections.of_sets(root, [operation.selection_set])
    except NotCompiled:
        return Plan([], None)
    planner = _Planner(root, selections, versions, tenant_keys=tenant_keys)
    return Plan([planner.root(key, nodes) for key, nodes in fields.items()], fields)


class _Planner:
    def __init__(self, root: GraphQLObjectType, selections: Selections, versions: str, *, tenant_keys: bool) -> None:
        self._root = root
        self._versions = versions
        self._selections = selections
        self._tenant_keys = tenant_keys

    def root(self, key: str, nodes: Sequence[FieldNode]) -> Root:
        name = nodes[0].name.value
        if name == "__typename":
            return Word(key, f'"{self._root.name}"')
        definition = self._root.fields.get(name)
        declared = definition and definition.extensions.get("strawberry-definition")
        if definition is None or not isinstance(declared, StrawberryField):
            return Ordinary(key)
        try:
            source = source_of(declared)
            if isinstance(source, Derived):
                show = shower_of(definition.type, nodes, self._selections)
                return Computed(key, Worked(source, definition, nodes[0], show))
            if isinstance(source, FoundById):
                return self._node(key, source, definition, nodes)
            return self._compiled(key, nodes)
        except NotCompiled:
            return Ordinary(key)

    def _compiled(self, key: str, nodes: Sequence[FieldNode]) -> Root:
        statement = Statement()
        compiler = Compiler(self._selections, statement, tenant_keys=self._tenant_keys)
        shown = compiler.field(None, self._root, nodes).expression
        return self._finished(key, shown, statement)

    def _node(self, key: str, source: FoundById, definition: GraphQLField, nodes: Sequence[FieldNode]) -> Root:
        """The type is that of the id's prefix, and with it the statement."""
        looked_up = source.nodes.look_up(self._id_of(nodes[0]))
        if looked_up is None:
            raise NotCompiled
        found, _ = looked_up
        related = Related(Shape.ONE, found.kind, "id", given=source.nodes.key_of)
        statement = Statement()
        if found.permission is not None:
            statement.permissions.add(found.permission)
        compiler = Compiler(self._selections, statement, tenant_keys=self._tenant_keys)
        of: Any = self._selections.schema.type_map[found.kind.__strawberry_definition__.name]
        place = Place(related, definition, nodes[0], self._root.name)
        shown = compiler.related(related, None, of, nodes, place, required=False)
        return self._finished(key, shown, statement)

    def _finished(self, key: str, shown: str, statement: Statement) -> Compiled:
        sql = statement.close(f"select {shown}" + (f", {self._versions}" if self._versions else ""))
        return Compiled(key, sql, statement, frozenset(statement.permissions))

    def _id_of(self, node: FieldNode) -> str:
        """One of the kind that is asked for: the plan is for all ids of a prefix, also after one that is malformed."""
        value: Any = next(argument.value for argument in node.arguments or ())
        found = self._selections.variables.get(value.name.value) if isinstance(value, VariableNode) else value.value
        return str(found)[:4] + "0" * 32
