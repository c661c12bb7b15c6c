"""Whether a host is this very machine: where plain HTTP is good enough."""

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """`host` as urllib tells it: a name or an address, without brackets and port."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
