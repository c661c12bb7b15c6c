"""The part of an e-mail address that leads to a trust's directory."""

import re

from footbridge.runtime.errors import InvalidInput

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
LONGEST = 253
LONGEST_ADDRESS = 254
"""Octets, RFC 5321, section 4.5.3.1.3, with the erratum."""


def read_domain(text: str) -> str:
    """In lower case and in ASCII letters (IDNA), or InvalidInput."""
    try:
        domain = text.strip().rstrip(".").casefold().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if len(domain) > LONGEST or not _DOMAIN.fullmatch(domain):
        raise InvalidInput(f"“{text[:80]}” is not the domain of an e-mail address, such as larchwood.example.")
    return domain


def domain_of(email: str) -> str:
    """What follows the last @."""
    address = email.strip()
    name, _, domain = address.rpartition("@")
    if not name or not address.isprintable() or len(address) > LONGEST_ADDRESS:
        raise InvalidInput("Please give your whole e-mail address, such as name@larchwood.example.")
    return read_domain(domain)
