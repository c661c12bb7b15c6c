"""The load generator counts what is answered, and takes nothing for an answer that is none."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from .load import AnsweredWrong, Sample, Stretch, fetch, run_load

BODY = b"x" * 200_000
RIGHT = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
REQUEST = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


@contextmanager
def answering(make: Callable[[int], bytes]) -> Iterator[int]:
    """A server's port; the nth request, from 1, is answered with what `make` says."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)
    threading.Thread(target=_serve, args=(listener, make), daemon=True).start()
    with listener:
        yield listener.getsockname()[1]


def _serve(listener: socket.socket, make: Callable[[int], bytes]) -> None:
    connection, _ = listener.accept()
    number = 0
    with connection, suppress(ConnectionError):  # who asks has heard enough
        while connection.recv(4096):
            number += 1
            connection.sendall(make(number))


def is_right(body: bytearray) -> bool:
    return body == BODY


def test_a_long_answer_arrives_whole() -> None:
    with answering(lambda _: RIGHT) as port:
        assert fetch(port, REQUEST) == BODY


def test_every_answer_is_counted_and_timed() -> None:
    with answering(lambda _: RIGHT) as port:
        sample = run_load(port, 1, 0.05, lambda: REQUEST, is_right)
    assert sample.answered == len(sample.latencies) + 1 > 2
    assert 0 < sum(sample.latencies) / 1e9 <= sample.seconds


def test_a_stretch_begins_when_each_connection_is_answered_and_ends_with_an_answer() -> None:
    stretch = Stretch(connections=2, nanoseconds=100)
    goes_on = [stretch.take(sent_at, now) for sent_at, now in ((0, 50), (0, 60), (50, 110), (60, 160), (110, 170))]
    assert goes_on == [True, True, True, False, False]
    assert stretch.sample(0.0) == Sample(1e-7, [60, 100], answered=5, own_seconds=0.0)
    assert stretch.sample(0.0).rate == 2e7


def test_a_server_that_answers_in_bursts_is_given_time_for_a_whole_one() -> None:
    stretch = Stretch(connections=2, nanoseconds=100)
    assert [stretch.take(0, now) for now in (999, 1000, 1999, 2000, 2999)] == [True, True, True, False, False]
    assert stretch.sample(0.0).rate == 2e6


@pytest.mark.parametrize(
    "wrong",
    [
        RIGHT.replace(b"200 OK", b"503 Service Unavailable"),
        RIGHT.replace(b"xxx", b"xyx", 1),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["another status", "another body", "no length"],
)
def test_one_wrong_answer_among_right_ones_ends_the_run(wrong: bytes) -> None:
    with answering(lambda number: wrong if number == 3 else RIGHT) as port, pytest.raises(AnsweredWrong):
        run_load(port, 1, 5, lambda: REQUEST, is_right)
