"""Identifiers: UUIDv7 made here, and the global ids that clients see."""

import os
import re
import time
from uuid import UUID

from footbridge.runtime.errors import InvalidInput

_DIGITS = re.compile(r"[0-9a-f]{32}")


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return UUID(int=number)


def global_id(prefix: str, identifier: UUID) -> str:
    """`par_0192f3…`: a short prefix for the type, then 32 hexadecimal digits."""
    return f"{prefix}_{identifier.hex}"


def parse_global_id(prefix: str, text: str) -> UUID:
    """The UUID of a global id of that type; anything else raises InvalidInput."""
    head, _, digits = text.partition("_")
    if head != prefix or not _DIGITS.fullmatch(digits):
        raise InvalidInput(f"“{text[:80]}” is not the id of this kind of thing.")
    return UUID(hex=digits)
