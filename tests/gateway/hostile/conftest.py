"""Who sends the hostile requests, who works beside them, and the table of what they came to."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

import httpx
import pytest

from footbridge.tenancy.permission import Scope
from tests.foundation.people import World
from tests.gateway.client import ORIGIN, Client, school_path
from tests.gateway.conftest import GiveToken, SignIn
from tests.gateway.hostile.case import Case, Sender
from tests.gateway.hostile.table import Row, told, write_table

Ask = Callable[[], Awaitable[httpx.Response]]
Prepare = Callable[[Case], Ask]
ROWS: pytest.StashKey[Sequence[Row]] = pytest.StashKey()


@pytest.fixture(scope="module")
async def prepare(transport: httpx.ASGITransport, give_token: GiveToken, sign_in: SignIn, world: World) -> Prepare:
    """Makes the request, large as it may be, so that only its sending is measured."""
    school = world.schools[0]
    senders = {
        Sender.PROGRAM: await give_token(school.head, *Scope),
        Sender.STRANGER: await give_token(school.head, Scope.READ, Scope.WRITE, Scope.ADHOC),
        Sender.HEAD: await sign_in(school.head),
    }

    def make(case: Case) -> Ask:
        client = senders.get(case.sender)
        url = httpx.URL(ORIGIN + (case.path or school_path(school.urn)), params=case.parameters or None)
        own = case.all_headers()
        if client is not None and not any(name.lower() == b"authorization" for name, _ in own):
            own += [pair for pair in client.http.headers.raw if pair[0].lower() == b"authorization"]
        cookies = dict(client.http.cookies) if client is not None else {}
        http = httpx.AsyncClient(transport=transport, cookies=cookies)
        http.headers.clear()
        request = http.build_request(case.method, url, headers=own, content=case.body())
        return lambda: http.send(request)

    return make


@pytest.fixture(scope="module")
async def beside(sign_in: SignIn, world: World) -> Ask:
    """A plain query of another person, of another school."""
    school = world.schools[2]
    client: Client = await sign_in(school.head)
    return lambda: client.send(school_path(school.urn), "School")


@pytest.fixture(scope="module")
def rows(request: pytest.FixtureRequest) -> Iterator[list[Row]]:
    rows: list[Row] = []
    yield rows
    write_table(rows)
    request.config.stash[ROWS] = rows


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if ROWS in config.stash:
        terminalreporter.section("hostile requests")
        for line in told(config.stash[ROWS]):
            terminalreporter.write_line(line)
