"""Identifiers: UUIDv7 made here, and the global ids that clients see."""

import os
import re
import time
from uuid import UUID

from footbridge.runtime.errors import InvalidInput

_DIGITS = re.compile(r"[0-9a-f]{32}")


class _Moments:
    """Unix milliseconds and 12 bits of their fraction, as one number that only grows."""

    def __init__(self) -> None:
        self._latest = 0

    def next(self) -> int:
        self._latest = max((time.time_ns() << 12) // 1_000_000, self._latest + 1)
        return self._latest


_moments = _Moments()


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): milliseconds, 12 bits of their fraction (6.2, method 3), then 62 random bits.

    Each is greater than the one before it in this process: rows of one transaction sort as they were made.
    """
    milliseconds, fraction = divmod(_moments.next(), 1 << 12)
    rest = int.from_bytes(os.urandom(8), "big") >> 2
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0x2 << 62) | rest)


def global_id(prefix: str, identifier: UUID) -> str:
    """`par_0192f3…`: a short prefix for the type, then 32 hexadecimal digits."""
    return f"{prefix}_{identifier.hex}"


def parse_global_id(prefix: str, text: str) -> UUID:
    """The UUID of a global id of that type; anything else raises InvalidInput."""
    head, _, digits = text.partition("_")
    if head != prefix or not _DIGITS.fullmatch(digits):
        raise InvalidInput(f"“{text[:80]}” is not the id of this kind of thing.")
    return UUID(hex=digits)
