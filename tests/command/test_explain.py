"""`footbridge explain` shows each root field's statement and plan, and nothing of anybody's record."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from footbridge.command.explanation import COMPUTED, NO_ROW, ORDINARY
from footbridge.command.main import app
from footbridge.command.person import operation_names
from footbridge.command.readable_statement import readable
from tests.foundation.people import World, WorldSchool, WorldTrust
from tests.foundation.server import Copy, Server

Explain = Callable[..., Result]
PERIOD = "2024-25"
VARIABLES: dict[str, dict[str, Any]] = {
    "SchoolCalendar": {"period": PERIOD},
    "Figure": {"measureId": "contact-hours", "period": PERIOD},
    "PublicationPreview": {"period": PERIOD},
    "SiblingStanding": {"measureId": "persistent-absence", "period": PERIOD},
    "Comparisons": {"period": PERIOD},
    "Comparison": {"measureId": "persistent-absence", "period": PERIOD},
    "SchoolReleases": {"urn": "900001"},
    "Release": {"id": "rel_" + "0" * 32},
}


@pytest.fixture
def explain(server: Server, fresh_world_copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Explain:
    address = fresh_world_copy.administrator.render_as_string(hide_password=False)
    monkeypatch.setenv("FOOTBRIDGE_DATABASE_URL", address)
    monkeypatch.setenv("FOOTBRIDGE_STATE", str(server.state))

    def invoke(operation: str | Path, *options: str, **variables: Any) -> Result:
        sent = ("--variables", json.dumps(variables)) if variables else ()
        return CliRunner().invoke(app, ["explain", str(operation), *options, *sent])

    return invoke


@pytest.fixture
def school(world: World) -> WorldSchool:
    return world.schools[0]


@pytest.fixture
def trust(world: World) -> WorldTrust:
    return world.trusts[0]


def rows_of(copy: Copy, query: str) -> list[Any]:
    with copy.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_query_is_shown_with_its_statement_its_parameters_and_its_plan(
    explain: Explain, trust: WorldTrust, school: WorldSchool
) -> None:
    done = explain("SchoolReleases", "--trust", trust.uid, urn=school.urn, first=7)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("query SchoolReleases, sha256:")
    assert ", as footbridge_trust, READ ONLY\n" in done.stdout
    assert "\nschool: one statement.\n" in done.stdout
    assert re.search(r"^select coalesce\(\(\n  select", done.stdout, re.MULTILINE)
    assert re.search(rf"^  \$\d+ urn of school = {school.urn}$", done.stdout, re.MULTILINE)
    assert re.search(r"^  \$\d+ page_size of releases = 7$", done.stdout, re.MULTILINE)
    assert re.search(r"^  \$\d+ trust_id of school$", done.stdout, re.MULTILINE)
    assert re.search(r"^  Result +\(cost=", done.stdout, re.MULTILINE)
    assert "actual" not in done.stdout


def test_analyze_runs_the_statement_and_tells_times_and_buffers(explain: Explain, school: WorldSchool) -> None:
    done = explain("Partnerships", "--school", school.urn, "--analyze")
    assert done.exit_code == 0, done.output
    assert re.search(r"Seq Scan on partnership r?\w*.*\(actual .*rows=[1-9]|Scan .*partnership.*\(actual ", done.stdout)
    assert "Buffers: shared" in done.stdout
    assert "Execution Time:" in done.stdout


@pytest.mark.parametrize("side", ["school", "trust"])
def test_every_operation_of_the_contract_is_explained_and_nothing_of_the_record_is_shown(
    explain: Explain, world: World, side: str
) -> None:
    school, trust = world.schools[0], world.trusts[0]
    at = ("--school", school.urn) if side == "school" else ("--trust", trust.uid)
    hidden = {*world.words, str(school.id), str(trust.id), school.head.name}
    for name in operation_names(side):
        done = explain(f"{side}/{name}", *at, "--analyze", **VARIABLES.get(name, {}))
        assert done.exit_code == 0, (name, done.output)
        assert not [word for word in hidden if word in done.output], (name, done.output)
        assert re.search(f"one statement|{re.escape(ORDINARY)}|{re.escape(COMPUTED)}|{NO_ROW}", done.stdout), name


def test_fields_without_a_statement_say_so(explain: Explain, school: WorldSchool) -> None:
    ordinary = explain("Figure", "--school", school.urn, **VARIABLES["Figure"])
    assert "figure: run by the ordinary path" in ordinary.stdout
    computed = explain("school/Measures", "--school", school.urn)
    assert "measures: worked out by Python; the database is not asked." in computed.stdout
    assert "Plan:" not in ordinary.stdout + computed.stdout


def test_a_mutation_is_explained_by_its_answer_and_changes_nothing(
    explain: Explain, school: WorldSchool, fresh_world_copy: Copy
) -> None:
    query = "select * from school.session order by id"
    before = rows_of(fresh_world_copy, query)
    assert before
    done = explain("RemoveSession", "--school", school.urn, "--analyze")
    assert done.exit_code == 0, done.output
    assert "removeSession: one statement; its effects are not run" in done.stdout
    assert "Execution Time:" in done.stdout
    assert rows_of(fresh_world_copy, query) == before


def test_explaining_leaves_no_trace(explain: Explain, trust: WorldTrust, fresh_world_copy: Copy) -> None:
    """No access record, no event, and what others remember of the register still holds."""
    queries = (
        "select count(*) from delegation.access_record",
        "select count(*) from audit.event",
        "select number from register.version",
    )
    before = [rows_of(fresh_world_copy, query) for query in queries]
    done = explain("Comparisons", "--trust", trust.uid, "--analyze", period=PERIOD)
    assert done.exit_code == 0, done.output
    assert [rows_of(fresh_world_copy, query) for query in queries] == before


def test_a_document_of_ones_own_is_read_from_its_file(explain: Explain, school: WorldSchool, tmp_path: Path) -> None:
    file = tmp_path / "Own.graphql"
    file.write_text("query Own { school { urn } }", encoding="utf-8")
    done = explain(file, "--school", school.urn)
    assert done.exit_code == 0, done.output
    assert "school: one statement." in done.stdout
    file.write_text("query Own { nothing }", encoding="utf-8")
    done = explain(file, "--school", school.urn)
    assert done.exit_code == 1
    assert "Cannot query field 'nothing'" in done.stderr


@pytest.mark.parametrize(
    ("asked", "options", "told"),
    [
        ("Compare", ("--trust", "x-kestrelword"), "There is no operation Compare .* Did you mean Comparison"),
        ("Comparison", ("--school", "900001"), "There is no operation Comparison for a school"),
        ("Measures", (), "Both sides have an operation Measures: say school/Measures or trust/Measures"),
        ("Figure", (), "Figure is an operation of a school: say which one, with --school and its URN"),
        ("Trust", ("--trust", "1", "--school", "1"), "Trust is an operation of a trust: say which one"),
        ("none.graphql", (), "There is no file none.graphql"),
        ("School", ("--school", "123456"), "There is no such school with the URN 123456 here"),
        ("Trust", ("--trust", "99999"), "There is no such trust as “99999” here"),
        ("Comparisons", ("--trust", "x-kestrelword"), "period.*non-null type 'String!'"),
        ("Comparisons", ("--trust", "x-kestrelword", "--variables", "{"), "--variables is no JSON"),
        ("Comparisons", ("--trust", "x-kestrelword", "--variables", "[]"), "--variables is one object"),
        ("School", ("--school", "900001", "--variables", '{"fact": 1}'), "no variable fact: it takes after, facts"),
        ("School", ("--school", "900001", "--variables", '{"facts": "x"}'), "Int cannot represent"),
        ("RecordSession", ("--school", "900001", "--variables", '{"input": 1}'), "object"),
        ("Comparisons", ("--trust", "x-kestrelword", "--variables", '{"period": "x"}'), "comparisons: .*x"),
    ],
)
def test_what_cannot_be_explained_is_told_in_words(
    explain: Explain, asked: str, options: tuple[str, ...], told: str
) -> None:
    done = explain(asked, *options)
    assert done.exit_code == 1, done.output
    assert re.search(told, done.stderr), done.stderr
    assert "Traceback" not in done.output


def test_a_readable_statement_is_the_same_statement() -> None:
    sql = (
        "select coalesce((select 'from (' || 'it''s\x01' from (SELECT a \nFROM t LEFT JOIN u ON b) r1 limit 1), '\x02')"
    )
    assert readable(sql).splitlines() == [
        "select coalesce((",
        "  select 'from (' || 'it''s\\x01'",
        "  from (",
        "    SELECT a",
        "    FROM t",
        "    LEFT JOIN u ON b",
        "  ) r1",
        "  limit 1",
        "), '\\x02')",
    ]
