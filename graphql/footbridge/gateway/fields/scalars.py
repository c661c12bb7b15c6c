"""Ids and decimals as clients see them."""

import re
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import strawberry

from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.ids import global_id, parse_global_id


class Prefix(StrEnum):
    """What kind of thing a global id names."""

    TRUST = "tru"
    TRUST_GROUP = "grp"
    SCHOOL = "sch"
    ORGANISATION = "org"
    PARTNERSHIP = "par"
    OUTCOME = "out"
    ROLE = "rol"
    BENEFIT = "ben"
    ACTIVITY = "act"
    SESSION = "ses"
    COUNT = "cnt"
    YEAR_GROUP = "ygr"
    OBSERVATION = "obs"
    POST = "pos"
    RELEASE = "rel"
    ACCESS_RECORD = "acc"
    CALENDAR_ENTRY = "cal"

    def id_of(self, identifier: UUID) -> strawberry.ID:
        return strawberry.ID(global_id(self.value, identifier))

    def parse(self, text: str) -> UUID:
        return parse_global_id(self.value, text)


def decimal_text(value: Decimal | None) -> str | None:
    """Without trailing zeros, never in exponents."""
    return None if value is None else f"{value.normalize():f}"


_DECIMAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,2})?")


def decimal_of(text: str | None, what: str) -> Decimal | None:
    """A decimal string of at most ten digits and two decimals."""
    if text is None:
        return None
    if not _DECIMAL.fullmatch(text):
        raise InvalidInput(f"The {what} “{text[:40]}” is not a number such as 12 or 1.5.")
    return Decimal(text)
