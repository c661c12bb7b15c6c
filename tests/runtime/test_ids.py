"""Identifiers of rows."""

import itertools
import time
from uuid import RFC_4122

from footbridge.runtime.ids import new_id


def test_ids_sort_as_they_were_made_also_within_a_millisecond() -> None:
    made = [new_id() for _ in range(20_000)]
    assert all(earlier < later for earlier, later in itertools.pairwise(made))


def test_an_id_is_a_uuid_7_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = new_id()
    after = time.time_ns() // 1_000_000
    assert made.version == 7
    assert made.variant == RFC_4122
    assert before <= made.int >> 80 <= after + 1
