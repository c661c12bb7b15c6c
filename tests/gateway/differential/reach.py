"""Everything that a query of a schema may reach."""

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, get_named_type


def every_coordinate(schema: GraphQLSchema) -> tuple[set[str], set[str]]:
    """All fields, and all their arguments."""
    fields, arguments, waiting, seen = set(), set(), [schema.query_type], set()
    while waiting:
        kind = waiting.pop()
        if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) or kind.name in seen:
            continue
        seen.add(kind.name)
        waiting += schema.get_possible_types(kind) if isinstance(kind, GraphQLInterfaceType) else ()
        for name, definition in kind.fields.items():
            fields.add(f"{kind.name}.{name}")
            arguments |= {f"{kind.name}.{name}({argument}:)" for argument in definition.args}
            waiting.append(get_named_type(definition.type))
    return fields, arguments
