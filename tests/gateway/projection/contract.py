"""The contract's queries, with variables that find something."""

from collections.abc import Mapping
from typing import Any

from graphql import OperationType, parse

from footbridge.command.person import operation_file, operation_names
from footbridge.gateway.documents.document import operations_of

PERIOD, MEASURE = "2025-26", "persistent-absence"
VARIABLES: Mapping[str, Mapping[str, Any]] = {
    "SchoolCalendar": {"period": PERIOD},
    "Figure": {"measureId": "contact-hours", "period": PERIOD},
    "PublicationPreview": {"period": PERIOD},
    "SiblingStanding": {"measureId": MEASURE, "period": PERIOD},
    "Comparisons": {"period": PERIOD},
    "Comparison": {"measureId": MEASURE, "period": PERIOD},
    "Release": {"id": "rel_" + "0" * 32},
    "SchoolReleases": {"urn": "980000"},
}


def text_of(side: str, name: str) -> str:
    return operation_file(side, name).read_text(encoding="utf-8")


def _is_query(side: str, name: str) -> bool:
    return operations_of(parse(text_of(side, name)))[0].operation is OperationType.QUERY


QUERIES = [(side, name) for side in ("school", "trust") for name in operation_names(side) if _is_query(side, name)]

COMPUTED = {
    ("school", "Figure"): "a measure is worked out by Python from several tables",
    ("school", "PublicationPreview"): "disclosure control looks at all measures of a period",
    ("school", "Release"): "its preview is worked out as that of a period",
}
"""What the ordinary path answers, and why."""
WITHOUT_ROWS = {("school", "Measures"), ("trust", "Measures")}
"""The catalogue is Python's: no statement at all."""
