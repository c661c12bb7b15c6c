"""`footbridge observations`: recorded figures of schools."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated

import typer

from footbridge.command.outcome import carry_out, finish
from footbridge.command.terminal import say
from footbridge.exchange.observation_import import (
    ObservationImport,
    import_observations_of_school,
    import_observations_of_trust,
)
from footbridge.exchange.published_share_import import import_published_shares
from footbridge.runtime.database import Database

app = typer.Typer(help="Recorded figures of schools.", no_args_is_help=True)


@app.callback()
def observations() -> None:
    """Recorded figures of schools."""


@app.command("import")
def import_observations(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV of figures, or DfE's absence file.")],
    school: Annotated[str | None, typer.Option(help="The URN of the one school whose figures these are.")] = None,
    trust: Annotated[str | None, typer.Option(help="Name or UID of the trust, for a file of several schools.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the figures come from, if the rows do not say.")] = None,
    measure: Annotated[str | None, typer.Option(help="For a file of DfE's: its measure, persistent-absence.")] = None,
    period: Annotated[str | None, typer.Option(help="For a file of DfE's: the academic year, as 2018/19.")] = None,
) -> None:
    """Record figures: numerator and denominator, or a percentage and a roll.

    With --measure and --period the file is DfE's: each school's percentage becomes a figure over its census roll.
    """
    if (school is None) == (trust is None):
        raise typer.BadParameter("say whose figures these are, by --school or by --trust")
    if (measure is None) != (period is None) or (measure is not None and (trust is None or source is None)):
        raise typer.BadParameter("a file of DfE's takes --measure, --period, --trust and --source together")

    def work(database: Database) -> Awaitable[ObservationImport]:
        if measure is not None and period is not None and trust is not None and source is not None:
            return import_published_shares(database, file, measure=measure, period=period, trust=trust, source=source)
        if trust is not None:
            return import_observations_of_trust(database, file, trust=trust, source=source)
        return import_observations_of_school(database, file, urn=school or "", source=source)

    _tell(carry_out(work, task=f"Reading {file.name} …"))


def _tell(done: ObservationImport) -> None:
    schools = "one school" if len(done.schools) == 1 else f"{len(done.schools)} schools"
    say(f"Figures of {schools}; the file was read as {done.encoding}.")
    for each in done.schools:
        recorded = each.recorded
        say(f"  {each.school.name} ({each.school.urn}): {recorded.added} new, {recorded.replaced} replaced, "
            f"{recorded.unchanged} as before")  # fmt: skip
    for school in done.without_figures:
        say(f"  {school.name} ({school.urn}): no figure in the file")
    finish(done.problems, done.notes)
