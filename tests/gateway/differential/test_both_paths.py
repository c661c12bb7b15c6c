"""Random documents of both schemas: the compiled path answers as the ordinary one, and in one statement a root field."""

import random

import pytest

from tests.gateway.differential.conftest import Stage
from tests.gateway.differential.proof import Proof

IN_THE_SUITE = 500
TO_PROVE = 25_000
SEED = 20_261_122
SIDES = ("school", "trust")


@pytest.fixture(scope="module")
def proofs() -> dict[str, Proof]:
    return {}


@pytest.fixture(params=SIDES)
def proof(request: pytest.FixtureRequest, stage: Stage, proofs: dict[str, Proof]) -> Proof:
    """Drawn and answered once for all tests of the module; the first of them tells what differs."""
    side: str = request.param
    if side not in proofs:
        proofs[side] = stage.proof(side)
        proofs[side].run(IN_THE_SUITE, SEED)
    return proofs[side]


def test_both_paths_answer_alike(proof: Proof) -> None:
    proof.tell()
    assert proof.tally.documents >= IN_THE_SUITE


def test_a_root_field_takes_one_statement(proof: Proof) -> None:
    over = sorted(proof.tally.over, key=lambda each: len(each[0].text))
    told = "".join(f"{drawn!r}\n" + "\n".join(answer.statements) for drawn, answer in over[:1])
    assert len(over) == 0, (
        f"{len(over)} of {proof.tally.counted} documents took more than a statement a root field:{told}"
    )
    assert proof.tally.counted >= IN_THE_SUITE / 2


def test_the_documents_drawn_reach_everything_that_may_be_asked(proof: Proof) -> None:
    assert proof.unanswered == []
    assert proof.unasked == []


@pytest.mark.prove
@pytest.mark.parametrize("side", SIDES)
def test_both_paths_answer_very_many_documents_alike(stage: Stage, side: str) -> None:
    number = random.SystemRandom().randrange(2**32)
    print(f"{side}: the documents are those of {number}")  # noqa: T201
    proof = stage.proof(side)
    proof.run(TO_PROVE, number)
    proof.tell()
    assert not proof.tally.over
