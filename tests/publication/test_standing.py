"""Standing among siblings: words, from five others on, never a value."""

import itertools
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from footbridge.publication.standing import BANDS, TOO_FEW, standings

rates = st.dictionaries(st.uuids(), st.decimals(0, 100, places=1), max_size=30)


@given(rates)
def test_fewer_than_five_others_say_too_few(figures: dict[UUID, Decimal]) -> None:
    for standing in standings(figures).values():
        assert standing.others == len(figures) - 1
        assert (standing.standing == TOO_FEW) == (standing.others < 5)


@given(rates)
def test_a_higher_figure_never_stands_in_a_lower_band(figures: dict[UUID, Decimal]) -> None:
    if len(figures) < 6:
        return
    bands = {school: BANDS.index(standing.standing) for school, standing in standings(figures).items()}
    ordered = sorted(figures, key=lambda school: figures[school])
    for lower, higher in itertools.pairwise(ordered):
        if figures[lower] < figures[higher]:
            assert bands[lower] <= bands[higher]
        else:
            assert bands[lower] == bands[higher]


def test_the_ends_are_the_outer_quarters_and_equals_stand_in_the_middle() -> None:
    ids = [UUID(int=number) for number in range(8)]
    spread = standings({school: Decimal(number) for number, school in enumerate(ids)})
    assert spread[ids[0]].standing == BANDS[0]
    assert spread[ids[7]].standing == BANDS[3]
    alike = standings(dict.fromkeys(ids, Decimal(50)))
    assert {standing.standing for standing in alike.values()} == {BANDS[2]}
