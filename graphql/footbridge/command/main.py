"""The `footbridge` command: for operators, and for the demo. A command imports what it needs when it runs."""

import importlib
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from footbridge.command.terminal import refusals
from footbridge.runtime.settings import Settings

GROUPS = {
    "trust": "trusts",
    "facts": "facts",
    "observations": "observations",
    "calendar": "calendars",
    "directory": "directories",
    "token": "tokens",
    "client": "clients",
    "audit": "audits",
}


class OnDemand(TyperGroup):
    """Imports a group of commands when it is asked for, so that `footbridge demo` does not wait for the others."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"footbridge.command.{GROUPS[cmd_name]}")
        group = typer.main.get_command(module.app)
        group.name = cmd_name
        return group


app = typer.Typer(cls=OnDemand, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def footbridge() -> None:
    """A school's record of community partnership, and a fair comparison across its trust."""


@app.command()
def migrate() -> None:
    """Bring the database to the newest shape; makes the login roles that are missing."""
    from footbridge.command.migration import migrate as run

    run()


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
    """Write schemas, rights and costs into frontend-contract/, to be reviewed and committed."""
    from footbridge.command.contract import write_contract

    with refusals():
        write_contract()


@app.command()
def explain(
    operation: Annotated[str, typer.Argument(help="A name of our contract (Comparisons, school/Measures), or a file.")],
    variables: Annotated[str, typer.Option(help='As JSON: {"period": "2025-26"}.')] = "{}",
    school: Annotated[str | None, typer.Option(help="The URN of the school at which to look.")] = None,
    trust: Annotated[str | None, typer.Option(help="Name or UID of the trust at which to look.")] = None,
    side: Annotated[
        Literal["school", "trust"] | None, typer.Option(help="For which schema the operation is written.")
    ] = None,
    analyze: Annotated[
        bool, typer.Option("--analyze", help="Run the statements too, and tell times and buffers.")
    ] = False,
) -> None:
    """Show the one SQL statement of each root field of an operation, and PostgreSQL's plan for it."""
    from footbridge.command.explain import run_explain

    run_explain(operation, variables=variables, school=school, trust=trust, side=side, analyze=analyze)


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
