"""`footbridge tour`: walks through the main job on a running demo, over HTTP, and shows what each one sees."""

import asyncio
import csv
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from rich.table import Table
from rich.text import Text

from footbridge.command.browser import Credentials
from footbridge.command.demo_people import demo_people
from footbridge.command.demo_schools import SCHOOLS, TRUST_NAME, TRUST_UID, YEARS
from footbridge.command.main_job import Sharing, Who, attempts_at, record_session, share, signed_in
from footbridge.command.person import Person
from footbridge.command.terminal import console, say
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.settings import Settings

MEASURE = "pupil-participation"
PERIOD = YEARS[-1]
HELD_ON = date(2026, 6, 18)
# Elmstead has not shared its last year: what the tour shares is the only thing that it takes back when run again.
SCHOOL = next(school for school in SCHOOLS if school.urn == "990005")


class NothingAnswers(FootbridgeError):
    code = "NOTHING_ANSWERS"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Nothing answers at {address}. Run `make demo` in another terminal and leave it open; "
            "if it runs on another port, set FOOTBRIDGE_PORT here as well."
        )


class DemoNotRunning(FootbridgeError):
    code = "DEMO_NOT_RUNNING"

    def __init__(self) -> None:
        super().__init__("No demo is running here: run `make demo` in another terminal first, and leave it open.")


def run_tour(settings: Settings, origin: str | None = None) -> None:
    """Against the demo of this state folder; each step says what it saw, and a wrong one raises."""
    password, address = _password(settings), origin or settings.origin
    try:
        httpx.get(f"{address}/healthz", timeout=5, trust_env=False)
    except httpx.TransportError:
        raise NothingAnswers(address) from None
    asyncio.run(_walk(address, password))


def _password(settings: Settings) -> str:
    file = settings.state / "demo-password"
    if not file.exists():
        raise DemoNotRunning
    return file.read_text(encoding="utf-8").strip()


async def _walk(origin: str, password: str) -> None:
    say("1. The trust’s list of schools is imported (again: nothing changes).")
    _import_schools()
    head = _who("head", f"head, {SCHOOL.name}", password)
    executive = _who("trust executive", "trust executive", password)
    async with Person(origin) as person:
        me = await signed_in(person, head)
        say(f"2. {me['name']} signs in through the trust’s directory, as head of {SCHOOL.name}.")
        session = await record_session(person, SCHOOL.urn, HELD_ON)
        say(f"3. A session of {session['hours']} hours on {session['heldOn']} is recorded.")
        shared = await share(person, _sharing())
        say("4. What the trust would see, cell by cell:")
        console().print(preview_table(shared.preview))
        say(f"5. Signed: the release is {shared.release['state'].lower()}.")
    async with Person(origin) as person:
        me = await signed_in(person, executive)
        say(f"6. {me['name']} signs in as trust executive and compares.")
        compared = await person.at_trust(TRUST_UID, "Comparison", measureId=MEASURE, period=PERIOD.code)
        console().print(comparison_table(compared))
        tried = await attempts_at(person, SCHOOL.urn, TRUST_UID)
        say(f"7. {len(tried)} attempts of the executive at the school’s own rows: all refused.")
    async with Person(origin) as person:
        await signed_in(person, head)
        await _tell_head(person)


async def _tell_head(person: Person) -> None:
    standing = await person.at_school(SCHOOL.urn, "SiblingStanding", measureId=MEASURE, period=PERIOD.code)
    say(f"8. Among its siblings the school stands {standing['standing']} ({standing['others']} others).")
    records = await person.at_school(SCHOOL.urn, "AccessRecords", first=5)
    for record in records["nodes"][:1]:
        say(f"9. The head sees who read it: {record['readerName']} ({record['readerRole']}), {record['readAt']}.")


def _sharing() -> Sharing:
    row = {
        "measureId": MEASURE, "period": PERIOD.code, "numerator": SCHOOL.roll_in(PERIOD) * 3 // 5,
        "denominator": SCHOOL.roll_in(PERIOD), "source": "Counted by the school office",
    }  # fmt: skip
    note = "Year 11 left on study leave in May; their clubs ended with them."
    return Sharing(SCHOOL.urn, PERIOD, (MEASURE, "contact-hours"), (row,), note)


def _who(role: str, post: str, password: str) -> Who:
    """The one of the demo's people who has the post, as the demo's table prints it."""
    person = next(person for person in demo_people() if post in person.posts)
    return Who(person.email, Credentials(person.user_name, password), role)


def _import_schools() -> None:
    """By the command itself, as an operator would, from a file as GIAS writes them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "schools.csv"
        with file.open("w", newline="", encoding="cp1252") as opened:
            writer = csv.writer(opened)
            writer.writerow(["URN", "EstablishmentName", "Trusts (code)", "Trusts (name)"])
            writer.writerows([school.urn, school.name, TRUST_UID, TRUST_NAME.upper()] for school in SCHOOLS)
        command = [sys.executable, "-m", "footbridge.command.main", "trust", "import", str(file), "--trust", TRUST_NAME]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        say(f"   {line}")
    if done.returncode != 0:
        raise ImportRefused(done.stderr)


class ImportRefused(FootbridgeError):
    code = "IMPORT_REFUSED"


def preview_table(preview: dict[str, Any]) -> Table:
    table = Table("Measure", "Shown", "Figure", "95 % interval", "Note", "Why (the school’s eyes only)")
    for cell in preview["cells"]:
        table.add_row(cell["measure"]["name"], *_figures(cell), cell["contextNote"] or "", cell["reason"] or "")
    return table


def comparison_table(compared: dict[str, Any]) -> Table:
    """Alphabetical, each school with its context; the total of the shown cells beneath."""
    title = f"{compared['measure']['name']}, {compared['period']['name']}: {compared['coverage']}"
    table = Table("School", "Phase", "Roll", "% FSM", "Shown", "Figure", "95 % interval", "Note", title=Text(title))
    for cell in compared["cells"]:
        context = cell["context"]
        roll = "" if context["roll"] is None else str(context["roll"])
        table.add_row(
            cell["schoolName"], context["phase"], roll, context["fsmPercent"] or "", *_figures(cell),
            cell["contextNote"] or "",
        )  # fmt: skip
    total = compared["total"]
    pair = f"{total['numerator']} of {total['denominator']}" if total["numerator"] else "fewer than three shown"
    table.add_section()
    table.add_row("All shown", "", "", "", total["rate"] or "", pair, "", "")
    return table


def _figures(cell: dict[str, Any]) -> tuple[str, str, str]:
    if cell["numerator"] is None:
        return str(cell["state"]).lower(), "", ""
    interval = f"{cell['intervalLow']} to {cell['intervalHigh']}" if cell["intervalLow"] else "a full count"
    return cell["rate"] or "", f"{cell['numerator']} of {cell['denominator']}", interval
