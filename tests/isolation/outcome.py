"""Runs attempts as a role and says what came of each; every one is undone."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg

from tests.isolation.attempt import COPIES, Attempt, Operation
from tests.isolation.catalogue import Connection

# One round trip for all: the server runs each statement in a subtransaction of its own, as the role itself.
_RUN_ALL = """
do $run$
declare step jsonb; touched bigint; said text; outcomes text[];
begin
    for step in select jsonb_array_elements($steps$%s$steps$::jsonb) loop
        begin
            if step ->> 0 is not null then execute step ->> 0; end if;
            execute step ->> 1;
            get diagnostics touched = row_count;
            raise exception using errcode = 'ZZ000', message = touched;
        exception when others then
            get stacked diagnostics said = pg_exception_detail;
            outcomes := array_append(outcomes, concat_ws(' ', sqlstate, sqlerrm, nullif(said, '')));
        end;
    end loop;
    perform set_config('matrix.outcomes', to_json(outcomes)::text, true);
end $run$
"""


class Kind(StrEnum):
    DONE = "done"
    INVISIBLE = "invisible: no row"
    NO_PRIVILEGE = "no privilege"
    POLICY = "refused by policy"
    UNSET = "error because the tenant is not set"
    UNSUPPORTED = "not possible behind row-level security"
    CONSTRAINT = "let through, refused by a constraint"
    OTHER = "another error"


_BY_STATE = {
    "42704": Kind.UNSET,  # unrecognized configuration parameter
    "22P02": Kind.UNSET,  # invalid input syntax for type uuid
    "0A000": Kind.UNSUPPORTED,
}


@dataclass(frozen=True)
class Outcome:
    kind: Kind
    state: str
    message: str

    @property
    def is_denied(self) -> bool:
        return self.kind not in {Kind.DONE, Kind.CONSTRAINT}

    @classmethod
    def of(cls, state: str, message: str, operation: Operation | None) -> "Outcome":
        if state == "ZZ000":
            nothing = message == "0" and operation not in {Operation.DO_NOTHING, Operation.TRUNCATE}
            return cls(Kind.INVISIBLE if nothing else Kind.DONE, state, message)
        if state == "42501":
            return cls(Kind.POLICY if "row-level security" in message else Kind.NO_PRIVILEGE, state, message)
        kind = Kind.CONSTRAINT if state.startswith("23") else _BY_STATE.get(state, Kind.OTHER)
        return cls(kind, state, message)


@dataclass(frozen=True)
class Step:
    """An attempt with the lookup key that its connection holds."""

    attempt: Attempt
    held: str | None

    @property
    def hold(self) -> str | None:
        return None if self.held is None else f"set local footbridge.lookup_key = '{self.held}'"


def run(connection: Connection, said: Sequence[str], steps: Sequence[Step]) -> list[Outcome]:
    """The outcomes in the order of the steps. The connection must be new: a setting once made is never unset again."""
    batch = [step for step in steps if step.attempt.operation not in COPIES]
    found = dict(zip(map(id, batch), _run_batch(connection, said, batch), strict=True))
    found |= {id(step): _copy(connection, said, step) for step in steps if step.attempt.operation in COPIES}
    return [found[id(step)] for step in steps]


def run_statements(connection: Connection, said: Sequence[str], statements: Sequence[str]) -> list[Outcome]:
    """The same for statements of which nothing is known but their text."""
    with _undone(connection, said):
        return [
            Outcome.of(state, message, None) for state, message in _execute(connection, [(None, s) for s in statements])
        ]


def _run_batch(connection: Connection, said: Sequence[str], steps: Sequence[Step]) -> list[Outcome]:
    if not steps:
        return []
    with _undone(connection, said):
        answers = _execute(connection, [(step.hold, step.attempt.sql) for step in steps])
    return [Outcome.of(*answer, step.attempt.operation) for answer, step in zip(answers, steps, strict=True)]


def _execute(connection: Connection, statements: Sequence[tuple[str | None, str]]) -> list[tuple[str, str]]:
    """State and message of each statement, each preceded by a setting of its own where it has one."""
    if not statements:
        return []
    connection.execute((_RUN_ALL % json.dumps(statements)).encode())
    answer: Any = connection.execute("select current_setting('matrix.outcomes')").fetchone()
    return [tuple(text.split(" ", 1)) for text in json.loads(answer[0])]


def _copy(connection: Connection, said: Sequence[str], step: Step) -> Outcome:
    try:
        with _undone(connection, [*said, *([step.hold] if step.hold else [])]), connection.cursor() as cursor:
            with cursor.copy(step.attempt.sql.encode()) as copy:
                if step.attempt.operation is Operation.COPY_IN:
                    copy.write_row(_fields(step.attempt))
                touched = 0 if step.attempt.operation is Operation.COPY_IN else sum(1 for _ in copy.rows())
            if step.attempt.operation is Operation.COPY_IN:
                touched = cursor.rowcount
    except psycopg.Error as error:
        return Outcome.of(error.sqlstate or "", str(error), step.attempt.operation)
    return Outcome.of("ZZ000", str(touched), step.attempt.operation)


def _fields(attempt: Attempt) -> list[str | None]:
    names = attempt.sql[attempt.sql.index("(") + 1 : attempt.sql.index(")")].split(", ")
    return [attempt.after[name] for name in names]


@contextmanager
def _undone(connection: Connection, said: Sequence[str]) -> Iterator[None]:
    connection.execute("; ".join(["begin", *said]).encode())
    try:
        yield
    finally:
        connection.execute("rollback")
