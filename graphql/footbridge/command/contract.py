"""`footbridge contract`: writes both schemas, the rights and the costs into `frontend-contract/`."""

from collections.abc import Iterator

from strawberry import Schema

from footbridge.command.terminal import say
from footbridge.gateway.documents.cost import DEAREST
from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.fields.rights_table import Side, table_of
from footbridge.gateway.http.limits import Limits
from footbridge.gateway.projection.declared import require_declared
from footbridge.gateway.school.nodes import school_nodes
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_nodes, trust_schema
from footbridge.runtime.resources import contract_folder

SCHEMAS: dict[str, Schema] = {"school.graphql": school_schema, "trust.graphql": trust_schema}
SIDES = (
    Side("At a school: `/schools/{urn}/graphql`", school_schema, school_nodes, of_school=True),
    Side("At a trust: `/trusts/{uid}/graphql`", trust_schema, trust_nodes, of_school=False),
)

RIGHTS = """# Who may read and write what

Written by `make contract` from what each field requires. “reads” counts what comes back in the answer of a mutation.
Every row is of the own school or trust only, and a trust executive limited to a group sees that group's schools.

"""
POINTS = Limits().points
COSTS = f"""# What each operation costs

Written by `make contract`: how many values an answer may hold, with the pages' sizes that the document itself gives.
What counts is what is sent: with `first: $first`, the value of `$first`. What stands under `@skip` or `@include` counts
whether it is asked for or not. A document that then costs more than {DEAREST:,} is answered `TOO_COSTLY`.

A field costs 1, or what the schema's `@cost` says, and 1 more for each directive and each value in a list or an object
that it is given; what is selected in it costs as often as its list is long, by `first` or `last`, else by the schema's
`@listSize`; a fragment costs 1 and what it holds, wherever it is spread. So
`{{ partnerships(first: 10) {{ nodes {{ id title }} }} }}` costs 1 + 1 + 10 × 2 = 22.

A caller's documents are paid from a budget: {POINTS.burst:,} at once, and {POINTS.per_second:,} a second ever after.
Who has spent it is answered `BUDGET_SPENT`, with `Retry-After`.

| operation | cost |
|---|---|
"""


def contract_files() -> dict[str, str]:
    """Name → content of all that is written by code. Raises DeclarationWrong for a field that nothing can answer."""
    for schema in SCHEMAS.values():
        require_declared(schema)
    schemas = {name: schema.as_str() + "\n" for name, schema in SCHEMAS.items()}
    rights = RIGHTS + "\n".join(table_of(side) for side in SIDES)
    return schemas | {"rights.md": rights, "costs.md": COSTS + "".join(_costs())}


def _costs() -> Iterator[str]:
    for name, schema in SCHEMAS.items():
        side = name.removesuffix(".graphql")
        for document in load_documents(contract_folder() / "operations" / side, schema._schema).values():
            yield f"| {side}/{document.name} | {document.cost:,} |\n"


def write_contract() -> None:
    for name, content in contract_files().items():
        (contract_folder() / name).write_text(content, encoding="utf-8")
        say(f"{name}: {len(content.splitlines())} lines")
    say("".join(_costs()).rstrip())
