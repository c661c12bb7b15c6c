"""Random documents of a schema: valid by construction, within the cost limit, and different from each other."""

from dataclasses import replace
from functools import lru_cache

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
)
from graphql.type import (
    GraphQLBoolean,
    SchemaMetaFieldDef,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
)
from hypothesis import strategies as st

from footbridge.gateway.documents.cost_directives import list_size_of, weight_of
from tests.gateway.differential.arguments import PAGE, ArgumentDrawing
from tests.gateway.differential.harvest import way_to
from tests.gateway.differential.known import Known
from tests.gateway.differential.reach import every_coordinate
from tests.gateway.differential.selections import (
    Directive,
    Drawn,
    Field,
    Fragment,
    Inline,
    Parent,
    Scope,
    Selection,
    Spread,
)
from tests.gateway.differential.values import TROUBLE, Trouble, Values, chance
from tests.gateway.differential.variables import Variables

DEAREST = 12_000
"""As the product counts, more or less: so far below its limit that nothing drawn is refused."""
DEAREST_WEIGHT = 1_500
"""Of all that stands for work of its own, such as a preview."""
DEEPEST = 9
MOST_ROOTS = 3
WIDEST = 7
MOST_SELECTIONS = 36
META = {"__typename": TypeNameMetaFieldDef, "__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
OF_INTROSPECTION = {"__Schema": ("description",), "__Type": ("name", "kind", "description")}
ALIASES = ("a", "b", "id", "name", "title", "edges", "node", "_1", "__x")
ROOTS = {"node": 9, "comparison": 5, "comparisons": 5, "partnerships": 4, "partnership": 4, "trust": 4, "measures": 1}
"""How often among the others, which count twice: those that lead to much."""
AIMED_AT = 12
"""How much more often what leads to the one field that a document is to reach, so that none is reached by luck only."""


@lru_cache(maxsize=4)
def aims(schema: GraphQLSchema) -> tuple[frozenset[str], ...]:
    """For each field of the schema its coordinate, and those on the way to it."""
    fields, _ = every_coordinate(schema)
    return tuple(frozenset({*way_to(schema, name.split(".")[0]), name}) for name in sorted(fields))


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, known: Known) -> Drawn:
    return Drawing(draw, schema, known).document()


class Drawing:
    """One document while it is drawn. `rows` is how often an object may stand in the answer."""

    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema, known: Known) -> None:
        self._draw = draw
        self._schema = schema
        self._aims = draw(st.sampled_from(aims(schema)))
        callers = tuple(known.callers)
        self._caller = draw(st.sampled_from(callers)) if chance(draw, 15) else callers[0]
        self._trouble = trouble = Trouble(1 if chance(draw, 25) else 0)
        self._variables = Variables(draw, trouble)
        values = Values(draw, known, self._caller, trouble)
        self._arguments = ArgumentDrawing(draw, values, self._variables, trouble)
        self._fragments: list[Fragment] = []
        self._names = 0
        self._spent = 0
        self._drawn = 0
        self._weight = 0

    def document(self) -> Drawn:
        query = self._schema.query_type
        assert query is not None
        scope = Scope()
        selections = [self._apart(query, scope, 1, 0, None)]
        while len(selections) < MOST_ROOTS and self._has_room(1, 10) and chance(self._draw, 60):
            selections.append(self._apart(query, scope, 1, 0, None))
        two = chance(self._draw, 8)
        return Drawn(
            head=self._head(self._draw(st.sampled_from(("", "query ", "query Asked ")))) if not two else
            self._head("query Asked "),
            selections=tuple(selections), fragments=tuple(self._fragments), variables=self._variables.sent,
            caller=self._caller, notes=frozenset(self._variables.notes | ({TROUBLE} if self._trouble.is_taken else set())),
            other_operation="query Another { __typename }\n" if two else "",
        )  # fmt: skip

    def _head(self, said: str) -> str:
        return (said or "query ") + self._variables.declarations if self._variables.declarations else said

    def _has_room(self, rows: int, size: int) -> bool:
        return self._drawn < MOST_SELECTIONS and self._spent + rows * size * 4 <= DEAREST

    def _spend(self, cost: int) -> None:
        self._spent += cost
        self._drawn += 1

    def _set(self, parent: Parent, scope: Scope, rows: int, depth: int, hint: str | None) -> tuple[Selection, ...]:
        made = [self._apart(parent, scope, rows, depth, hint)]
        while len(made) < WIDEST and self._has_room(rows, 1) and chance(self._draw, 72):
            made.append(self._apart(parent, scope, rows, depth, hint))
        return tuple(made)

    def _apart(self, parent: Parent, scope: Scope, rows: int, depth: int, hint: str | None) -> Selection:
        """So that hypothesis knows it as a part, which it can leave out or put into the place of what is around it."""
        return self._draw(st.builds(lambda: self._selection(parent, scope, rows, depth, hint)))

    def _selection(self, parent: Parent, scope: Scope, rows: int, depth: int, hint: str | None) -> Selection:
        self._spend(rows)
        if self._has_room(rows, 2) and depth <= DEEPEST:
            kind = self._draw(st.integers(0, 99))
            narrows = isinstance(parent, GraphQLInterfaceType) and hint is not None
            if kind >= (45 if narrows else 88):
                return self._inline(parent, scope, rows, depth, hint)
            if kind >= (12 if narrows else 78):
                return self._spread(parent, scope, rows, depth, hint)
            if kind in {7, 8, 9, 10, 11} and (twice := self._again(parent, scope, rows, depth)):
                return twice
        return self._field(parent, scope, rows, depth)

    def _inline(self, parent: Parent, scope: Scope, rows: int, depth: int, hint: str | None) -> Inline:
        condition = self._condition(parent, hint) if chance(self._draw, 85) else None
        directives = self._directives()
        return Inline(condition, directives, self._set(condition or parent, scope, rows, depth + 1, hint))

    def _spread(self, parent: Parent, scope: Scope, rows: int, depth: int, hint: str | None) -> Spread:
        directives = self._directives()
        fitting = [each for each in self._fragments if self._may_spread(each, parent, scope, rows)]
        if fitting and chance(self._draw, 60):
            fragment = self._draw(st.sampled_from(fitting))
            scope.enter_all(fragment.selections)
            self._spent += fragment.weight * rows
            return Spread(fragment, directives)
        condition = self._condition(parent, hint)
        before = self._spent
        selections = self._set(condition, scope, rows, depth + 1, hint)
        name = f"Part{len(self._fragments) + 1}"
        fragment = Fragment(name, condition, selections, -((before - self._spent) // rows))
        self._fragments.append(fragment)
        return Spread(fragment, directives)

    def _may_spread(self, fragment: Fragment, parent: Parent, scope: Scope, rows: int) -> bool:
        return (
            bool(self._possible(fragment.condition) & self._possible(parent))
            and self._spent + fragment.weight * rows <= DEAREST
            and scope.admits_all(fragment.selections)
        )

    def _possible(self, kind: Parent) -> set[str]:
        if isinstance(kind, GraphQLObjectType):
            return {kind.name}
        return {each.name for each in self._schema.get_possible_types(kind)}

    def _condition(self, parent: Parent, hint: str | None) -> Parent:
        """The type itself, its interface, or a member of it: mostly the one that is there."""
        if isinstance(parent, GraphQLObjectType):
            wider = parent.interfaces and chance(self._draw, 25)
            return parent.interfaces[0] if wider else parent
        members = self._schema.get_possible_types(parent)
        likely = self._draw(st.integers(0, 9))
        if likely == 9:
            return parent
        if likely >= 7 or hint is None:
            return self._draw(st.sampled_from(members))
        return next(member for member in members if member.name == hint)

    def _directives(self) -> tuple[Directive, ...]:
        """None for the most; one or both, in either order, for some."""
        drawn = self._draw(st.integers(0, 99))
        if drawn < 86:
            return ()
        names = (("include",), ("skip",), ("include", "skip"), ("skip", "include"))[max(0, drawn - 96) or drawn % 2]
        return tuple(self._directive(name) for name in names)

    def _directive(self, name: str) -> Directive:
        value = (name == "include") != chance(self._draw, 30)
        return Directive(name, self._variables.write(value, GraphQLNonNull(GraphQLBoolean), percent=50))

    def _again(self, parent: Parent, scope: Scope, rows: int, depth: int) -> Field | None:
        """One that is there already, with other selections or other directives."""
        known = scope.known(parent)
        if not known:
            return None
        asked = self._draw(st.sampled_from(known))
        definition = self._definition(parent, asked.name)
        if weight_of(definition) > 1 or not self._has_room(rows, asked.size):
            return None
        twice = replace(asked, directives=self._directives())
        return self._completed(twice, definition, scope, rows, depth, None)

    def _field(self, parent: Parent, scope: Scope, rows: int, depth: int) -> Field:
        name = self._draw(st.sampled_from(self._askable(parent, rows, depth)))
        definition = self._definition(parent, name)
        self._weight += rows * (weight_of(definition) - 1)
        room = (DEAREST - self._spent) // (rows * 8)
        arguments = self._arguments.of(parent, name, definition, max(room, 1))
        alias = self._draw(st.sampled_from(ALIASES)) if chance(self._draw, 18) else None
        field = Field(parent, name, str(definition.type), alias, arguments.written, size=arguments.size)
        if not scope.admits(field):
            self._names += 1
            field = replace(field, alias=f"other{self._names}")
        field = replace(field, directives=self._directives())
        return self._completed(field, definition, scope, rows, depth, arguments.hint)

    def _completed(
        self, field: Field, definition: GraphQLField, scope: Scope, rows: int, depth: int, hint: str | None
    ) -> Field:
        own = scope.enter(field)
        kind = get_named_type(definition.type)
        if not isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            return field
        return replace(field, selections=self._set(kind, own, rows * max(field.size, 1), depth + 1, hint))

    def _definition(self, parent: Parent, name: str) -> GraphQLField:
        return META[name] if name in META else parent.fields[name]

    def _askable(self, parent: Parent, rows: int, depth: int) -> list[str]:
        """Leaves always; what has fields of its own while there is room for them."""
        if parent.name in OF_INTROSPECTION:
            return list(OF_INTROSPECTION[parent.name])
        names = ["__typename"]
        for name, field in parent.fields.items():
            if not is_composite_type(get_named_type(field.type)):
                names.append(name)
            elif self._may_ask(field, rows, depth):
                names += [name] * (2 if depth else ROOTS.get(name, 2))
            if name in names and f"{parent.name}.{name}" in self._aims:
                names += [name] * AIMED_AT
        if parent is self._schema.query_type and depth == 0:
            names += ["__schema", "__type"] if chance(self._draw, 10) else []
        return names

    def _may_ask(self, field: GraphQLField, rows: int, depth: int) -> bool:
        declared = list_size_of(field)
        size = 1 if declared is None or set(PAGE) <= set(field.args) else declared.assumed_size
        dear = self._weight + rows * weight_of(field) > DEAREST_WEIGHT and weight_of(field) > 1
        return depth < DEEPEST and not dear and self._has_room(rows, size)
