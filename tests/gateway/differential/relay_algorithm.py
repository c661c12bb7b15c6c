"""Relay's pagination algorithm in its specification's own steps, over a list that is held whole.

https://relay.dev/graphql/connections.htm#sec-Pagination-algorithm; the names are those of the specification. What it
leaves to the server is said here as this product declares it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

DEFAULT_SIZE, LARGEST_SIZE = 50, 100


@dataclass(frozen=True)
class Asked:
    """Of one direction; this product refuses `first` and `last` together, and takes 50 rows where neither is said."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None

    @property
    def clamped(self) -> "Asked":
        if self.last is not None:
            return Asked(None, min(self.last, LARGEST_SIZE), self.after, self.before)
        first = DEFAULT_SIZE if self.first is None else self.first
        return Asked(min(first, LARGEST_SIZE), None, self.after, self.before)


def edges_to_return(all_edges: Sequence[str], asked: Asked) -> list[str]:
    """EdgesToReturn; an edge is its cursor."""
    edges = apply_cursors_to_edges(all_edges, asked)
    if asked.first is not None and len(edges) > asked.first:
        edges = edges[: asked.first]
    if asked.last is not None and len(edges) > asked.last:
        edges = edges[len(edges) - asked.last :]
    return edges


def apply_cursors_to_edges(all_edges: Sequence[str], asked: Asked) -> list[str]:
    """ApplyCursorsToEdges: `after` is looked for in all edges, `before` in what is then left."""
    edges = list(all_edges)
    if asked.after in edges:
        edges = edges[edges.index(asked.after) + 1 :]
    if asked.before in edges:
        edges = edges[: edges.index(asked.before)]
    elif asked.before in all_edges:
        edges = []  # it stands before `after`: nothing is between the two
    return edges


def has_previous_page(all_edges: Sequence[str], asked: Asked) -> bool:
    """HasPreviousPage; forward, one who has a cursor has seen what stands before it."""
    if asked.last is not None:
        return len(apply_cursors_to_edges(all_edges, asked)) > asked.last
    return asked.after is not None


def has_next_page(all_edges: Sequence[str], asked: Asked) -> bool:
    """HasNextPage; backward, one who has a cursor has seen what stands after it."""
    if asked.first is not None:
        return len(apply_cursors_to_edges(all_edges, asked)) > asked.first
    return asked.before is not None
