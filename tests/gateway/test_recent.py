"""What is remembered for a moment: not longer, and nothing that was refused."""

import pytest

from footbridge.gateway.http.answers import BadRequest
from footbridge.gateway.http.recent import LIFETIME, Recent


class Question:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    async def __call__(self) -> int:
        self.asked += 1
        self.seconds += 0.5  # an answer is as old as its question
        return self.asked

    async def refused(self) -> int:
        self.asked += 1
        raise BadRequest(404, "NOT_FOUND", "Not here.")


async def test_an_answer_holds_for_two_seconds_from_its_question() -> None:
    question = Question()
    recent = Recent[str, int](clock=question.clock)
    assert await recent.get("here", question) == 1
    question.seconds = LIFETIME - 0.001
    assert await recent.get("here", question) == 1
    question.seconds = LIFETIME
    assert await recent.get("here", question) == 2


async def test_another_key_is_another_question() -> None:
    question = Question()
    recent = Recent[str, int](clock=question.clock)
    assert [await recent.get(key, question) for key in ("a", "b", "a")] == [1, 2, 1]


async def test_a_refusal_is_asked_anew() -> None:
    question = Question()
    recent = Recent[str, int](clock=question.clock)
    for _ in range(2):
        with pytest.raises(BadRequest):
            await recent.get("here", question.refused)
    assert await recent.get("here", question) == 3


async def test_the_oldest_goes_when_it_is_full() -> None:
    question = Question()
    recent = Recent[str, int](clock=lambda: 0.0, most=2)
    assert [await recent.get(key, question) for key in ("a", "b", "c", "b", "c", "a")] == [1, 2, 3, 2, 3, 4]
