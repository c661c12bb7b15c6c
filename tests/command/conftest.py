"""Commands run as the operator runs them, against a database of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from footbridge.command.main import app
from tests.foundation.server import Copy, Server

Run = Callable[..., Result]


@pytest.fixture
def run(server: Server, fresh_copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("trust", "import", path, …)`: its exit code, standard output and error."""
    monkeypatch.setenv("FOOTBRIDGE_DATABASE_URL", fresh_copy.administrator.render_as_string(hide_password=False))
    monkeypatch.setenv("FOOTBRIDGE_STATE", str(server.state))
    monkeypatch.setenv("COLUMNS", "200")

    def invoke(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke
