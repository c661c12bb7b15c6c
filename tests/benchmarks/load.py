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
    """What came of one stretch of load; `latencies` in nanoseconds, `own_seconds` of CPU spent by the generator.

    `answered` are all of its requests, for whom CPU was spent; those in `latencies` are the ones between the first
    and the last moment of `seconds`, when all connections were busy.
    """

    seconds: float
    latencies: list[int]
    answered: int
    own_seconds: float

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds


@dataclass
class Stretch:
    """Begins with the answer that makes one for each connection, since a server that others have kept waiting is slow
    at first; ends with an answer too, when its time is over and there was another for each connection, since a server
    that works on all of them at once answers in bursts.
    """

    connections: int
    nanoseconds: int
    answered: int = 0
    begun_at: int = 0
    ended_at: int = 0
    latencies: list[int] = field(default_factory=list)

    def take(self, sent_at: int, now: int) -> bool:
        """Whether another request is to be sent after this answer."""
        self.answered += 1
        if self.ended_at:
            return False
        if self.answered == self.connections:
            self.begun_at = now
        elif self.answered > self.connections:
            self.latencies.append(now - sent_at)
            if now - self.begun_at >= self.nanoseconds and len(self.latencies) >= self.connections:
                self.ended_at = now
        return not self.ended_at

    def sample(self, own_seconds: float) -> Sample:
        return Sample((self.ended_at - self.begun_at) / 1e9, self.latencies, self.answered, own_seconds)


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
    """Raises AnsweredWrong. What is still under way at the end is waited for and looked at, and does not count.

    Connecting and collecting garbage come before: they are nobody's CPU.
    """
    stretch = Stretch(connections, int(seconds * 1e9))
    with _opened(port, connections) as (poller, opened), _undisturbed():
        own = time.process_time()
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
                if not is_right(body):
                    raise AnsweredWrong(body[:600].decode(errors="replace"))
                if stretch.take(connection.sent_at, now):
                    connection.send(next_request())
                else:
                    under_way -= 1
        return stretch.sample(time.process_time() - own)


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
    """What there is by now stays: the next time it need not be looked through."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
