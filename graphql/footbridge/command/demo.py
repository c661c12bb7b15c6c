"""`footbridge demo`: everything on one machine, with a fictional trust, until Ctrl-C."""

import asyncio
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from rich.table import Table
from sqlalchemy import URL

from footbridge.command import demo_directory
from footbridge.command.administrator import embedded_address, given_address, unreached_is_told
from footbridge.command.demo_directory import DirectoryClient, DirectoryDescription, DirectoryPerson
from footbridge.command.demo_people import demo_people
from footbridge.command.terminal import console
from footbridge.runtime.addresses import GATEWAY_ROLES, WORKER_ROLES
from footbridge.runtime.database import Role
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.ports import require_free_port
from footbridge.runtime.postgres import EmbeddedPostgres
from footbridge.runtime.private_files import make_private_folder, write_private
from footbridge.runtime.processes import Supervisor, ending_on_signals
from footbridge.runtime.roles import make_roles
from footbridge.runtime.settings import DEFAULT_PORT, Settings
from footbridge.runtime.tether import die_with_parent

CLIENT_ID = "footbridge"
HOST = "127.0.0.1"
READY_WITHIN = 60.0


class NotReady(FootbridgeError):
    code = "NOT_READY"

    def __init__(self, address: str) -> None:
        super().__init__(f"{address} did not answer within {READY_WITHIN:.0f} seconds.")


def run_demo(settings: Settings) -> None:
    """Until Ctrl-C, or until the process that started it ends."""
    die_with_parent(signal.SIGTERM)
    with ending_on_signals():
        require_free_port(HOST, settings.port)
        require_free_port(HOST, settings.directory_port, purpose="the demo directory")
        with Supervisor(settings.state / "log") as supervisor:
            _serve(settings, supervisor)
    console().print("Stopped.")


def _serve(settings: Settings, supervisor: Supervisor) -> None:
    password = _password(settings.state)
    _start_directory(settings, supervisor, password)
    with _administrator(settings, supervisor) as administrator:
        with unreached_is_told(administrator):
            addresses = make_roles(administrator, settings)
        # Started before the schema is there, since it takes a while to come up; nobody is told its address yet.
        gateway = _environment(settings, addresses, GATEWAY_ROLES)
        supervisor.start("gateway", [sys.executable, "-m", "footbridge.command.gateway_process"], environment=gateway)
        from footbridge.command import demo_load  # here, so that the others are on their way

        demo_load.prepare_schema(administrator)
        asyncio.run(demo_load.load_demo(addresses, issuer=_issuer(settings), client_id=CLIENT_ID))
        _await(supervisor, f"{_origin(settings)}/readyz")
        _await(supervisor, f"{_issuer(settings)}/.well-known/openid-configuration")
        # Last, since nobody waits for it: it completes what a request could not.
        worker = _environment(settings, addresses, WORKER_ROLES)
        supervisor.start("worker", [sys.executable, "-m", "footbridge.command.worker_process"], environment=worker)
        _tell(settings, password)
        supervisor.wait()


@contextmanager
def _administrator(settings: Settings, supervisor: Supervisor) -> Iterator[URL]:
    """The given server, or the embedded one for as long as the demo runs."""
    if settings.database_url is not None:
        yield given_address(settings.database_url)
        return
    postgres = EmbeddedPostgres(settings.state)
    with console().status("Starting PostgreSQL …"):
        server = postgres.start()
    try:
        supervisor.watch(postgres.child)
        yield embedded_address(server)
    finally:
        # The children end first: they hold connections, and a job under way is finished.
        supervisor.stop()
        postgres.stop()


def _start_directory(settings: Settings, supervisor: Supervisor, password: str) -> None:
    client = DirectoryClient(
        client_id=CLIENT_ID,
        redirect_uris=(f"{_origin(settings)}/sign-in/callback",),
        post_logout_redirect_uris=(f"{_origin(settings)}/",),
    )
    people = tuple(
        DirectoryPerson(
            user_name=person.user_name, given_name=person.given_name, family_name=person.family_name,
            email=person.email, password=password, groups=person.groups,
        )
        for person in demo_people()
    )  # fmt: skip
    description = DirectoryDescription(people=people, clients=(client,), name="Lantern Vale directory (demo)")
    file = settings.state / "directory.json"
    write_private(file, description.to_json())
    port = str(settings.directory_port)
    supervisor.start("directory", [sys.executable, "-m", demo_directory.__name__, "--port", port, str(file)])


def _environment(settings: Settings, addresses: Mapping[Role, URL], roles: tuple[Role, ...]) -> dict[str, str]:
    """A process gets the addresses of the roles it needs, and of no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTBRIDGE_DATABASE_URL")}
    own = {f"FOOTBRIDGE_DATABASE_URL_{role.upper()}": addresses[role].render_as_string(False) for role in roles}
    return kept | own | {"FOOTBRIDGE_PORT": str(settings.port), "FOOTBRIDGE_STATE": str(settings.state)}


def _await(supervisor: Supervisor, address: str) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        supervisor.check()
        if _answers(address):
            return
        time.sleep(0.05)
    raise NotReady(address)


def _answers(address: str) -> bool:
    host, path = address.removeprefix("http://").split("/", 1)
    connection = HTTPConnection(host, timeout=2)
    try:
        connection.request("GET", f"/{path}")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _tell(settings: Settings, password: str) -> None:
    people = Table("User name", "E-mail", "Posts", title="People of the demo trust", title_justify="left")
    for person in demo_people():
        people.add_row(person.user_name, person.email, "\n".join(person.posts))
    out = console()
    out.print(people)
    out.print(f"\nFootbridge   {_origin(settings)}/   (sign in with one of the e-mail addresses)")
    out.print(f"Directory    {_issuer(settings)}/   (password of everybody: {password})")
    out.print(f"Logs         {settings.state / 'log'}")
    tour = f"{'' if settings.port == DEFAULT_PORT else f'FOOTBRIDGE_PORT={settings.port} '}.venv/bin/footbridge tour"
    out.print(f"\nCtrl-C ends it. In another terminal, [bold]{tour}[/bold] walks through the main job.")


def _password(state: Path) -> str:
    """Made once for this state; everybody in the demo directory has it, on this machine only."""
    file = make_private_folder(state) / "demo-password"
    if not file.exists():
        write_private(file, secrets.token_urlsafe(9))
    return file.read_text(encoding="utf-8").strip()


def _origin(settings: Settings) -> str:
    return settings.origin


def _issuer(settings: Settings) -> str:
    return demo_directory.issuer(settings.directory_port)
