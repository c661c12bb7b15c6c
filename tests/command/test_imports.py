"""The commands say what they did, and their exit code how it went: 1 refused, 2 wrong usage, 3 unusable rows."""

from pathlib import Path

import pytest

from tests.command.conftest import Run
from tests.exchange import lookalikes
from tests.exchange.lookalikes import ABSENCE_SCHOOL, CENSUS_SCHOOL, GIAS_SCHOOL, row

TRUST = "Wend Valley Trust"


def test_a_trust_its_facts_figures_and_calendar_are_imported(run: Run, tmp_path: Path) -> None:
    trust = run("trust", "import", lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), "--trust", TRUST)
    assert (trust.exit_code, trust.stderr) == (0, "")
    assert "Wend Valley Trust (UID 90001): created" in trust.stdout
    assert "Schools: 1 new, 0 changed, 0 as before" in trust.stdout

    census = lookalikes.census(tmp_path, CENSUS_SCHOOL)
    facts = run("facts", "import", census, "--year", "2018/19", "--source", "DfE census")
    assert facts.exit_code == 0, facts.output
    assert "1 of our schools" in facts.stdout

    absence = lookalikes.absence(tmp_path, ABSENCE_SCHOOL)
    shares = ("--measure", "persistent-absence", "--period", "2018-19", "--trust", TRUST, "--source", "DfE absence")
    figures = run("observations", "import", absence, *shares)
    assert figures.exit_code == 0, figures.output
    assert "Ashwell Primary Academy (900001): 1 new" in figures.stdout

    days = lookalikes.write_text(tmp_path, "kind,name,from,until\nterm,Autumn,01/09/2025,19/12/2025\n", name="days.csv")
    calendar = run("calendar", "import", days, "--trust", "90001")
    assert calendar.exit_code == 0, calendar.output
    assert "1 new" in calendar.stdout


def test_migrating_twice_is_as_good_as_once(run: Run) -> None:
    for _ in range(2):
        done = run("migrate")
        assert (done.exit_code, "up to date" in done.stdout) == (0, True)


def test_a_second_import_changes_nothing_and_says_so(run: Run, tmp_path: Path) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL)
    run("trust", "import", path, "--trust", TRUST)
    again = run("trust", "import", path, "--trust", TRUST)
    assert again.exit_code == 0
    assert "unchanged" in again.stdout
    assert "0 new, 0 changed, 1 as before" in again.stdout


def test_unusable_rows_are_told_and_the_exit_code_is_3(run: Run, tmp_path: Path) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL, row(GIAS_SCHOOL, URN="900002", OpenDate="soon"))
    done = run("trust", "import", path, "--trust", TRUST)
    assert done.exit_code == 3
    assert "1 new" in done.stdout
    assert "line 3, column “OpenDate”: “soon”" in done.stderr


def test_a_refusal_is_a_sentence_and_the_exit_code_is_1(run: Run, tmp_path: Path) -> None:
    done = run("trust", "import", lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), "--trust", "Wend Vale Trust")
    assert done.exit_code == 1
    assert "Nearest names: “WEND VALLEY TRUST”" in done.stderr
    assert "Traceback" not in done.output
    assert not isinstance(done.exception, Exception)  # SystemExit only


def test_a_file_without_the_needed_headings_is_refused(run: Run, tmp_path: Path) -> None:
    path = lookalikes.write_text(tmp_path, "school,town\nAshwell,Wend\n")
    assert run("trust", "import", path, "--trust", TRUST).exit_code == 1


def test_wrong_usage_ends_with_2(run: Run, tmp_path: Path) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL)
    assert run("trust", "import", path).exit_code == 2
    assert run("trust", "import", tmp_path / "missing.csv", "--trust", TRUST).exit_code == 2
    assert run("observations", "import", path).exit_code == 2
    assert run("observations", "import", path, "--school", "900001", "--trust", TRUST).exit_code == 2
    assert run("observations", "import", path, "--trust", TRUST, "--measure", "persistent-absence").exit_code == 2
    assert run("token", "create", "--name", "n", "--scope", "everything", "--school", "900001").exit_code == 2


def test_an_address_that_is_none_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = lookalikes.gias_extract(tmp_path, GIAS_SCHOOL)
    for address in ("no address", "mysql://somebody:secret@localhost/db"):
        monkeypatch.setenv("FOOTBRIDGE_DATABASE_URL", address)
        done = run("trust", "import", path, "--trust", TRUST)
        assert done.exit_code == 1
        assert "FOOTBRIDGE_DATABASE_URL" in done.stderr
        assert "secret" not in done.output


def test_a_server_that_does_not_answer_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBRIDGE_DATABASE_URL", "postgresql://somebody:secret@127.0.0.1:1/footbridge")
    done = run("trust", "import", lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), "--trust", TRUST)
    assert done.exit_code == 1
    assert "was not reached" in done.stderr
    assert "secret" not in done.output
