"""Commands find the embedded server, start it where none runs, and make Footbridge's database on it once."""

from pathlib import Path

import psycopg
import pytest

from footbridge.command.administrator import DATABASE
from footbridge.command.reach import reach_addresses
from footbridge.runtime.addresses import libpq_address
from footbridge.runtime.database import Role
from footbridge.runtime.postgres import running_server
from footbridge.runtime.settings import Settings


def test_a_state_folder_that_was_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "elsewhere"
    settings = Settings(state=state, port=8000, origin="http://127.0.0.1", database_url=None, role_urls={})
    for told in (f"There was no {state}: a new, empty database is made there.\n", ""):
        with reach_addresses(settings):
            assert capsys.readouterr().err == told


def test_the_embedded_server_is_started_joined_and_ended(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path, port=8000, origin="http://127.0.0.1", database_url=None, role_urls={})
    with reach_addresses(settings) as started:
        server = running_server(tmp_path)
        assert server is not None
        with reach_addresses(settings) as joined:
            assert joined == started
        assert running_server(tmp_path) == server
        with psycopg.connect(libpq_address(started[Role.REGISTER])) as connection:
            answer = connection.execute("select current_database(), count(*) from register.trust").fetchone()
        assert answer == (DATABASE, 0)
    assert running_server(tmp_path) is None
    with reach_addresses(settings) as again:
        assert {role: address.database for role, address in again.items()} == dict.fromkeys(Role, DATABASE)
