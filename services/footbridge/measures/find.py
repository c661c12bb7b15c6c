"""The catalogue: every file in `catalogue/` is one measure, and a new one joins by being there."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from footbridge.measures.definition import Measure
from footbridge.runtime.errors import InvalidInput


@cache
def all_measures() -> Mapping[str, Measure]:
    """By id, in the order of their numbers."""
    catalogue = importlib.import_module("footbridge.measures.catalogue")
    names = [module.name for module in pkgutil.iter_modules(catalogue.__path__)]
    found: list[Measure] = [importlib.import_module(f"{catalogue.__name__}.{name}").MEASURE for name in names]
    ordered = sorted(found, key=lambda measure: measure.number)
    if len({measure.id for measure in ordered}) != len(ordered):
        raise ValueError("two measures share an id")
    return MappingProxyType({measure.id: measure for measure in ordered})


def find_measure(measure_id: str) -> Measure:
    """By id; InvalidInput names what there is."""
    measures = all_measures()
    if measure_id not in measures:
        raise InvalidInput(f"“{measure_id[:60]}” is not a measure. There are: {', '.join(measures)}.")
    return measures[measure_id]
