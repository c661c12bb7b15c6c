"""`footbridge audit`: the chain over the audit log."""

import typer

from footbridge.audit.seal import find_broken_seal, seal_all
from footbridge.command.outcome import carry_out
from footbridge.command.terminal import refusals, say
from footbridge.runtime.errors import FootbridgeError

app = typer.Typer(help="The chain over the audit log.", no_args_is_help=True)


class AuditLogChanged(FootbridgeError):
    code = "AUDIT_LOG_CHANGED"

    def __init__(self, position: int) -> None:
        super().__init__(f"The audit log was changed: seal {position} does not fit its event and the seal before it.")


@app.callback()
def audit() -> None:
    """The chain over the audit log."""


@app.command()
def verify() -> None:
    """Seal what is new, then check every seal against its event and the seal before it."""
    sealed = carry_out(seal_all, task="Sealing …")
    broken = carry_out(find_broken_seal, task="Checking every seal …")
    if broken is not None:
        with refusals():
            raise AuditLogChanged(broken)
    say(f"Every seal fits; {sealed} events were sealed just now.")
