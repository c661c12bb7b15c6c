"""Differences that are planted in an answer: each is seen, and made small enough to read."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from footbridge.delegation.access import Access
from footbridge.gateway.execution.operation import Operation
from footbridge.runtime.ids import new_id
from footbridge.tenancy.caller import Caller
from tests.gateway.differential.both_paths import Answer, BothPaths, differences
from tests.gateway.differential.conftest import Stage

ERROR = {
    "message": "No.", "locations": [{"line": 1, "column": 2}], "path": ["b", 0], "extensions": {"code": "NOT_PERMITTED"},
}  # fmt: skip
CONTENT = {"data": {"a": [{"x": "1", "y": None}, {"x": "é", "y": 2}], "b": None}, "errors": [ERROR]}
SMALL = 20
"""Lines of a difference, its document and what is sent with it."""


def answer(content: Any, *accesses: Access) -> Answer:
    return Answer(json.dumps(content).encode(), (), frozenset(accesses))


def with_error(**changes: Any) -> dict[str, Any]:
    return CONTENT | {"errors": [ERROR | changes]}


def with_data(**changes: Any) -> dict[str, Any]:
    return CONTENT | {"data": CONTENT["data"] | changes}  # type: ignore[operator]


DIFFERENT = {
    "a value": with_data(a=[{"x": "1", "y": None}, {"x": "e", "y": 2}]),
    "the kind of a value": with_data(a=[{"x": 1, "y": None}, {"x": "é", "y": 2}]),
    "true for one": with_data(a=[{"x": "1", "y": None}, {"x": "é", "y": True}]),
    "a row": with_data(a=[{"x": "1", "y": None}]),
    "the order of rows": with_data(a=[{"x": "é", "y": 2}, {"x": "1", "y": None}]),
    "the order of names": with_data(a=[{"y": None, "x": "1"}, {"x": "é", "y": 2}]),
    "a name": with_data(a=[{"x": "1"}, {"x": "é", "y": 2}]),
    "no data": {"data": None, "errors": [ERROR]},
    "no error": {"data": CONTENT["data"]},
    "an empty list of errors": {"data": CONTENT["data"], "errors": []},
    "an error twice": CONTENT | {"errors": [ERROR, ERROR]},
    "a message": with_error(message="Yes."),
    "a path": with_error(path=["b", 1]),
    "a location": with_error(locations=[{"line": 1, "column": 3}]),
    "extensions": with_error(extensions={"code": "INVALID_INPUT"}),
}


@pytest.mark.parametrize("content", DIFFERENT.values(), ids=DIFFERENT)
def test_another_answer_is_a_difference(content: Any) -> None:
    assert differences(answer(content), answer(CONTENT))
    assert differences(answer(CONTENT), answer(content))


def test_a_name_that_stands_twice_is_a_difference() -> None:
    twice = Answer(b'{"data":{"a":1,"a":1}}', (), frozenset())
    assert differences(twice, answer({"data": {"a": 1}}))


def test_an_access_that_is_not_noted_is_a_difference() -> None:
    access = Access(new_id(), "attendance", "2025-26", 1)
    assert differences(answer(CONTENT), answer(CONTENT, access))
    assert not differences(answer(CONTENT, access), answer(CONTENT, access))


def test_the_order_of_errors_is_none() -> None:
    other = ERROR | {"path": ["a"]}
    one, two = CONTENT | {"errors": [ERROR, other]}, CONTENT | {"errors": [other, ERROR]}
    assert not differences(answer(one), answer(two))


@dataclass
class Planted(BothPaths):
    """Answers with nothing, but for documents that ask when a release was prepared: there the paths differ."""

    real: BothPaths

    def __post_init__(self) -> None:
        self.schema = self.real.schema

    def operation(self, text: str, variables: dict[str, Any]) -> Operation:
        return self.real.operation(text, variables)

    async def answer(self, caller: Caller, operation: Operation, *, compiled: bool) -> Answer:
        return answer({"data": {"differs": compiled and "preparedAt" in operation.document.text}})


def test_a_planted_difference_is_found_and_made_small(stage: Stage) -> None:
    proof = stage.proof("school")
    proof.paths = Planted(proof.paths)
    proof.run(500, number=0, most_failures=1)
    (found,) = map(str, proof.failures.values())
    assert found.startswith("data.differs: the compiled path has True, the ordinary False")
    assert len(found.splitlines()) <= SMALL, found
