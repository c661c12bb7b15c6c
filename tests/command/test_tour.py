"""`footbridge tour`, the main job over HTTP, on a running demo."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from footbridge.command.tour import PERIOD, SCHOOL
from tests.command.running_demo import TOUR, Demo, environment_of
from tests.foundation.ports import find_free_ports

NOTE = "Year 11 left on study leave in May; their clubs ended with them."
FIGURE = f"{SCHOOL.roll_in(PERIOD) * 3 // 5} of {SCHOOL.roll_in(PERIOD)}"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp("tour") / "state", find_free_ports(2))
    try:
        demo.await_serving()
        yield demo
    finally:
        demo.end()


def tour(state: Path, port: int) -> "subprocess.CompletedProcess[str]":
    environment = environment_of(state, port)
    return subprocess.run(TOUR, env=environment, capture_output=True, text=True, check=False, timeout=180)


@pytest.mark.parametrize("time", ["first", "second"])
def test_tour_walks_through_the_main_job_and_may_be_walked_again(demo: Demo, time: str) -> None:
    done = tour(demo.state, demo.port)
    assert done.returncode == 0, done.stderr
    assert "of 12 published" in done.stdout
    assert set(NOTE.split()) <= set(done.stdout.replace("│", " ").split())  # a column of the table folds it
    assert FIGURE in done.stdout
    assert "all refused" in done.stdout
    assert "Signed: the release is published" in done.stdout
    assert [line[0] for line in done.stdout.splitlines() if line[:2] in {f"{n}." for n in range(1, 10)}] == list(
        "123456789"
    )
    assert done.stderr == ""


def test_tour_without_a_demo_says_how_to_start_one(tmp_path: Path) -> None:
    done = tour(tmp_path, find_free_ports(2))
    assert done.returncode == 1
    assert "make demo" in done.stderr
    assert "Traceback" not in done.stderr


def test_tour_of_a_demo_that_has_ended_says_so(tmp_path: Path) -> None:
    (tmp_path / "demo-password").write_text("left over", encoding="utf-8")
    done = tour(tmp_path, find_free_ports(2))
    assert done.returncode == 1
    assert "make demo" in done.stderr
    assert "Traceback" not in done.stderr
