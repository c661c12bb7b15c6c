"""Every list of both schemas against Relay's own algorithm."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footbridge.runtime.pages import DEFAULT_PAGE, LARGEST_PAGE
from tests.gateway.differential.conftest import Stage
from tests.gateway.differential.connections import OF_A_SCHOOL, OF_A_TRUST, Connection, PageSeen, Reader
from tests.gateway.differential.known import Known
from tests.gateway.differential.relay_algorithm import (
    DEFAULT_SIZE,
    LARGEST_SIZE,
    Asked,
    edges_to_return,
    has_next_page,
    has_previous_page,
)

FEW = settings(max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
FEW_IDS = 8


@st.composite
def asked_of(draw: st.DrawFn, cursors: Sequence[str]) -> Asked:
    """In one direction or in none, between two rows of the list in either order."""
    size = draw(st.integers(0, len(cursors) + 2) | st.sampled_from([100, 101, 1000]))
    direction = draw(st.sampled_from(["first", "last", None]))
    ends = [draw(st.none() | st.sampled_from(cursors)) for _ in range(2)] if cursors else [None, None]
    page = {direction: size} if direction else {}
    return Asked(**page, after=ends[0], before=ends[1])


def test_the_sizes_are_those_of_the_product() -> None:
    assert (DEFAULT_SIZE, LARGEST_SIZE) == (DEFAULT_PAGE, LARGEST_PAGE)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "ordinary"])
@pytest.mark.parametrize("connection", OF_A_SCHOOL, ids=str)
def test_a_list_of_a_school_is_paged_as_the_specification_says(
    stage: Stage, school: tuple[Reader, Known], connection: Connection, compiled: bool
) -> None:
    check_pages(stage, replace(school[0], compiled=compiled), filled(connection, school[1]))


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "ordinary"])
@pytest.mark.parametrize("connection", OF_A_TRUST, ids=str)
def test_a_list_of_a_trust_is_paged_as_the_specification_says(
    stage: Stage, trust: tuple[Reader, Known], connection: Connection, compiled: bool
) -> None:
    check_pages(stage, replace(trust[0], compiled=compiled), filled(connection, trust[1]))


@pytest.fixture(scope="module")
def school(stage: Stage) -> tuple[Reader, Known]:
    return stage.reader("school")


@pytest.fixture(scope="module")
def trust(stage: Stage) -> tuple[Reader, Known]:
    return stage.reader("trust")


def filled(connection: Connection, known: Known) -> Iterator[Connection]:
    """With ids of the population where its path asks for one, each in its turn."""
    for number in range(FEW_IDS):
        said = {kind: ids[number % len(ids)] for kind, ids in known.ids.items() if ids}
        said |= {"urn": known.urns[number % len(known.urns)]} if known.urns else {}
        path = (replace_all(step, said) for step in connection.path)
        yield replace(connection, path=tuple(path))


def replace_all(step: str, said: Mapping[str, str]) -> str:
    for kind, value in said.items():
        step = step.replace(f"{{{kind}}}", value)
    return step


async def longest(reader: Reader, connections: Iterable[Connection]) -> tuple[Connection, PageSeen]:
    """Of the same list of several things, that of the one which has most."""
    found = [(each, await reader.page(each, Asked(first=LARGEST_PAGE))) for each in connections]
    return max(found, key=lambda each: len(each[1].cursors))


def check_pages(stage: Stage, reader: Reader, connections: Iterable[Connection]) -> None:
    """Against the whole list, which one page holds."""
    connection, whole = stage.runner.run(longest(reader, connections))
    assert not whole.page_info["hasNextPage"]
    assert len(whole.cursors) > 1
    nodes = dict(zip(whole.cursors, whole.nodes, strict=True))
    assert len({str(node) for node in nodes.values()}) == len(whole.cursors)

    @FEW
    @given(asked_of(whole.cursors))
    def page_is_as_specified(asked: Asked) -> None:
        page = stage.runner.run(reader.page(connection, asked))
        edges = edges_to_return(whole.cursors, asked.clamped)
        assert page.cursors == edges
        assert page.nodes == [nodes[cursor] for cursor in edges]
        assert page.page_info == {
            "hasNextPage": has_next_page(whole.cursors, asked.clamped),
            "hasPreviousPage": has_previous_page(whole.cursors, asked.clamped),
            "startCursor": edges[0] if edges else None,
            "endCursor": edges[-1] if edges else None,
        }

    page_is_as_specified()
