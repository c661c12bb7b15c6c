"""Doors to the database: a login role, a pool and a key for each, and transactions that belong to one tenant."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import URL, Executable

from footbridge.runtime.pool import Pool
from footbridge.runtime.role import Role as Role  # noqa: PLC0414 (named where a door is opened)
from footbridge.runtime.statement import Question, Values, compiled_for_many, question, together

Record = TypeVar("Record")

_LITERAL = re.compile(r"[0-9a-z._-]{1,253}")
PATIENCE = 0.25
"""Seconds that a statement is given when its request has been given up."""
PATIENCE_AT_THE_END = 2.0
"""Seconds that the server is given to end a transaction, before its connection is dropped."""
PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
"""A statement is planned once a connection: anew for its values takes as long as half of its run. The table may have
been empty then, and a plan to read all of it would stay."""
SETTINGS = frozenset({"school_id", "trust_id", "lookup_key"})


class TransactionEnded(RuntimeError):
    """A statement came after its transaction: the connection may belong to another tenant by now."""


class Transaction:
    """One transaction of one tenant. Statements run one after another, whoever asks."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self._opener = asyncio.current_task()
        self._turn = asyncio.Lock()
        self._under_way: asyncio.Future[Any] | None = None
        self._ended = False
        self.statements: list[str] = []
        """What was asked of the database so far, without its parameters."""

    async def all(self, query: Executable | Question, values: Values | None = None) -> Sequence[Any]:
        return await self.rows(*question(query, values))

    async def first(self, query: Executable | Question, values: Values | None = None) -> Any:
        """The first row, or None."""
        rows = await self.all(query, values)
        return rows[0] if rows else None

    async def records(self, query: Executable | Question, record: Callable[..., Record]) -> list[Record]:
        """Each row as a record whose fields are the columns, in their order."""
        return [record(*row) for row in await self.all(query)]

    async def record(self, query: Executable | Question, record: Callable[..., Record]) -> Record | None:
        row = await self.first(query)
        return None if row is None else record(*row)

    async def scalar(self, query: Executable | Question, values: Values | None = None) -> Any:
        row = await self.first(query, values)
        return None if row is None else row[0]

    async def run(self, query: Executable | Question, values: Values | Sequence[Values] | None = None) -> int:
        """How many rows were changed; of one statement for many rows, how many they are."""
        if isinstance(values, Sequence):
            assert not isinstance(query, Question)
            return await self._run_for_many(query, values)
        sql, arguments = question(query, values)
        done: str = await self._alone(sql, self.driver.execute, arguments)
        number = done.rpartition(" ")[2]
        return int(number) if number.isdecimal() else -1

    async def run_together(self, *questions: Question) -> None:
        """Several changes in one round trip; foreign keys are looked at when all of them are done."""
        sql, arguments = together(questions)
        await self._alone(sql, self.driver.execute, arguments)

    async def text(self, sql: str, parameters: Sequence[Any]) -> str | None:
        """The one value that a compiled statement makes; `$1` is the first of the parameters."""
        found: str | None = await self._alone(sql, self.driver.fetchval, parameters)
        return found

    async def rows(self, sql: str, parameters: Sequence[Any]) -> Sequence[Any]:
        """The rows of a compiled statement, as the driver gives them."""
        found: Sequence[Any] = await self._alone(sql, self.driver.fetch, parameters)
        return found

    async def command(self, sql: str) -> None:
        """A literal command without result, such as SAVEPOINT."""
        async with self._turn:
            self._require_open()
            await self.driver.execute(sql)

    async def _run_for_many(self, query: Executable, rows: Sequence[Values]) -> int:
        if not rows:
            raise ValueError("there is no row to run this for")
        sql, arguments = compiled_for_many(query, rows)
        await self._alone(sql, self.driver.executemany, [arguments])
        return len(rows)

    async def _alone(self, sql: str, ask: Callable[..., Awaitable[Any]], arguments: Sequence[Any]) -> Any:
        """Whoever opened the transaction gives it up as a whole, and the server is told to stop. A resolver in a task
        of its own that is given up does not take its statement with it: the others would find a failed transaction.
        """
        self.statements.append(sql)
        await self._turn.acquire()
        if asyncio.current_task() is self._opener:
            return await self._in_turn(ask, sql, *arguments)
        statement = asyncio.ensure_future(self._in_turn(ask, sql, *arguments))
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

        The server is asked over a connection of its own, so a short one may come to its end.
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
        self._server_settings = {"statement_timeout": str(int(statement_seconds * 1000)), **PLANNED_ONCE}
        self._pools: dict[Role, Pool] = {}
        self._endings: set[asyncio.Future[None]] = set()

    def pool(self, role: Role) -> Pool:
        if role not in self._pools:
            address, settings = self._addresses[role], self._server_settings
            self._pools[role] = Pool(address, size=self._pool_size, server_settings=settings)
        return self._pools[role]

    @asynccontextmanager
    async def transaction(
        self, role: Role, *, read_only: bool = False, **settings: UUID | str
    ) -> AsyncIterator[Transaction]:
        """Commits when the block ends, rolls back when it raises. Reads see one moment (REPEATABLE READ), and nobody
        waits for their COMMIT: the connection stays lent until then.

        `settings` are the tenant's: school_id, trust_id, lookup_key.
        """
        begin, pool = _begin(read_only, settings), self.pool(role)
        driver: Any = await pool.take()
        transaction, over = Transaction(driver), False
        try:
            await driver.execute(begin)
            yield transaction
            await transaction.end()
            if not read_only:
                await driver.execute("COMMIT")
            over = True
        finally:
            try:
                if not over:
                    await _abandon(driver, transaction)
            finally:
                if over and read_only:
                    self._end_later(driver, pool)
                else:
                    pool.give_back(driver)

    def _end_later(self, driver: Any, pool: Pool) -> None:
        ending = asyncio.ensure_future(_end_reading(driver, pool))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)

    async def check(self, role: Role, sql: str, *values: UUID | int, **settings: UUID | str) -> bool:
        """Whether a SELECT finds a row, in one round trip and under the same policies as any other.

        What is sent as one simple query is one transaction of the server's own, which ends with it, and the settings
        with that. Such a query has no parameters: `values` take the places of `{}` as literals, and nothing else does.
        """
        asked = sql.format(*map(_literal, values))
        if ";" in asked:
            raise ValueError("one SELECT is asked")
        pool = self.pool(role)
        driver = await pool.take()
        try:
            told: str = await driver.execute("; ".join(["SET TRANSACTION READ ONLY", *_set(settings), asked]))
        except asyncpg.PostgresError:
            raise  # the server has ended its transaction
        except BaseException:
            driver.terminate()
            raise
        finally:
            pool.give_back(driver)
        return told.startswith("SELECT ") and told != "SELECT 0"

    async def close(self) -> None:
        await asyncio.gather(*self._endings)
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()


def _begin(read_only: bool, settings: Mapping[str, UUID | str]) -> str:
    mode = "REPEATABLE READ READ ONLY" if read_only else "READ COMMITTED"
    return "; ".join([f"BEGIN ISOLATION LEVEL {mode}", *_set(settings)])


def _set(settings: Mapping[str, UUID | str]) -> list[str]:
    return [set_local(name, value) for name, value in settings.items()]


def _literal(value: UUID | int) -> str:
    if isinstance(value, UUID):
        return f"'{value}'"
    if type(value) is int:
        return str(value)
    raise ValueError("only ids and whole numbers are literals")


def set_local(name: str, value: UUID | str) -> str:
    """`SET LOCAL footbridge.name = 'value'` with a literal that needs no quoting, or ValueError."""
    literal = str(value)
    if name not in SETTINGS or not _LITERAL.fullmatch(literal):
        raise ValueError(f"{name} cannot be set to this value")
    return f"SET LOCAL footbridge.{name} = '{literal}'"


async def _end_reading(driver: Any, pool: Pool) -> None:
    """What was read has been read: a server that is away now is the next one's trouble."""
    try:
        async with asyncio.timeout(PATIENCE_AT_THE_END):
            await driver.execute("COMMIT")
    except BaseException as failed:
        driver.terminate()
        if not isinstance(failed, Exception):
            raise
    finally:
        pool.give_back(driver)


async def _abandon(driver: Any, transaction: Transaction) -> None:
    """Roll back, or end the connection: one that still carries a tenant never returns to its pool.

    Always said to the server: one given up while BEGIN was under way is in a transaction that the driver has not
    heard of.
    """
    try:
        await transaction.give_up()
        if not driver.is_closed():
            await asyncio.wait_for(driver.execute("ROLLBACK"), timeout=PATIENCE_AT_THE_END)
    except BaseException as failed:
        driver.terminate()
        if not isinstance(failed, Exception):
            raise  # what led here is raised by the caller; only a cancellation goes before it


def violates(error: asyncpg.PostgresError, constraint: str) -> bool:
    """Whether it is this constraint of the database that refused the row."""
    return getattr(error, "constraint_name", None) == constraint


_UNAVAILABLE = (
    OSError,  # builtin TimeoutError among them, and with it a pool whose connections are all lent
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,  # it took too long
    asyncpg.DeadlockDetectedError,
    asyncpg.InvalidCachedStatementError,  # a migration has changed a table meanwhile; the driver has forgotten it now
)


def is_unavailable(error: BaseException) -> bool:
    """Whether the database, and not the request, is at fault; it may be sent again."""
    closed = isinstance(error, asyncpg.InterfaceError) and "connection is closed" in str(error)
    return closed or isinstance(error, _UNAVAILABLE)
