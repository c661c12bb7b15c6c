"""What a person is told: an operation of the contract, run for them as the gateway runs it, in this process."""

from functools import cache
from typing import Any

import orjson
from strawberry import Schema

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.operations import read_document
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.execution.reading import read_school, read_trust
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.database import Database
from footbridge.tenancy.caller import Caller

LARGEST_ANSWER = 64 * 1024 * 1024


async def told(database: Database, caller: Caller, operation: str, **variables: Any) -> Any:
    """The root field's value: at the caller's school, or at the trust where they are of no school."""
    content = await _answer(database, caller, operation, variables)
    assert "errors" not in content, content
    return next(iter(content["data"].values()))


async def refused(database: Database, caller: Caller, operation: str, **variables: Any) -> tuple[str, str]:
    """Code and message of the one error that is all there is."""
    content = await _answer(database, caller, operation, variables)
    assert not any((content["data"] or {}).values()), content
    (error,) = content["errors"]
    return error["extensions"]["code"], error["message"]


async def _answer(database: Database, caller: Caller, name: str, variables: dict[str, Any]) -> Any:
    schema = trust_schema if caller.school_id is None else school_schema
    document = _document("trust" if caller.school_id is None else "school", name, schema)
    operation = Operation(document, document.operations[0], variables, schema, LARGEST_ANSWER)
    if caller.school_id is None:
        outcome = await read_trust(database, caller, operation)
    else:
        outcome = await read_school(database, caller, caller.school_id, operation)
    return orjson.loads(outcome.body)


@cache
def _document(side: str, name: str, schema: Schema) -> Document:
    return read_document(operation_file(side, name), schema._schema)
