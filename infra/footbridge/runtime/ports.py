"""Ports: whether one can be listened on, said before anything is started."""

import errno
import socket

from footbridge.runtime.errors import FootbridgeError


class PortTaken(FootbridgeError):
    code = "PORT_TAKEN"

    def __init__(self, host: str, port: int, purpose: str) -> None:
        super().__init__(
            f"Port {port} on {host}, meant for {purpose}, is taken by another program. Stop that program, or"
            f" choose another port with FOOTBRIDGE_PORT (it and the next one are used)."
        )


class PortRefused(FootbridgeError):
    code = "PORT_REFUSED"

    def __init__(self, host: str, port: int, purpose: str, reason: str) -> None:
        super().__init__(
            f"Port {port} on {host}, meant for {purpose}, cannot be used: {reason}. Choose another port with"
            f" FOOTBRIDGE_PORT."
        )


def require_free_port(host: str, port: int, *, purpose: str = "the gateway") -> None:
    """Raises PortTaken or PortRefused, which name the port and the setting that changes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as problem:
            if problem.errno == errno.EADDRINUSE:
                raise PortTaken(host, port, purpose) from None
            raise PortRefused(host, port, purpose, problem.strerror or str(problem)) from None
