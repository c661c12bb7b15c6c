"""The catalogue of public facts: what each figure is, and the DfE columns it stands in."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Symbol = Literal["c", "z", "x", "low"]
Unit = Literal["pupils", "percent", "score"]

# How DfE's performance tables write what is no number: "SUPP" is a suppressed figure, never zero; "SP" a small
# percentage.
SYMBOLS: dict[str, Symbol] = {
    "SUPP": "c",
    "C": "c",
    "NA": "z",
    "N/A": "z",
    "NE": "z",
    "NOT APPLICABLE": "z",
    "NEW": "z",
    "Z": "z",
    "": "x",
    "NP": "x",
    "LOWCOV": "x",
    "DNS": "x",
    "X": "x",
    "..": "x",
    ":": "x",
    "SP": "low",
    "LOW": "low",
}


@dataclass(frozen=True)
class Indicator:
    """One figure. `value` lists the headings of the published figure; where it has none (`()`), the value is the
    numerator over the denominator, in percent. `bounds` are those of a plausible value, both included."""

    key: str
    label: str
    unit: Unit
    value: tuple[str, ...] = ()
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    bounds: tuple[Decimal, Decimal] = (Decimal(0), Decimal(100))


_ROLL = ("NOR",)

INDICATORS = (
    Indicator("roll", "Pupils on roll", "pupils", _ROLL, bounds=(Decimal(0), Decimal(100_000))),
    # Current eligibility over everybody on roll. DfE prints no percentage beside it.
    Indicator("fsm", "Pupils eligible for free school meals", "percent", (), ("NUMFSM",), _ROLL),
    # Eligible in the last six years, over Reception to Year 11: that denominator is not published.
    Indicator("fsm6", "Pupils eligible in the last six years", "percent", ("PNUMFSMEVER",), ("NUMFSMEVER",)),
    Indicator("eal", "First language not English", "percent", ("PNUMEAL",), ("NUMEAL",), _ROLL),
    Indicator("ehcp", "Pupils with an education, health and care plan", "percent", ("PSENELSE",), ("TSENELSE",), _ROLL),
    Indicator("sen_support", "Pupils with SEN support", "percent", ("PSENELK",), ("TSENELK",), _ROLL),
    Indicator("overall_absence", "Overall absence", "percent", ("PERCTOT",)),
    Indicator("persistent_absence", "Persistent absence (10 % or more)", "percent", ("PPERSABS10",)),
    Indicator("rwm_expected", "Key stage 2 reading, writing and maths: expected", "percent", ("PTRWM_EXP",)),
    Indicator("attainment_8", "Attainment 8", "score", ("ATT8SCR",), bounds=(Decimal(0), Decimal(95))),
    Indicator("progress_8", "Progress 8", "score", ("P8MEA",), bounds=(Decimal(-10), Decimal(10))),
    Indicator("basics_95", "Grade 5 or above in English and maths", "percent", ("PTL2BASICS_95",)),
    Indicator("ebacc_entered", "Entered for the EBacc", "percent", ("PTEBACC_E_PTQ_EE",)),
    Indicator("ebacc_points", "EBacc average point score", "score", ("EBACCAPS",), bounds=(Decimal(0), Decimal(9))),
)
INDICATOR_BY_KEY = {indicator.key: indicator for indicator in INDICATORS}
