"""A page of each list that a schema has, asked for in a document of its own."""

from dataclasses import dataclass, field
from typing import Any

from footbridge.tenancy.caller import Caller
from tests.gateway.differential.both_paths import BothPaths
from tests.gateway.differential.relay_algorithm import Asked

PAGE = "$first: Int, $last: Int, $after: String, $before: String"
ASKED = "first: $first, last: $last, after: $after, before: $before"
SHOWN = "{ edges { cursor node { __typename %s } } nodes { %s } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"


@dataclass(frozen=True)
class Connection:
    """`path` leads to it from the root; `filter` is said beside the page; `identity` tells two nodes apart."""

    path: tuple[str, ...]
    name: str
    filter: str = ""
    identity: str = "id"

    @property
    def text(self) -> str:
        shown = SHOWN % (self.identity, self.identity)
        inner = f"{self.name}({self.filter}{ASKED}) {shown}"
        return f"query Page({PAGE}) {{ {' { '.join((*self.path, inner))} {'}' * len(self.path)} }}\n"

    def __str__(self) -> str:
        return ".".join((*self.path, self.name))


OF_A_SCHOOL = (
    Connection((), "partnerships"),
    Connection((), "partnerships", "status: ACTIVE, "),
    Connection((), "activities"),
    Connection((), "sessions"),
    Connection((), "sessions", 'fromOn: "2025-10-02", untilOn: "2025-10-09", '),
    Connection((), "observations"),
    Connection((), "releases"),
    Connection((), "accessRecords"),
    Connection(("school",), "publicFacts", identity="indicator academicYear"),
    Connection(('partnership(id: "{Partnership}")',), "activities"),
    Connection(('activity(id: "{Activity}")',), "sessions"),
    Connection(('node(id: "{Activity}")', "... on Activity"), "sessions"),
)
OF_A_TRUST = (
    Connection(("trust",), "schools"),
    Connection(('node(id: "{TrustGroup}")', "... on TrustGroup"), "schools"),
    Connection(('school(urn: "{urn}")',), "publicFacts", identity="indicator academicYear"),
    Connection(('school(urn: "{urn}")',), "releases"),
)


@dataclass(frozen=True)
class PageSeen:
    """`nodes` are the parts of the nodes that tell them apart."""

    cursors: list[str]
    nodes: list[Any]
    page_info: dict[str, Any]


@dataclass(frozen=True)
class Reader:
    """One who reads page after page, by one of the two paths."""

    paths: BothPaths = field(repr=False)
    caller: Caller = field(repr=False)
    compiled: bool = True

    async def page(self, connection: Connection, asked: Asked) -> PageSeen:
        said = {name: value for name, value in vars(asked).items() if value is not None}
        operation = self.paths.operation(connection.text, said)
        answer = await self.paths.answer(self.caller, operation, compiled=self.compiled)
        assert not answer.errors, answer.errors
        return _seen(answer.content["data"])


def _seen(data: Any) -> PageSeen:
    while "edges" not in data:
        (data,) = data.values()
    for edge in data["edges"]:
        edge["node"].pop("__typename")
    nodes = [edge["node"] for edge in data["edges"]]
    assert nodes == data["nodes"]
    return PageSeen([edge["cursor"] for edge in data["edges"]], nodes, data["pageInfo"])
