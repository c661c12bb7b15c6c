"""Disclosure control of one cell: what may be shown of a figure, and why not (decision 13, rules 0 to 2)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from footbridge.measures.definition import Counts, Figure, Measure, Rate

SMALL_COUNT = 5  # T: counts from 1 to T − 1 are suppressed; may only be raised
FEWEST_FOR_A_RATE = 10
FEWEST_FOR_NONE_OR_ALL = 20


class State(StrEnum):
    """A cell is shown, or stands as a symbol of DfE and GSS."""

    SHOWN = "shown"
    NOT_APPLICABLE = "z"
    UNAVAILABLE = "x"
    CONFIDENTIAL = "c"


@dataclass(frozen=True)
class Verdict:
    state: State
    reason: str | None = None


SHOWN = Verdict(State.SHOWN)


def judge(measure: Measure, figure: Figure) -> Verdict:
    """The same for the preview and for the publication; reasons are for the school, never for the trust."""
    if figure.denominator == 0:
        return Verdict(State.UNAVAILABLE, "There is nothing to take a share of.")
    match measure.counts:
        case Counts.THINGS:
            return SHOWN
        case Counts.HALF_DAYS:
            return _judge_repeated(measure, figure)
        case Counts.PEOPLE:
            return _judge_people(figure.numerator, figure.denominator)


def _judge_people(count: Decimal, of: Decimal) -> Verdict:
    if of < FEWEST_FOR_A_RATE:
        return _confidential(f"fewer than {FEWEST_FOR_A_RATE} people are counted")
    for part, words in ((count, "people are in the count"), (of - count, "people are outside it")):
        if 1 <= part < SMALL_COUNT:
            return _confidential(f"fewer than {SMALL_COUNT} {words}")
    if count in {Decimal(0), of} and of < FEWEST_FOR_NONE_OR_ALL:
        return _confidential(f"none or all of fewer than {FEWEST_FOR_NONE_OR_ALL} people")
    return SHOWN


def _judge_repeated(measure: Measure, figure: Figure) -> Verdict:
    """Judged by the pupils behind the half-days, not by the half-days."""
    if figure.pupils is None or figure.pupils < FEWEST_FOR_A_RATE:
        return _confidential(f"fewer than {FEWEST_FOR_A_RATE} pupils stand behind it")
    everything = measure.rate is Rate.PERCENT and figure.numerator == figure.denominator
    if (figure.numerator == 0 or everything) and figure.pupils < FEWEST_FOR_NONE_OR_ALL:
        return _confidential(f"none or all of fewer than {FEWEST_FOR_NONE_OR_ALL} pupils")
    return SHOWN


def _confidential(why: str) -> Verdict:
    return Verdict(State.CONFIDENTIAL, f"Kept confidential: {why}.")
