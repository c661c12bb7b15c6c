"""Ports for the processes that a test starts."""

import random
import socket

# Below those that the kernel gives to outgoing connections, so that none of these takes one between two starts.
_FROM, _TO = 15_000, 31_000


def find_free_ports(count: int) -> int:
    """The first of so many neighbours that nobody listens on now."""
    while True:
        first = random.randrange(_FROM, _TO)
        if all(_is_free(first + number) for number in range(count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
