"""The `footbridge` command: for operators, and for the demo. A command imports what it needs when it runs."""

from typing import Annotated

import typer

from footbridge.command import audits, calendars, directories, facts, observations, tokens, trusts
from footbridge.command.migration import migrate
from footbridge.command.outcome import refusals
from footbridge.runtime.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(trusts.app, name="trust")
app.add_typer(facts.app, name="facts")
app.add_typer(observations.app, name="observations")
app.add_typer(calendars.app, name="calendar")
app.add_typer(directories.app, name="directory")
app.add_typer(tokens.app, name="token")
app.add_typer(audits.app, name="audit")
app.command()(migrate)


@app.callback()
def footbridge() -> None:
    """A school's record of community partnership, and a fair comparison across its trust."""


@app.command()
def demo() -> None:
    """Start database, directory, gateway and worker with a fictional trust of twelve schools."""
    from footbridge.command.demo import run_demo

    with refusals():
        run_demo(Settings.from_environment())


@app.command()
def tour(
    origin: Annotated[str | None, typer.Option(help="Where the demo runs; as FOOTBRIDGE_PORT says without it.")] = None,
) -> None:
    """Import, sign in, record, preview, share, compare: the main job, on the running demo."""
    from footbridge.command.tour import run_tour

    with refusals():
        run_tour(Settings.from_environment(), origin)


@app.command()
def contract() -> None:
    """Print both schemas into frontend-contract/, to be reviewed and committed."""
    from footbridge.command.contract import write_contract

    write_contract()


@app.command()
def gateway() -> None:
    """Serve both GraphQL endpoints and the sign-in, until Ctrl-C."""
    from footbridge.command.gateway_process import serve_gateway

    with refusals():
        serve_gateway(Settings.from_environment())


@app.command()
def worker() -> None:
    """Work off the jobs that requests left, until Ctrl-C."""
    from footbridge.command.worker_process import serve_worker

    with refusals():
        serve_worker(Settings.from_environment())


def main() -> None:
    app()


if __name__ == "__main__":
    main()
