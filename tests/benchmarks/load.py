"""The load generator: so many connections that each send a request as soon as the last one is answered.

Raw sockets and epoll in one process, since a client of Python's usual kind would be slower than what it measures.
Every answer is looked at: one that is not as it should be ends the run.
"""

import gc
import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HOST = "127.0.0.1"
ROOM = 1 << 20
HEADERS_END = b"\r\n\r\n"
PATIENCE = 30.0

Next = Callable[[], bytes]
Check = Callable[[bytearray], bool]


class AnsweredWrong(Exception):
    """An answer that is not the operation's: the run is worth nothing."""


@dataclass(frozen=True)
class Sample:
    """What came of one stretch of load; `latencies` in nanoseconds, `own_seconds` of CPU spent by the generator."""

    seconds: float
    latencies: list[int]
    own_seconds: float

    @property
    def requests(self) -> int:
        return len(self.latencies)


@dataclass
class Connection:
    socket: socket.socket
    buffer: bytearray = field(default_factory=lambda: bytearray(ROOM))
    filled: int = 0
    ends_at: int = 0
    body_at: int = 0
    sent_at: int = 0

    def send(self, request: bytes) -> None:
        self.filled = self.ends_at = 0
        self.sent_at = time.perf_counter_ns()
        sent = self.socket.send(request)
        if sent != len(request):
            raise AnsweredWrong("a request was not taken in one piece")

    def receive(self) -> bytearray | None:
        """The body, once all of it is there."""
        read = self.socket.recv_into(memoryview(self.buffer)[self.filled :])
        if read == 0:
            raise AnsweredWrong("the server closed the connection")
        self.filled += read
        if not self.ends_at:
            self._read_headers()
        if self.ends_at and self.filled >= self.ends_at:
            return self.buffer[self.body_at : self.ends_at]
        return None

    def _read_headers(self) -> None:
        end = self.buffer.find(HEADERS_END, 0, self.filled)
        if end < 0:
            return
        if self.buffer[9:12] != b"200":
            raise AnsweredWrong(self.buffer[: self.filled].decode(errors="replace"))
        headers = bytes(self.buffer[:end]).lower()
        _, found, length = headers.partition(b"content-length:")
        if not found:
            raise AnsweredWrong(f"an answer of no known length: {headers.decode()}")
        self.body_at = end + len(HEADERS_END)
        self.ends_at = self.body_at + int(length.partition(b"\r\n")[0])
        if self.ends_at > ROOM:
            raise AnsweredWrong("the answer is too large for this benchmark")


def run_load(port: int, connections: int, seconds: float, next_request: Next, is_right: Check) -> Sample:
    """Raises AnsweredWrong. Answers still under way at the end count: each request is waited for."""
    with _opened(port, connections) as (poller, opened), _undisturbed():
        latencies: list[int] = []
        begun, own = time.perf_counter_ns(), time.process_time()
        ends = begun + int(seconds * 1e9)
        for connection in opened.values():
            connection.send(next_request())
        under_way = connections
        clock, poll = time.perf_counter_ns, poller.poll
        while under_way:
            for number, _ in poll(PATIENCE) or _silence():
                connection = opened[number]
                body = connection.receive()
                if body is None:
                    continue
                now = clock()
                latencies.append(now - connection.sent_at)
                if not is_right(body):
                    raise AnsweredWrong(body[:600].decode(errors="replace"))
                if now < ends:
                    connection.send(next_request())
                else:
                    under_way -= 1
        return Sample((time.perf_counter_ns() - begun) / 1e9, latencies, time.process_time() - own)


def fetch(port: int, request: bytes) -> bytearray:
    """One answer's body."""
    with _opened(port, 1) as (poller, opened):
        (connection,) = opened.values()
        connection.send(request)
        while True:
            poller.poll(PATIENCE) or _silence()
            body = connection.receive()
            if body is not None:
                return body


def _silence() -> list[tuple[int, int]]:
    raise AnsweredWrong(f"no answer for {PATIENCE:.0f} s")


@contextmanager
def _opened(port: int, connections: int) -> "Iterator[tuple[select.epoll, dict[int, Connection]]]":
    opened = {}
    poller = select.epoll()
    try:
        for _ in range(connections):
            connection = Connection(socket.create_connection((HOST, port), timeout=20))
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened[connection.socket.fileno()] = connection
            poller.register(connection.socket, select.EPOLLIN)
        yield poller, opened
    finally:
        poller.close()
        for connection in opened.values():
            connection.socket.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
