"""What a frontend may rely on: the printed schemas and the operations, each as the code has it."""

from pathlib import Path

import pytest
from graphql import (
    FieldNode,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    OperationType,
    get_named_type,
)

from footbridge.command.contract import contract_files
from footbridge.gateway.documents.document import operations_of
from footbridge.gateway.documents.operations import ManifestInvalid, load_documents
from footbridge.gateway.fields.refusal import IDEMPOTENCY_KEY
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.resources import contract_folder

SIDES = {"school": school_schema, "trust": trust_schema}


@pytest.mark.parametrize("name", ["school.graphql", "trust.graphql", "rights.md", "costs.md"])
def test_schemas_rights_and_costs_match_the_contract(name: str) -> None:
    committed = (contract_folder() / name).read_text(encoding="utf-8")
    assert contract_files()[name] == committed, "run `make contract` and review the diff"


@pytest.mark.parametrize("side", SIDES)
def test_every_operation_fits_its_schema_and_has_an_id_of_its_own(side: str) -> None:
    folder = contract_folder() / "operations" / side
    documents = load_documents(folder, SIDES[side]._schema)
    assert len(documents) == len(list(folder.glob("*.graphql")))
    for document in documents.values():
        assert len(operations_of(document.document)) == 1


def test_an_operation_that_does_not_fit_stops_the_gateway(tmp_path: Path) -> None:
    (tmp_path / "Wrong.graphql").write_text("query Wrong { nothing }", encoding="utf-8")
    with pytest.raises(ManifestInvalid):
        load_documents(tmp_path, school_schema._schema)


def test_every_mutation_is_idempotent_and_answers_result_or_refusal() -> None:
    mutation = school_schema._schema.mutation_type
    assert mutation is not None
    for name, field in mutation.fields.items():
        key = field.args.get(IDEMPOTENCY_KEY)
        assert key is not None, name
        assert isinstance(key.type, GraphQLNonNull), name
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLUnionType), name
        refusals = [member for member in result.types if {"code", "message"} <= member.fields.keys()]
        assert len(refusals) == 1, name
        assert len(result.types) == 2, name


def test_the_trust_has_no_mutation_and_reaches_nothing_of_a_schools_own() -> None:
    """The third of the three walls: what is not in the schema cannot be asked."""
    assert trust_schema._schema.mutation_type is None
    reachable = {name for name, kind in trust_schema._schema.type_map.items() if isinstance(kind, GraphQLObjectType)}
    private = {"Partnership", "Activity", "Session", "Observation", "SchoolFigure", "PreviewCell", "SiblingStanding"}
    assert not reachable & private


def test_every_mutation_and_query_of_the_school_is_in_the_manifest() -> None:
    used: set[str] = set()
    documents = load_documents(contract_folder() / "operations" / "school", school_schema._schema)
    for document in documents.values():
        for node in operations_of(document.document):
            used |= {field.name.value for field in node.selection_set.selections if isinstance(field, FieldNode)}
    mutation = school_schema._schema.mutation_type
    assert mutation is not None
    assert set(mutation.fields) <= used


def test_names_of_operations_say_what_kind_they_are() -> None:
    for side, schema in SIDES.items():
        for document in load_documents(contract_folder() / "operations" / side, schema._schema).values():
            operation = operations_of(document.document)[0]
            assert document.text.startswith(operation.operation.value)
            assert operation.operation is not OperationType.SUBSCRIPTION
