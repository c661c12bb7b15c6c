"""Documents written from the schema: what to select, and a variable for every argument on the way."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInputType,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    parse,
)
from graphql.pyutils import Undefined

from tests.isolation.gateway.contract import Root, Selectable, Side, fields_of, possible_types, schema_of

SMALL_PAGE = 2
LONG_LIST = 40
MOST_POINTS = 10_000
FEW_LEAVES = 3


@dataclass(frozen=True)
class Slot:
    """An argument of a document: its variable and where it stands in the schema."""

    variable: str
    coordinate: str
    argument: str
    type: GraphQLInputType
    required: bool
    returned: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One operation, named by what it says, with its slots in the order of the text."""

    root: Root
    text: str
    slots: tuple[Slot, ...]
    node: DocumentNode = field(repr=False)
    about: str = ""
    only: str | None = None

    @property
    def side(self) -> Side:
        return self.root.side

    @property
    def name(self) -> str:
        return self.text.split(" ", 2)[1].split("(")[0].split("{")[0]

    @property
    def id(self) -> str:
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()

    def slot(self, argument: str, path: Sequence[str] | None = None) -> Slot:
        return next(s for s in self.slots if s.argument == argument and (path is None or s.path == tuple(path)))

    def __str__(self) -> str:
        return f"{self.root} {self.about}".strip()


Wanted = Callable[[tuple[str, ...], GraphQLObjectType, str, GraphQLField], bool]
Leaf = Callable[[tuple[str, ...], str], bool]


class Writer:
    """Writes one document of one root field; `wanted` says which composite fields to go into, `leaf` which others."""

    def __init__(
        self, root: Root, wanted: Wanted, only: str | None = None, leaf: Leaf = lambda path, name: True
    ) -> None:
        self._root = root
        self._side = root.side
        self._wanted = wanted
        self._only = only
        self._leaf = leaf
        self._slots: list[Slot] = []

    def document(self, about: str = "") -> Document:
        root = self._root
        kind = schema_of(root.side).type_map[root.kind]
        assert isinstance(kind, GraphQLObjectType)
        body = self._field((), kind, root.name, root.field, root.name)
        declared = ", ".join(f"${slot.variable}: {_declared(slot)}" for slot in self._slots)
        head = f"({declared}) " if declared else " "
        operation = "mutation" if root.is_mutation else "query"
        digest = hashlib.sha256(f"{head}{body}{about}".encode()).hexdigest()[:8]
        text = f"{operation} {root.name[0].upper()}{root.name[1:]}_{digest}{head}{{ {body} }}\n"
        return Document(root, text, tuple(self._slots), parse(text), about, self._only)

    def _field(self, path: tuple[str, ...], parent: GraphQLObjectType, name: str, of: GraphQLField, shown: str) -> str:
        here = (*path, name)
        arguments = ", ".join(f"{argument}: ${self._slot(here, parent, name, argument)}" for argument in of.args)
        told = f"{shown}: {name}" if shown != name else name
        told += f"({arguments})" if arguments else ""
        target = get_named_type(of.type)
        return told if is_leaf_type(target) else f"{told} {{ {self._selection(here, target)} }}"  # type: ignore[arg-type]

    def _slot(self, path: tuple[str, ...], parent: GraphQLObjectType, name: str, argument: str) -> str:
        of = parent.fields[name].args[argument]
        required = isinstance(of.type, GraphQLNonNull) and of.default_value is Undefined
        variable = f"v{len(self._slots)}_{argument}"
        returned = get_named_type(parent.fields[name].type).name
        coordinate = f"{parent.name}.{name}({argument}:)"
        self._slots.append(Slot(variable, coordinate, argument, of.type, required, returned, path))
        return variable

    def _selection(self, path: tuple[str, ...], kind: Selectable) -> str:
        if isinstance(kind, GraphQLObjectType):
            return " ".join(["__typename", *self._fields(path, kind, "")])
        types = possible_types(self._side, kind)
        chosen = [each for each in types if len(path) > 1 or self._only in {None, each.name}]
        fragments = (f"... on {each.name} {{ {' '.join(self._fields(path, each, each.name))} }}" for each in chosen)
        return " ".join(["__typename", *fragments])

    def _fields(self, path: tuple[str, ...], kind: GraphQLObjectType, prefix: str) -> Iterator[str]:
        for name, of in kind.fields.items():
            shown = f"{prefix}_{name}" if prefix else name
            if self._leaf(path, name) if _is_leaf(of) else self._wanted(path, kind, name, of):
                yield self._field(path, kind, name, of, shown)


def _is_leaf(of: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(of.type)) and not of.args


def _declared(slot: Slot) -> str:
    """Pages are small unless something else is said: a manifest is costed as it stands."""
    said = str(slot.type) if slot.required else str(slot.type).removesuffix("!")
    return f"{said} = {SMALL_PAGE}" if slot.argument == "first" else said


def whole(root: Root, only: str | None = None) -> list[Document]:
    """All there is below the root field, in as many documents as it takes for none to ask too much.

    Of a way that asks too much all alone, each document goes there for a few leaves only. One that asks too much even
    so is left out: what is at its end is found on a shorter way, or not covered.
    """
    return list(_parts(root, only, ()))


def _parts(root: Root, only: str | None, within: tuple[str, ...]) -> Iterator[Document]:
    document = _part(root, only, within)
    below = composite_ways(root, only, within or (root.name,))
    if points(document) <= MOST_POINTS:
        yield document
        return
    if within and points(_part(root, only, within, further=False)) > MOST_POINTS:
        yield from _few_leaves(root, only, within)
    for way in below:
        yield from _parts(root, only, way)


def _few_leaves(root: Root, only: str | None, within: tuple[str, ...]) -> Iterator[Document]:
    """What is at the end of a way, and nothing beside the way, a few leaves at a time."""
    names: list[str] = []

    def note(path: tuple[str, ...], name: str) -> bool:
        names.extend([name] if path == within else [])
        return False

    _towards_end(root, only, within, note, "")
    for start in range(0, len(names), FEW_LEAVES):
        some = names[start : start + FEW_LEAVES]
        about = " ".join(["some of", only or "", *within, "from", some[0]]).replace("  ", " ")
        document = _towards_end(root, only, within, _just(within, some), about)
        if points(document) <= MOST_POINTS:
            yield document


def _just(within: tuple[str, ...], names: Sequence[str]) -> Leaf:
    return lambda path, name: path == within and name in names


def _towards_end(root: Root, only: str | None, within: tuple[str, ...], leaf: Leaf, about: str) -> Document:
    def wanted(path: tuple[str, ...], _: GraphQLObjectType, name: str, __: GraphQLField) -> bool:
        return (*path, name) == within[: len(path) + 1]

    return Writer(root, wanted, only, leaf).document(about)


def _part(root: Root, only: str | None, within: tuple[str, ...], *, further: bool = True) -> Document:
    """What is on the way and, if it goes further, below it; a type is gone into once on each path."""
    above_of: dict[tuple[str, ...], frozenset[str]] = {}

    def wanted(path: tuple[str, ...], kind: GraphQLObjectType, name: str, of: GraphQLField) -> bool:
        here, above = (*path, name), above_of.get(path, frozenset()) | {kind.name}
        above_of[here] = above
        on_the_way = all(one == other for one, other in zip(here, within, strict=False))
        return on_the_way and (further or len(path) < len(within)) and goes_on(kind, name, of, above)

    return Writer(root, wanted, only).document(" ".join(["whole", only or "", *within]).replace("  ", " ").strip())


def goes_on(kind: GraphQLObjectType, name: str, of: GraphQLField, above: frozenset[str]) -> bool:
    """Whether a field leads to something that is not yet on the path; `nodes` is what `edges` show already."""
    return get_named_type(of.type).name not in above and not (name == "nodes" and "edges" in kind.fields)


def composite_ways(root: Root, only: str | None, within: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The next steps from there; none where a type of more than one form stands."""
    document = _part(root, only, within)
    found = [tuple(path) for path in _composite_paths(document) if len(path) == len(within) + 1]
    return [path for path in found if path[: len(within)] == within]


def _composite_paths(document: Document) -> Iterator[tuple[str, ...]]:
    def below(selection: SelectionSetNode | None, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for node in selection.selections if selection else ():
            if isinstance(node, InlineFragmentNode):
                yield from below(node.selection_set, path)
            elif isinstance(node, FieldNode) and node.selection_set:
                yield (*path, node.name.value)
                yield from below(node.selection_set, (*path, node.name.value))

    yield from below(_operation(document).selection_set, ())


def points(document: Document) -> int:
    """What a document may lead to, about as the product reckons it: each field as often as the lists around it."""

    def of(kind: str, selection: SelectionSetNode) -> int:
        total = 0
        for node in selection.selections:
            if isinstance(node, InlineFragmentNode) and node.type_condition:
                total += of(node.type_condition.name.value, node.selection_set)
            elif isinstance(node, FieldNode) and node.selection_set:
                field = fields_of(schema_of(document.side), kind)[node.name.value]
                times = LONG_LIST if "[" in str(field.type) else 1
                times = SMALL_PAGE if node.name.value in {"edges", "nodes"} else times
                total += 1 + times * of(get_named_type(field.type).name, node.selection_set)
            else:
                total += 1
        return total

    return of(document.root.kind, _operation(document).selection_set)


def _operation(document: Document) -> OperationDefinitionNode:
    operation = document.node.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def shallow(root: Root, only: str | None = None) -> Document:
    """Two levels of it, and within a connection the nodes' own leaves."""

    def wanted(path: tuple[str, ...], kind: GraphQLObjectType, name: str, of: GraphQLField) -> bool:
        inside = "edges" in kind.fields or kind.name.endswith("Edge")
        return (inside and name != "pageInfo") or (len(path) == 1 and not of.args)

    return Writer(root, wanted, only).document(f"shallow {only or ''}".strip())


def terse(root: Root, only: str | None = None) -> Document:
    """Only the leaves of what it answers."""
    return Writer(root, lambda *_: False, only).document(f"terse {only or ''}".strip())


def towards(root: Root, path: Sequence[str], only: str | None = None) -> Document:
    """Down one path, and at its end the connection with cursors."""

    def wanted(at: tuple[str, ...], kind: GraphQLObjectType, name: str, of: GraphQLField) -> bool:
        here = (*at, name)
        return (
            here == tuple(path[: len(here)])
            or (at[: len(path)] == tuple(path) and at == tuple(path))
            or (kind.name.endswith("Edge") and at[: len(path)] == tuple(path))
        )

    return Writer(root, wanted, only).document("/".join(path))
