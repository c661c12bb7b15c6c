"""`footbridge client` registers a frontend with a whole manifest or not at all, and ends it at once."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from typer.testing import Result

from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.school.schema import school_schema
from footbridge.runtime.clock import today
from footbridge.runtime.resources import contract_folder
from tests.command.conftest import Run
from tests.foundation.server import Copy

ORIGIN = "https://dashboard.trust.example"
NEXT_YEAR = today() + timedelta(days=365)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two operations of our own contract, which fit for certain."""
    ours = contract_folder() / "operations"
    for name in ("school/School", "trust/Trust"):
        file = tmp_path / "manifest" / f"{name}.graphql"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((ours / f"{name}.graphql").read_bytes())
    return tmp_path / "manifest"


def add(run: Run, manifest: Path, *more: str, name: str = "Dashboard", review_on: date = NEXT_YEAR) -> Result:
    named = ("--name", name, "--owner", "Wend Valley Trust", "--manifest", manifest, "--review-on", str(review_on))
    return run("client", "add", *named, *(more or ("--origin", ORIGIN, "--redirect", f"{ORIGIN}/signed-in")))


def rows_of(copy: Copy, query: str) -> Sequence[tuple[object, ...]]:
    with copy.connect() as connection:
        return connection.execute(query.encode()).fetchall()


def clients_in(copy: Copy) -> Sequence[tuple[object, ...]]:
    return rows_of(copy, "select name from register.client")


def test_a_client_is_added_with_the_id_and_cost_of_each_operation(run: Run, fresh_copy: Copy, manifest: Path) -> None:
    done = add(run, manifest)
    assert done.exit_code == 0, done.output
    [document] = load_documents(manifest / "school", school_schema._schema).values()
    [line] = [line for line in done.stdout.splitlines() if line.startswith("school")]
    assert line.split() == ["school", "School", document.id, "costs", f"{document.cost:,}"]
    assert done.stdout.splitlines()[-1].endswith("created. Operations: 2.")
    found = "select side, document_id, name, text, cost from register.client_document order by side limit 1"
    assert rows_of(fresh_copy, found) == [("school", document.id, "School", document.text, document.cost)]
    stored = "select name, owner, review_on, redirect_addresses from register.client"
    assert rows_of(fresh_copy, stored) == [("Dashboard", "Wend Valley Trust", NEXT_YEAR, [f"{ORIGIN}/signed-in"])]
    assert rows_of(fresh_copy, "select origin from register.client_origin") == [(ORIGIN,)]


def test_our_own_contract_would_do_as_a_clients(run: Run, tmp_path: Path) -> None:
    folder = copytree(contract_folder() / "operations", tmp_path / "operations")
    done = add(run, folder)
    assert done.exit_code == 0, done.output
    assert f"Operations: {len(list(folder.rglob('*.graphql')))}." in done.stdout


def test_adding_again_tells_what_changed_and_what_was_withdrawn(run: Run, manifest: Path) -> None:
    add(run, manifest)
    assert "unchanged. Operations: 2." in add(run, manifest).stdout
    (manifest / "trust" / "Trust.graphql").unlink()
    assert "updated. Operations: 1, withdrawn: 1." in add(run, manifest).stdout


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("school/Bad.graphql", "query Bad { school { nothing } }", "school/Bad.graphql"),
        ("school/Bad.graphql", "query Bad { school { name }", "school/Bad.graphql"),
        ("trust/Bad.graphql", "query Bad { school { name } }", "trust/Bad.graphql"),
        ("school/Bad.graphql", "query Other { school { name } }", "school/Bad.graphql"),
        ("school/Bad.graphql", "query Bad { school { name } } query More { school { name } }", "school/Bad.graphql"),
        ("school/Bad.graphql", "{ school { name } }", "school/Bad.graphql"),
        ("school/Bad.graphql", "", "school/Bad.graphql"),
        ("school/Bad.graphql", "# \0\nquery Bad { school { name } }", "Bad"),
        ("Bad.graphql", "query Bad { school { name } }", "Bad.graphql: an operation stands in school/"),
        ("schools/Bad.graphql", "query Bad { school { name } }", "schools/Bad.graphql"),
        ("school/more/Bad.graphql", "query Bad { school { name } }", "school/more/Bad.graphql"),
    ],
)
def test_an_operation_that_does_not_fit_refuses_the_whole_manifest(
    run: Run, fresh_copy: Copy, manifest: Path, file: str, text: str, told: str
) -> None:
    (manifest / file).parent.mkdir(parents=True, exist_ok=True)
    (manifest / file).write_text(text, encoding="utf-8")
    done = add(run, manifest)
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in done.stderr
    assert clients_in(fresh_copy) == []


def test_bytes_that_are_no_text_are_told(run: Run, fresh_copy: Copy, manifest: Path) -> None:
    (manifest / "school" / "Bad.graphql").write_bytes(b"query Bad { school { name } } # \xff")
    done = add(run, manifest)
    assert done.exit_code == 1
    assert "school/Bad.graphql" in done.stderr
    assert clients_in(fresh_copy) == []


def test_an_operation_that_costs_too_much_is_refused_before_it_is_registered(
    run: Run, fresh_copy: Copy, manifest: Path
) -> None:
    deep = "query Deep { school { ...A0 } }\n" + "\n".join(
        f"fragment A{level} on School {{ a: name ...A{level + 1} b: name ...A{level + 1} }}" for level in range(60)
    )
    text = f"{deep}\nfragment A60 on School {{ name }}\n"
    (manifest / "school" / "Deep.graphql").write_text(text, encoding="utf-8")
    done = add(run, manifest)
    assert done.exit_code == 1
    assert "school/Deep.graphql" in done.stderr
    assert clients_in(fresh_copy) == []


def test_an_empty_folder_is_no_manifest(run: Run, tmp_path: Path) -> None:
    done = add(run, tmp_path)
    assert done.exit_code == 1
    assert "holds no operation" in done.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--origin", "http://dashboard.trust.example"), "https://"),
        (("--origin", "https://*.trust.example"), "cannot be an origin"),
        (("--origin", ORIGIN, "--redirect", "https://evil.example/"), "not among"),
        (("--origin", "http://127.0.0.1:8000"), "Footbridge itself"),
    ],
)
def test_an_address_that_cannot_be_trusted_is_refused(
    run: Run, fresh_copy: Copy, manifest: Path, more: tuple[str, ...], told: str
) -> None:
    done = add(run, manifest, *more)
    assert done.exit_code == 1
    assert told in done.stderr
    assert clients_in(fresh_copy) == []


def test_an_origin_of_another_client_is_refused_until_that_is_revoked(run: Run, manifest: Path) -> None:
    add(run, manifest)
    assert "“Dashboard”" in add(run, manifest, name="Other").stderr
    revoked = run("client", "revoke", "dashboard")
    assert (revoked.exit_code, revoked.stdout) == (0, "Dashboard is revoked.\n")
    assert add(run, manifest, name="Other").exit_code == 0


def test_the_list_marks_those_whose_review_is_due(run: Run, fresh_copy: Copy, manifest: Path) -> None:
    assert run("client", "list").stdout == "No client is registered.\n"
    add(run, manifest)
    add(run, manifest, "--origin", "https://other.example", name="Other")
    with fresh_copy.connect() as connection:
        connection.execute("update register.client set review_on = '2026-03-01' where name = 'Other'")
    dashboard, returns, other, count = run("client", "list").stdout.splitlines()
    assert dashboard == f"Dashboard ({ORIGIN}), of Wend Valley Trust, to be reviewed on {NEXT_YEAR:%d %B %Y}"
    assert returns == f"  returns to {ORIGIN}/signed-in"
    assert other == "Other (https://other.example), of Wend Valley Trust, REVIEW IS DUE since 01 March 2026"
    assert count == "Clients: 2, to be reviewed: 1."


def test_a_revoked_client_is_listed_as_such(run: Run, manifest: Path) -> None:
    add(run, manifest)
    run("client", "revoke", "Dashboard")
    dashboard, count = run("client", "list").stdout.splitlines()
    assert dashboard == f"Dashboard, of Wend Valley Trust, revoked on {today():%d %B %Y}"
    assert count == "Clients: 1, to be reviewed: 0."


def test_revoking_a_client_that_never_was_is_told(run: Run) -> None:
    done = run("client", "revoke", "Nobody")
    assert done.exit_code == 1
    assert "“Nobody”" in done.stderr


def test_a_manifest_is_checked_without_registering_anything(run: Run, fresh_copy: Copy, manifest: Path) -> None:
    done = run("client", "check", "--manifest", manifest)
    assert done.exit_code == 0, done.output
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["school", "School"], ["trust", "Trust"]]
    assert clients_in(fresh_copy) == []


def test_a_mutation_takes_its_key_from_outside(run: Run, manifest: Path) -> None:
    text = 'mutation Add { addActivity(title: "T", category: WIDER_LIFE_SKILLS, idempotencyKey: "k") { __typename } }'
    (manifest / "school" / "Add.graphql").write_text(text, encoding="utf-8")
    done = run("client", "check", "--manifest", manifest)
    assert done.exit_code == 1
    assert "school/Add.graphql: take idempotencyKey as a variable" in done.output
