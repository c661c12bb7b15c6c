"""A cell as the trust sees it: a pair with its rate and interval, or a symbol and nothing else."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from footbridge.measures.definition import Figure, Interval, Measure, Unavailable
from footbridge.measures.interval import wilson
from footbridge.publication.disclosure import State, Verdict, judge


@dataclass(frozen=True)
class Cell:
    """Everything in it is computed from what is shown; a symbol has no number behind it."""

    measure_id: str
    measure_version: int
    state: State
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    rate: str | None = None
    interval_low: str | None = None
    interval_high: str | None = None
    context_note: str | None = None
    pupils: int | None = None


@dataclass(frozen=True)
class Entry:
    """A cell of a preview, with what only the school sees: its exact figure and the reason for a symbol."""

    measure: Measure
    cell: Cell
    figure: Figure | None
    reason: str | None
    already_shared: bool = False


def entry_of(
    measure: Measure, phase: str, figure: Figure | Unavailable, *, note: str | None, already_shared: bool = False
) -> Entry:
    verdict = _verdict(measure, phase, figure)
    exact = figure if isinstance(figure, Figure) else None
    cell = (
        shown_cell(measure, exact, note) if verdict.state is State.SHOWN and exact else _symbol(measure, verdict, note)
    )
    return Entry(measure, cell, exact, verdict.reason, already_shared)


def _verdict(measure: Measure, phase: str, figure: Figure | Unavailable) -> Verdict:
    if not measure.applies_to(phase):
        return Verdict(State.NOT_APPLICABLE, f"{measure.name} does not apply to this phase ({phase}).")
    if isinstance(figure, Unavailable):
        return Verdict(State.UNAVAILABLE, figure.reason)
    return judge(measure, figure)


def shown_cell(measure: Measure, figure: Figure, note: str | None) -> Cell:
    rate = measure.rate_of(figure.numerator, figure.denominator)
    low, high = interval_of(measure, figure)
    return Cell(
        measure.id, measure.version, State.SHOWN, figure.numerator, figure.denominator,
        None if rate is None else measure.rounded(rate), low, high, note, _pupils_shown(measure, figure),
    )  # fmt: skip


def _pupils_shown(measure: Measure, figure: Figure) -> int | None:
    """Where the interval is made of them they are told with it: it would give them away."""
    return figure.pupils if measure.interval is Interval.WILSON_ON_PUPILS else None


def _symbol(measure: Measure, verdict: Verdict, note: str | None) -> Cell:
    return Cell(measure.id, measure.version, verdict.state, context_note=note)


def interval_of(measure: Measure, figure: Figure) -> tuple[str | None, str | None]:
    """The interval the definition asks for, in percent with the measure's decimals."""
    share = float(figure.numerator / figure.denominator)
    match measure.interval:
        case Interval.WILSON:
            bounds = wilson(float(figure.numerator), float(figure.denominator))
        case Interval.WILSON_ON_PUPILS if figure.pupils:
            bounds = wilson(share * figure.pupils, float(figure.pupils))
        case _:
            return None, None
    low, high = (measure.rounded(Decimal(repr(bound * 100))) for bound in bounds)
    return low, high


def preview_hash(school_id: object, period_code: str, cells: Iterable[Cell]) -> str:
    """SHA-256 over exactly what would be visible; a change behind a symbol does not change it."""
    seen = [
        [
            cell.measure_id, cell.measure_version, cell.state.value, _plain(cell.numerator), _plain(cell.denominator),
            cell.rate, cell.interval_low, cell.interval_high, cell.context_note, cell.pupils,
        ]
        for cell in sorted(cells, key=lambda cell: cell.measure_id)
    ]  # fmt: skip
    text = json.dumps([str(school_id), period_code, seen], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
