"""Addresses of a client: the origin that a browser tells, and the addresses that a sign-in may return to."""

import re
from collections.abc import Collection
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from footbridge.runtime.errors import InvalidInput
from footbridge.runtime.loopback import is_loopback

LONGEST = 2000
DEFAULT_PORTS = {"https": 443, "http": 80}

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{{1,5}}))?"
)
_PLAIN = re.compile(r"[!-\[\]-~]+")  # neither spaces nor backslashes
_ADDRESS = re.compile(r"(?P<origin>[A-Za-z]+://[^/?#]+)(?P<rest>(?:[/?][^#]*)?)")


class OriginUnsuitable(InvalidInput):
    code = "ORIGIN_UNSUITABLE"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"“{_shown(text)}” cannot be an origin of a client: {reason}.")


class RedirectAddressUnsuitable(InvalidInput):
    code = "REDIRECT_ADDRESS_UNSUITABLE"

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"“{_shown(text)}” cannot be an address to return to: {reason}.")


def read_origin(text: str) -> str:
    """As browsers send it in `Origin`: lower case, without a port that goes without saying. OriginUnsuitable."""
    found = _ORIGIN.fullmatch(text.lower()) if text.isascii() and len(text) <= LONGEST else None
    if found is None:
        raise OriginUnsuitable(
            text, "it is a scheme and a host, as https://dashboard.example or with a port, and nothing after it"
        )
    scheme, host = found["scheme"], _read_host(text, found["host"])
    if scheme == "http" and not is_loopback(host.strip("[]")):
        raise OriginUnsuitable(text, "it has to begin with https://, since it is not on this machine")
    port = int(found["port"] or DEFAULT_PORTS[scheme])
    if not 1 <= port <= 65535:
        raise OriginUnsuitable(text, "there is no such port")
    return f"{scheme}://{host}" if port == DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"


def _read_host(text: str, host: str) -> str:
    if not host.startswith("["):
        return host
    try:
        return f"[{IPv6Address(host.strip('[]')).compressed}]"
    except ValueError:
        raise OriginUnsuitable(text, "what stands in brackets is no address") from None


def read_redirect_address(text: str, origins: Collection[str]) -> str:
    """An address under one of the origins, as written but for the origin. RedirectAddressUnsuitable."""
    if "#" in text:
        raise RedirectAddressUnsuitable(text, "it has a fragment (“#”)")
    found = _ADDRESS.fullmatch(text) if is_plain_address(text) else None
    if found is None:
        raise RedirectAddressUnsuitable(
            text, "it is a whole address, as https://dashboard.example/signed-in, without spaces or backslashes"
        )
    try:
        origin = read_origin(found["origin"])
    except OriginUnsuitable as unsuitable:
        raise RedirectAddressUnsuitable(text, "its origin cannot be one of a client") from unsuitable
    if origin not in origins:
        raise RedirectAddressUnsuitable(text, f"{origin} is not among the client's origins")
    return f"{origin}{found['rest']}"


def is_plain_address(text: str) -> bool:
    """Whether it is absolute and browsers read it as it is written: they drop tabs, and a backslash is their slash."""
    return len(text) <= LONGEST and _PLAIN.fullmatch(text) is not None and _ADDRESS.fullmatch(text) is not None


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)[:100]


def is_same_place(origin: str, other: str) -> bool:
    """Equal, or one port of this machine under two of its names."""
    one, two = urlsplit(origin.lower()), urlsplit(other.lower())
    if one.scheme != two.scheme or one.port != two.port:
        return False
    return one.hostname == two.hostname or (is_loopback(one.hostname) and is_loopback(two.hostname))
