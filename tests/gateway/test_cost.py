"""The cost rule: equal to counting everything written out, and linear where writing it out would never end."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_introspection_query,
    get_named_type,
    is_composite_type,
    is_list_type,
    parse,
)
from graphql.type import get_nullable_type
from hypothesis import given, settings
from hypothesis import strategies as st

from footbridge.gateway.documents.cost import FragmentCycle, TooCostly, TooDeep, _Counter, cost_of
from footbridge.gateway.documents.cost_directives import list_size_of, weight_of
from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.resources import contract_folder
from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import school_path
from tests.gateway.conftest import GiveToken

SCHEMAS: dict[str, GraphQLSchema] = {"school": school_schema._schema, "trust": trust_schema._schema}
SCHOOL = SCHEMAS["school"]


class WrittenOut:
    """The same sum, by walking everything as often as it is spread: no memory, no arithmetic beyond plus and times."""

    def __init__(self, text: str, schema: GraphQLSchema, variables: dict[str, Any]) -> None:
        self._definitions = parse(text).definitions
        self._schema = schema
        self._variables = variables
        self._fragments = {d.name.value: d for d in self._definitions if isinstance(d, FragmentDefinitionNode)}

    def cost(self) -> int:
        operations = [d for d in self._definitions if isinstance(d, OperationDefinitionNode)]
        return sum(
            len(d.directives or ()) + self._set(d.selection_set, self._schema.get_root_type(d.operation), 1)
            for d in operations
        )

    def _set(self, selections: Any, parent: Any, rows: int) -> int:
        return sum(
            self._own(each, parent) + len(each.directives or ()) + self._inside(each, parent, rows)
            for each in selections.selections
        )

    def _own(self, node: Any, parent: Any) -> int:
        if not isinstance(node, FieldNode):
            return 1
        field = self._schema.get_field(parent, node.name.value)
        return weight_of(field) + sum(self._values(each.value) for each in node.arguments or ())

    def _values(self, node: Any) -> int:
        """Each element and each field, as often as it is written or sent."""
        if isinstance(node, VariableNode):
            return self._sent(self._variables.get(node.name.value))
        if isinstance(node, ListValueNode):
            return sum(1 + self._values(each) for each in node.values)
        if isinstance(node, ObjectValueNode):
            return sum(1 + self._values(each.value) for each in node.fields)
        return 0

    def _sent(self, value: Any) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return sum(1 + self._sent(each) for each in inner)

    def _inside(self, node: Any, parent: Any, rows: int) -> int:
        if isinstance(node, FragmentSpreadNode):
            fragment = self._fragments[node.name.value]
            return self._set(fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value), rows)
        if isinstance(node, InlineFragmentNode):
            named = node.type_condition and self._schema.get_type(node.type_condition.name.value)
            return self._set(node.selection_set, named or parent, rows)
        if node.selection_set is None:
            return 0
        field = self._schema.get_field(parent, node.name.value)
        assert field is not None
        inner, is_list = get_named_type(field.type), is_list_type(get_nullable_type(field.type))
        size = list_size_of(field)
        if size is None:
            times = rows if is_list else 1
            return sum(self._set(node.selection_set, inner, 1) for _ in range(times))
        asked = [self._asked(each.value) for each in node.arguments or () if each.name.value in {"first", "last"}]
        times = max((min(max(n, 1), 100) for n in asked if n is not None), default=size.assumed_size)
        if is_list:
            return sum(self._set(node.selection_set, inner, 1) for _ in range(times))
        return self._set(node.selection_set, inner, times)

    def _asked(self, value: Any) -> int | None:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        return int(value.value) if isinstance(value, IntValueNode) else None


def random_document(schema: GraphQLSchema, seed: int) -> str:
    """Valid in its fields and fragments; arguments other than pages are left out, which no cost asks for."""
    drawn = random.Random(seed)
    fragments: list[str] = []
    names: Iterator[str] = (f"F{number}" for number in itertools.count())
    open_fragments: list[tuple[str, str]] = []

    def selections(of: Any, depth: int) -> str:
        usable = [*of.fields.items()] if isinstance(of, (GraphQLObjectType, GraphQLInterfaceType)) else []
        parts = ["__typename"]
        for _ in range(drawn.randint(1, 3)):
            kind = drawn.random()
            if kind < 0.2 and depth < 3:
                name = next(names)
                fragments.append(f"fragment {name} on {of.name} {selections(of, depth + 1)}")
                open_fragments.append((of.name, name))
                parts.append(f"...{name}")
            elif kind < 0.35 and [n for t, n in open_fragments if t == of.name]:
                parts.append("..." + drawn.choice([n for t, n in open_fragments if t == of.name]))
            elif kind < 0.45 and depth < 3:
                parts.append(f"... on {of.name} @include(if: true) {selections(of, depth + 1)}")
            elif usable:
                name, field = drawn.choice(usable)
                parts.append(written(name, field, depth))
        return "{ " + " ".join(parts) + " }"

    def written(name: str, field: Any, depth: int) -> str:
        alias = drawn.choice(["", f"a{drawn.randint(0, 9)}: "])
        page = (
            drawn.choice(["", "(first: 2)", "(last: 3)", "(first: $n)", "(first: 0)"]) if "first" in field.args else ""
        )
        if "measures" in field.args:
            page = drawn.choice(
                ["", "(measures: $m)", '(measures: [{measureId: "a"}, {measureId: "b", contextNote: "c"}])']
            )
        directive = drawn.choice(["", " @skip(if: false)"])
        inner = get_named_type(field.type)
        if not is_composite_type(inner):
            return f"{alias}{name}{page}{directive}"
        if depth > 3:
            return "__typename"
        return f"{alias}{name}{page}{directive} {selections(inner, depth + 1)}"

    body = selections(schema.query_type, 0)
    return "query Q($n: Int, $m: [ChosenMeasureInput!]) " + body + "\n" + "\n".join(fragments)


@pytest.mark.parametrize("side", SCHEMAS)
@settings(deadline=None)
@given(seed=st.integers(0, 10**9), n=st.one_of(st.none(), st.integers(-1, 4)))
def test_the_cost_is_what_writing_everything_out_would_count(side: str, seed: int, n: int | None) -> None:
    text = random_document(SCHEMAS[side], seed)
    variables = {"m": [{"measureId": "a"}] * (seed % 4)} | ({} if n is None else {"n": n})
    try:
        cost = cost_of(parse(text), SCHEMAS[side], variables, dearest=200_000)
    except TooCostly:
        return  # writing it out would take too long
    assert cost == WrittenOut(text, SCHEMAS[side], variables).cost()


def doubling(levels: int) -> str:
    chain = "\n".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    return f"{{ ...F0 }}\n{chain}\nfragment F{levels} on Query {{ __typename }}"


@pytest.mark.parametrize("levels", [20, 24, 45])
def test_fragments_that_double_are_counted_as_if_written_out(levels: int) -> None:
    expected = 1 + sum(2**level * 2 for level in range(levels)) + 2**levels
    assert cost_of(parse(doubling(levels)), SCHOOL, dearest=None) == expected
    with pytest.raises(TooCostly):
        cost_of(parse(doubling(levels)), SCHOOL)


def test_fragments_deeper_than_any_answer_are_refused() -> None:
    with pytest.raises(TooDeep):
        cost_of(parse(doubling(60)), SCHOOL)


@pytest.mark.parametrize(
    "text", ["{ ...A } fragment A on Query { ...A }", "fragment A on Query { ...B } fragment B on Query { ...A }"]
)
def test_a_fragment_within_itself_is_refused_also_where_nothing_spreads_it(text: str) -> None:
    with pytest.raises(FragmentCycle):
        cost_of(parse(text), SCHOOL)


def wide(copies: int) -> str:
    """Each fragment spread twice by the one before it, in chains of twenty, to 64 KiB."""
    chains = (
        f"fragment F{n} on Query {{ __typename {f'...F{n + 1} ...F{n + 1} ' * bool((n + 1) % 20)}}}"
        for n in range(copies)
    )
    return "{ " + " ".join(f"...F{n} ...F{n}" for n in range(copies)) + " }\n" + "\n".join(chains)


@pytest.mark.parametrize("text", [doubling(45), wide(40), wide(660)], ids=["deep", "small", "64 KiB"])
def test_every_selection_is_looked_at_once_however_often_it_is_spread(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Any] = []
    look = _Counter._of_selection

    def count(self: _Counter, node: Any, *rest: Any) -> Any:
        looked.append(node)
        return look(self, node, *rest)

    monkeypatch.setattr(_Counter, "_of_selection", count)
    assert len(text) < 64 * 1024
    document = parse(text)
    cost_of(document, SCHOOL, dearest=None)
    spread = text.count("...F") + text.count("__typename")
    assert len(looked) == len({id(node) for node in looked}) == spread


def test_a_document_of_64_kib_is_costed_or_refused() -> None:
    for repeated in ("a", "a:__typename ", "...F ", "school{name} ", "... @skip(if:true){id} "):
        text = "{" + (repeated + " ") * ((63 * 1024) // (len(repeated) + 1)) + "} fragment F on Query {__typename}"
        try:
            cost_of(parse(text), SCHOOL)
        except TooCostly:
            continue


@pytest.mark.parametrize("side", SCHEMAS)
def test_every_operation_of_ours_and_the_whole_of_introspection_is_affordable(side: str) -> None:
    for document in load_documents(contract_folder() / "operations" / side, SCHEMAS[side]).values():
        assert document.cost > 0
    assert cost_of(parse(get_introspection_query()), SCHEMAS[side]) > 0


@pytest.mark.parametrize("side", SCHEMAS)
def test_every_list_says_how_long_it_may_be(side: str) -> None:
    """Only the lists of a connection have no size of their own: their page's."""
    for kind in SCHEMAS[side].type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        for name, field in kind.fields.items():
            is_page = kind.name.endswith("Connection") and name in {"edges", "nodes"}
            inner = get_named_type(field.type)
            is_connection = inner.name.endswith("Connection")
            is_list = is_list_type(get_nullable_type(field.type)) and is_composite_type(inner)
            assert bool(list_size_of(field)) == ((is_list and not is_page) or is_connection), f"{kind.name}.{name}"


def test_a_page_counts_with_the_size_that_was_asked_for() -> None:
    text = "query Q($n: Int) { activities(first: $n) { nodes { id } } }"
    by_size = {n: cost_of(parse(text), SCHOOL, {"n": n}) for n in (1, 10, 100, 1000)}
    assert by_size == {1: 3, 10: 12, 100: 102, 1000: 102}
    assert cost_of(parse(text), SCHOOL) == 52


async def test_a_page_sent_as_a_variable_is_not_refused_for_what_it_could_be(
    give_token: GiveToken, world: World
) -> None:
    client = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC)
    pages = "activities(first: $n) { nodes { id sessions(first: $n) { nodes { id } } } }"
    query = f"query Q($n: Int) {{ partnerships(first: $n) {{ nodes {{ id {pages} }} }} }}"
    path = school_path(world.schools[0].urn)
    answers = [await client.post(path, {"query": query, "variables": {"n": n}}) for n in (10, 100)]
    without = await client.post(path, {"query": query})
    assert [answer.status_code for answer in (*answers, without)] == [200, 400, 400]
    assert "TOO_COSTLY" in answers[1].text


@pytest.mark.parametrize("sent", [100, 100.0, None])
async def test_a_page_counts_however_it_is_written(sent: float | None, give_token: GiveToken, world: World) -> None:
    client, path = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC), school_path(world.schools[0].urn)
    fields = " ".join(f"a{number}: id" for number in range(650))
    query = f"query Q($n: Int = 1) {{ sessions(first: $n) {{ nodes {{ {fields} }} }} }}"
    assert (await client.post(path, {"query": query})).status_code == 200
    dear = await client.post(path, {"query": query, "variables": {"n": sent}})
    assert (dear.status_code, "TOO_COSTLY" in dear.text) == (400, True)


async def test_an_operation_does_not_lend_its_default_to_another(give_token: GiveToken, world: World) -> None:
    client, path = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC), school_path(world.schools[0].urn)
    fields = " ".join(f"a{number}: id" for number in range(650))
    small, large = "query A($n: Int = 1)", "query B($n: Int)"
    query = " ".join(
        f"{head} {{ sessions(first: $n) {{ nodes {{ {fields if head is large else 'id'} }} }} }}"
        for head in (small, large)
    )
    answers = [await client.post(path, {"query": query, "operationName": name}) for name in "AB"]
    assert [answer.status_code for answer in answers] == [200, 400]


async def test_a_list_that_is_sent_counts_wherever_it_is_used(give_token: GiveToken, world: World) -> None:
    client, path = await give_token(world.schools[0].head, Scope.READ, Scope.ADHOC), school_path(world.schools[0].urn)
    uses = " ".join(f'a{n}: publicationPreview(period: "2024-25", measures: $m) {{ hash }}' for n in range(20))
    query = f"query Q($m: [ChosenMeasureInput!]) {{ {uses} }}"
    dear = await client.post(path, {"query": query, "variables": {"m": [{"measureId": "a"}] * 1500}})
    assert (dear.status_code, "TOO_COSTLY" in dear.text) == (400, True)


def test_introspection_counts_the_schema_as_it_is() -> None:
    fields = " ".join(f"a{number}: name" for number in range(600))
    once = "t{0}: types {{ {1} }}"
    for times, dear in ((1, False), (7, True)):
        text = "{ __schema { " + " ".join(once.format(number, fields) for number in range(times)) + " } }"
        assert (cost_of(parse(text), SCHOOL, dearest=None) > 30_000) is dear
