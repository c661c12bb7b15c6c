"""Doors to the database: a login role, a pool and a key for each, and transactions that belong to one tenant."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import URL, Executable, event
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

Record = TypeVar("Record")

_LITERAL = re.compile(r"[0-9a-z._-]{1,253}")
PATIENCE = 0.25
"""Seconds that a statement is given when its request has been given up."""
SETTINGS = frozenset({"school_id", "trust_id", "lookup_key"})


class Role(StrEnum):
    """The login roles of DESIGN's table; the owner cannot log in."""

    SCHOOL = "school"
    RELEASE = "release"
    TRUST = "trust"
    DIRECTORY = "directory"
    WORKER = "worker"
    REGISTER = "register"
    SEALER = "sealer"
    BACKUP = "backup"

    @property
    def login(self) -> str:
        return f"footbridge_{self.value}"


class TransactionEnded(RuntimeError):
    """A statement came after its transaction: the connection may belong to another tenant by now."""


class Transaction:
    """One transaction of one tenant. Statements run one after another, whoever asks."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self._connection = connection
        self.driver = driver
        self._turn = asyncio.Lock()
        self._under_way: asyncio.Future[Any] | None = None
        self._ended = False
        self.statements: list[str] = []
        """What was asked of the database so far, without its parameters."""

    async def all(self, query: Executable, parameters: Any = None) -> Sequence[Any]:
        return (await self._execute(query, parameters)).all()

    async def first(self, query: Executable, parameters: Any = None) -> Any:
        """The first row, or None."""
        return (await self._execute(query, parameters)).first()

    async def records(self, query: Executable, record: Callable[..., Record]) -> list[Record]:
        """Each row as a record whose fields are the columns, in their order."""
        return [record(*row) for row in await self.all(query)]

    async def record(self, query: Executable, record: Callable[..., Record]) -> Record | None:
        row = await self.first(query)
        return None if row is None else record(*row)

    async def scalar(self, query: Executable, parameters: Any = None) -> Any:
        return (await self._execute(query, parameters)).scalar()

    async def run(self, query: Executable, parameters: Any = None) -> int:
        """How many rows were changed."""
        return (await self._execute(query, parameters)).rowcount

    async def text(self, sql: str, parameters: Sequence[Any]) -> str | None:
        """The one value that a compiled statement makes; `$1` is the first of the parameters."""
        self.statements.append(sql)
        found: str | None = await self._alone(self.driver.fetchval, sql, *parameters)
        return found

    async def rows(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any]:
        """The rows of a compiled statement, as the driver gives them."""
        self.statements.append(sql)
        found: Sequence[Any] = await self._alone(self.driver.fetch, sql, *parameters)
        return found

    async def command(self, sql: str) -> None:
        """A literal command without result, such as SAVEPOINT."""
        async with self._turn:
            self._require_open()
            await self.driver.execute(sql)

    async def _execute(self, query: Executable, parameters: Any) -> CursorResult[Any]:
        result: CursorResult[Any] = await self._alone(self._connection.execute, query, parameters)
        self.statements.append(result.context.statement or "")
        return result

    async def _alone(self, ask: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """A resolver that is given up does not take its statement with it: the connection would be lost with that."""
        await self._turn.acquire()
        statement = asyncio.ensure_future(self._in_turn(ask, *arguments))
        statement.add_done_callback(_look_at)
        self._under_way = statement
        return await asyncio.shield(statement)

    async def _in_turn(self, ask: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        try:
            self._require_open()
            return await ask(*arguments)
        finally:
            self._turn.release()

    async def end(self) -> None:
        """Waits for a statement under way; a resolver that is left over finds the door closed."""
        async with self._turn:
            self._ended = True

    async def give_up(self) -> None:
        """As `end`, but nobody wants the answer any more: a long statement is cancelled at the server too.

        That costs the connection, so a short one may come to its end.
        """
        self._ended = True
        if self._under_way is not None and not self._under_way.done():
            await asyncio.wait([self._under_way], timeout=PATIENCE)
            self._under_way.cancel()
            await asyncio.wait([self._under_way])

    def _require_open(self) -> None:
        if self._ended:
            raise TransactionEnded


def _look_at(statement: "asyncio.Future[Any]") -> None:
    """An error that nobody waits for any more is no news; the one who does hears it."""
    if not statement.cancelled():
        statement.exception()


class Database:
    """A pool for each role that has an address; no role is ever changed on an open connection."""

    def __init__(self, addresses: Mapping[Role, URL], *, pool_size: int = 10, statement_seconds: float = 15) -> None:
        self._addresses = addresses
        self._pool_size = pool_size
        self._server_settings = {"statement_timeout": str(int(statement_seconds * 1000))}
        self._engines: dict[Role, AsyncEngine] = {}

    def engine(self, role: Role) -> AsyncEngine:
        if role not in self._engines:
            engine = create_async_engine(
                self._addresses[role].set(drivername="postgresql+asyncpg"),
                isolation_level="AUTOCOMMIT",  # BEGIN is ours: it carries the tenant in the same round trip
                pool_size=self._pool_size,
                max_overflow=0,
                pool_timeout=1.0,
                pool_pre_ping=False,
                hide_parameters=True,  # they are people's words and figures, and errors are logged
                connect_args={"timeout": 5, "server_settings": self._server_settings},
            )
            event.listen(engine.sync_engine, "checkout", _refuse_dead)
            self._engines[role] = engine
        return self._engines[role]

    @asynccontextmanager
    async def transaction(
        self, role: Role, *, read_only: bool = False, **settings: UUID | str
    ) -> AsyncIterator[Transaction]:
        """Commits when the block ends, rolls back when it raises. Reads see one moment (REPEATABLE READ).

        `settings` are the tenant's: school_id, trust_id, lookup_key.
        """
        async with self._connected(role) as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            transaction, over = Transaction(connection, driver), False
            try:
                await driver.execute(_begin(read_only, settings))
                yield transaction
                await transaction.end()
                await driver.execute("COMMIT")
                over = True
            finally:
                if not over:
                    await _abandon(connection, driver, transaction)

    @asynccontextmanager
    async def _connected(self, role: Role) -> AsyncIterator[AsyncConnection]:
        async with self.engine(role).connect() as connection:
            yield connection

    async def close(self) -> None:
        for engine in self._engines.values():
            await engine.dispose()
        self._engines.clear()


def _refuse_dead(dbapi_connection: Any, *_: object) -> None:
    """A connection whose server has gone leaves the pool, and all of its age with it; no round trip is spent."""
    if dbapi_connection.driver_connection.is_closed():
        raise InvalidatePoolError


def _begin(read_only: bool, settings: Mapping[str, UUID | str]) -> str:
    mode = "ISOLATION LEVEL REPEATABLE READ READ ONLY" if read_only else "ISOLATION LEVEL READ COMMITTED"
    return f"BEGIN {mode}" + "".join(f"; {set_local(name, value)}" for name, value in settings.items())


def set_local(name: str, value: UUID | str) -> str:
    """`SET LOCAL footbridge.name = 'value'` with a literal that needs no quoting, or ValueError."""
    literal = str(value)
    if name not in SETTINGS or not _LITERAL.fullmatch(literal):
        raise ValueError(f"{name} cannot be set to this value")
    return f"SET LOCAL footbridge.{name} = '{literal}'"


async def _abandon(connection: AsyncConnection, driver: Any, transaction: Transaction) -> None:
    """Roll back, or drop the connection: one that still carries a tenant never returns to its pool.

    Always said to the server: one given up while BEGIN was under way is in a transaction that the driver has not
    heard of.
    """
    try:
        await transaction.give_up()
        if not driver.is_closed():
            await asyncio.wait_for(driver.execute("ROLLBACK"), timeout=2)
    except BaseException as failed:
        driver.terminate()
        await connection.invalidate()
        if not isinstance(failed, Exception):
            raise  # what led here is raised by the caller; only a cancellation goes before it
    else:
        if driver.is_closed():
            await connection.invalidate()


def violates(error: DBAPIError, constraint: str) -> bool:
    """Whether it is this constraint of the database that refused the row."""
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None) == constraint


_UNAVAILABLE = (
    OSError,  # builtin TimeoutError among them
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,  # it took too long
    asyncpg.DeadlockDetectedError,
)


def is_unavailable(error: BaseException) -> bool:
    """Whether the database, and not the request, is at fault; it may be sent again."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.connection_invalidated or isinstance(error.orig.__cause__, _UNAVAILABLE)
    closed = isinstance(error, asyncpg.InterfaceError) and "connection is closed" in str(error)
    return closed or isinstance(error, _UNAVAILABLE)
