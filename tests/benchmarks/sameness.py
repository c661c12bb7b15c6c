"""All servers tell the same: their answers are compared before anything is measured."""

import json
from collections.abc import Sequence
from typing import Any

from . import postgraphile
from .load import fetch
from .operations import MADE_UP, Operation
from .servers import Name, Server

# A cursor is each server's own word; what is recorded gets a new id.
OWN_WORDS = {Operation.Q1: frozenset[str](), Operation.Q2: frozenset({"endCursor"}), Operation.Q3: frozenset({"id"})}


class AnswersDiffer(Exception):
    """Two servers say different things, so that their speeds cannot be compared."""


def require_same(servers: Sequence[Server]) -> None:
    """Raises AnswersDiffer; what each server has answered to a read is what it has to answer from here on."""
    for operation in Operation:
        answers = {}
        for server in servers:
            if operation in server.requests:
                body = fetch(server.port, server.requests[operation].next())
                answers[server.name] = json.loads(body)
                if operation is not Operation.Q3:
                    server.requests[operation].expect(bytes(body))
        _compare(operation, answers)


def _compare(operation: Operation, answers: dict[Name, Any]) -> None:
    first, *others = answers
    for other in others:
        one, two = _comparable(operation, answers[first], other, answers[other])
        difference = _difference(one, two, "")
        if difference:
            raise AnswersDiffer(f"{operation}: {first} and {other} differ: {difference}")


def _comparable(operation: Operation, ours: Any, name: Name, other: Any) -> tuple[Any, Any]:
    if name is Name.POSTGRAPHILE:
        return postgraphile.leaves_of_ours(operation, ours["data"]), postgraphile.leaves(operation, other["data"])
    return _without(ours, OWN_WORDS[operation]), _without(other, OWN_WORDS[operation])


def _without(content: Any, own_words: frozenset[str]) -> Any:
    if isinstance(content, dict):
        own = {name for name in content if name in own_words or name.startswith(MADE_UP)}
        return {name: _without(value, own_words) for name, value in content.items() if name not in own}
    return [_without(each, own_words) for each in content] if isinstance(content, list) else content


def _difference(one: Any, other: Any, path: str) -> str:
    """Where they differ first, or nothing."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next((found for name in one if (found := _difference(one[name], other[name], f"{path}/{name}"))), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return next((found for number, (a, b) in pairs if (found := _difference(a, b, f"{path}/{number}"))), "")
    return "" if one == other and type(one) is type(other) else f"{path}: {str(one)[:120]} and {str(other)[:120]}"
