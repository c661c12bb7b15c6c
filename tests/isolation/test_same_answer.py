"""Foreign and missing are the same to everybody: in reading, changing, deleting, pointing at and colliding with."""

from tests.foundation.people import World
from tests.foundation.server import Copy
from tests.isolation.same_answer import differing_answers
from tests.isolation.tenant import Tenants


def test_a_foreign_id_and_a_missing_id_give_the_same_answer(world: World, world_copy: Copy) -> None:
    findings = differing_answers(world_copy, Tenants.of(world))
    assert not findings, "\n".join(findings)
