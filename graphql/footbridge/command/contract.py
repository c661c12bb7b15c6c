"""`footbridge contract`: prints both schemas into `frontend-contract/`."""

from strawberry import Schema

from footbridge.command.terminal import say
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.resources import contract_folder

SCHEMAS: dict[str, Schema] = {"school.graphql": school_schema, "trust.graphql": trust_schema}


def printed(schema: Schema) -> str:
    return schema.as_str() + "\n"


def write_contract() -> None:
    for name, schema in SCHEMAS.items():
        file = contract_folder() / name
        file.write_text(printed(schema), encoding="utf-8")
        say(f"{file.name}: {len(printed(schema).splitlines())} lines")
