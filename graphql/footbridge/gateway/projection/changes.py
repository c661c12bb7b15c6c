"""A mutation's answer through the same projection: its resolver is called as it is, and what it changed is one
statement; what is no row, such as a refusal, is shown by Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLUnionType,
    OperationDefinitionNode,
    get_nullable_type,
)
from graphql.execution import get_argument_values
from graphql.pyutils import Path
from strawberry import Schema

from footbridge.gateway.projection.compiler import Compiler
from footbridge.gateway.projection.markers import BROKEN, filled
from footbridge.gateway.projection.plan import Request
from footbridge.gateway.projection.projected import found_with_key, has_rows
from footbridge.gateway.projection.python_values import Show, shower_of
from footbridge.gateway.projection.selection import NotCompiled, Selections
from footbridge.gateway.projection.session import session_values
from footbridge.gateway.projection.sources import Related
from footbridge.gateway.projection.statement import Statement
from footbridge.runtime.statement import Question


@dataclass(frozen=True)
class Told:
    """The JSON of what was changed."""

    text: str


@dataclass(frozen=True)
class ChangePlan:
    """`sql` answers with the changed row, if the mutation answers with one; `show` with what else there is."""

    schema: Schema
    definition: GraphQLField
    node: FieldNode
    show: Show
    sql: str
    statement: Statement

    @property
    def key(self) -> str:
        return self.node.alias.value if self.node.alias else self.node.name.value

    def may_be_told(self, caller: Any) -> bool:
        return all(caller.may(permission) for permission in self.statement.permissions)

    async def run(self, operation: OperationDefinitionNode, context: Any, variables: Any) -> str:
        """Effects and answer. Raises NotThere or NotAsked for an error in the answer, which the ordinary path tells."""
        arguments = get_argument_values(self.definition, self.node, variables)
        info = _info(self.schema, operation, self, context, variables)
        assert self.definition.resolve is not None
        found = await self.definition.resolve(None, info, **arguments)
        return found.text if isinstance(found, Told) else orjson.dumps(self.show(found)).decode()

    async def tell(self, _: Related, info: Any, key: UUID) -> Told:
        """The row with this id, as it is now."""
        session = info.context.session
        given = {**session_values(session), "key": key}
        variables = info._raw_info.variable_values
        request = Request(info.context, variables, self.schema)
        values = self.statement.values(session, given, variables, request.converted)
        text = await self._asked(info.context, Question(self.sql, values))
        return Told(filled(text or BROKEN, self.statement.fillers, info.context.note))

    async def _asked(self, context: Any, asked: Question) -> str | None:
        """In one round trip with its keeping, where Python has nothing to fill in."""
        if context.keep is None or self.statement.fillers:
            found: str | None = await context.session.transaction.text(*asked)
            return found
        context.is_kept = True
        kept: str | None = await context.keep(asked, context.release_id)
        return kept


def make_change_plan(
    schema: Schema,
    operation: OperationDefinitionNode,
    node: FieldNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> ChangePlan | None:
    """None where only the ordinary path can answer what is selected."""
    core = schema._schema
    selections = Selections(core, fragments, variables)
    assert core.mutation_type is not None
    definition = core.mutation_type.fields[node.name.value]
    try:
        show = shower_of(definition.type, [node], selections)
        sql, statement = _row(definition, node, selections)
    except NotCompiled:
        return None
    return ChangePlan(schema, definition, node, show, sql, statement)


def shown_answer(
    schema: Schema,
    node: FieldNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Mapping[str, Any],
    answer: Any,
) -> str:
    """Of a value that is no row, such as a refusal."""
    core = schema._schema
    assert core.mutation_type is not None
    of = core.mutation_type.fields[node.name.value].type
    return orjson.dumps(shower_of(of, [node], Selections(core, fragments, variables))(answer)).decode()


def _row(definition: GraphQLField, node: FieldNode, selections: Selections) -> tuple[str, Statement]:
    union = get_nullable_type(definition.type)
    assert isinstance(union, GraphQLUnionType)
    statement = Statement()
    member = next((each for each in union.types if has_rows(_origin(each))), None)
    if member is None:
        return "", statement
    source = found_with_key(_origin(member))
    compiler = Compiler(selections, statement)
    shown = compiler.related(source, None, member, [node], None, required=True)
    return statement.close(f"select {shown}"), statement


def _origin(member: GraphQLObjectType) -> Any:
    return member.extensions["strawberry-definition"].origin


def _info(
    schema: Schema, operation: OperationDefinitionNode, plan: ChangePlan, context: Any, variables: Any
) -> GraphQLResolveInfo[Any]:
    """What graphql-core hands to a resolver."""
    parent = schema._schema.mutation_type
    assert parent is not None
    known: dict[str, Any] = dict.fromkeys(GraphQLResolveInfo._fields) | {
        "field_name": plan.node.name.value, "field_nodes": [plan.node], "return_type": plan.definition.type,
        "parent_type": parent, "path": Path(None, plan.key, parent.name), "schema": schema._schema,
        "operation": operation, "variable_values": variables, "context": context,
    }  # fmt: skip
    return GraphQLResolveInfo(**known)
