"""`footbridge token` shows a token once; `footbridge directory add` takes a whole file of groups or nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.command.conftest import Run
from tests.exchange import lookalikes
from tests.exchange.lookalikes import GIAS_SCHOOL
from tests.foundation.server import Copy

TRUST = "Wend Valley Trust"


@pytest.fixture
def trust(run: Run, tmp_path: Path) -> str:
    assert run("trust", "import", lookalikes.gias_extract(tmp_path, GIAS_SCHOOL), "--trust", TRUST).exit_code == 0
    return TRUST


def rows_of(copy: Copy, query: str) -> Sequence[tuple[object, ...]]:
    with copy.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.mark.usefixtures("trust")
def test_a_token_is_shown_once_kept_as_a_hash_and_revoked(run: Run, fresh_copy: Copy) -> None:
    made = run("token", "create", "--school", "900001", "--scope", "read", "--scope", "write", "--name", "Sync")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    ((token_hash, scopes, name, revoked),) = rows_of(
        fresh_copy, "select token_hash, scopes, name, revoked_at is not null from directory.token"
    )
    assert (scopes, name, revoked) == (["read", "write"], "Sync", False)
    assert secret not in str(token_hash)
    assert str(token_hash) in made.stderr
    assert run("token", "revoke", secret).exit_code == 0
    assert rows_of(fresh_copy, "select revoked_at is not null from directory.token") == [(True,)]


@pytest.mark.usefixtures("trust")
def test_a_token_of_nobody_we_know_is_refused(run: Run, fresh_copy: Copy) -> None:
    assert run("token", "create", "--school", "900009", "--scope", "read", "--name", "Sync").exit_code == 1
    assert run("token", "create", "--trust", "Nobody", "--scope", "read", "--name", "Sync").exit_code == 1
    writes = run("token", "create", "--trust", "Nobody", "--scope", "read", "--scope", "write", "--name", "Sync")
    assert (writes.exit_code, "nothing is changed at a trust" in writes.stderr) == (2, True)
    assert rows_of(fresh_copy, "select count(*) from directory.token") == [(0,)]


@pytest.mark.parametrize("scopes", [("adhoc",), ("introspect", "adhoc"), ("read", "introspect")])
@pytest.mark.usefixtures("trust")
def test_a_token_that_could_do_nothing_with_a_scope_is_not_made(
    run: Run, fresh_copy: Copy, scopes: tuple[str, ...]
) -> None:
    given = [word for scope in scopes for word in ("--scope", scope)]
    assert run("token", "create", "--school", "900001", "--name", "Sync", *given).exit_code == 2
    assert rows_of(fresh_copy, "select count(*) from directory.token") == [(0,)]


def add(run: Run, trust: str, groups: Path, *more: str | Path) -> int:
    address = ("--issuer", "https://login.wend.example", "--client-id", "footbridge", "--domain", "wend.example")
    done = run("directory", "add", "--trust", trust, *address, "--groups", groups, *more)
    return done.exit_code


def test_a_directory_is_added_with_its_groups(run: Run, fresh_copy: Copy, trust: str, tmp_path: Path) -> None:
    groups = lookalikes.write_text(tmp_path, "group,post,school\nheads,head,900001\nexecs,trust executive,\n")
    secret = lookalikes.write_text(tmp_path, "hush\n", name="secret")
    assert add(run, trust, groups, "--client-secret-file", secret) == 0
    assert rows_of(fresh_copy, "select group_name, role, school_id is null from directory.group_post order by 1") == [
        ("execs", "trust executive", True),
        ("heads", "head", False),
    ]
    assert rows_of(fresh_copy, "select issuer_url, client_id, client_secret from directory.issuer") == [
        ("https://login.wend.example", "footbridge", "hush")
    ]
    assert rows_of(fresh_copy, "select domain from directory.email_domain") == [("wend.example",)]


@pytest.mark.parametrize(
    ("line", "code"),
    [("heads,wizard,", 3), ("heads,head,900009", 1), ("execs,trust executive,,North hub", 1)],
)
def test_groups_that_are_not_all_usable_change_nothing(
    run: Run, fresh_copy: Copy, trust: str, tmp_path: Path, line: str, code: int
) -> None:
    text = f"group,post,school,trust group\n{line}{',' * (3 - line.count(','))}\ngovernors,governor,900001,\n"
    assert add(run, trust, lookalikes.write_text(tmp_path, text)) == code
    assert rows_of(fresh_copy, "select count(*) from directory.group_post") == [(0,)]
    assert rows_of(fresh_copy, "select count(*) from directory.issuer") == [(0,)]
