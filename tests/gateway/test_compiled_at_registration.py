"""Trusted documents are compiled when they are registered: the first request finds its plan made."""

from pathlib import Path

import pytest
from strawberry import Schema
from typer.testing import CliRunner

from footbridge.command.client_manifest import read_manifest
from footbridge.command.main import app
from footbridge.gateway.documents.document import Document, checked_document
from footbridge.gateway.documents.door import Door
from footbridge.gateway.documents.operations import ManifestInvalid
from footbridge.gateway.documents.variables import fitting_variables
from footbridge.gateway.execution.operation import Operation
from footbridge.gateway.execution.reading import plan_for
from footbridge.gateway.projection import plan
from footbridge.gateway.projection.compiler import Compiler
from footbridge.gateway.projection.plan import Compiled
from footbridge.gateway.registration import ordinary_fields, versions_of
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.runtime.resources import contract_folder
from footbridge.tenancy.client import Side

SCHEMAS = {Side.SCHOOL: school_schema, Side.TRUST: trust_schema}
VARIABLES = {
    "Comparison": {"measureId": "persistent-absence", "period": "2025-26"},
    "Comparisons": {"period": "2025-26"},
    "Figure": {"measureId": "contact-hours", "period": "2025-26"},
    "PublicationPreview": {"period": "2025-26"},
    "Release": {"id": "rel_" + "0" * 32},
    "SchoolCalendar": {"period": "2025-26"},
    "SchoolReleases": {"urn": "900001"},
    "SiblingStanding": {"measureId": "persistent-absence", "period": "2025-26"},
}
BY_THE_ORDINARY_PATH = {"Figure", "PublicationPreview"}


@pytest.mark.parametrize("side", SCHEMAS)
def test_a_first_request_with_what_has_to_be_sent_compiles_nothing(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door.open(side, SCHEMAS[side])
    monkeypatch.delattr(plan, "_Planner")
    for document in door.contract.values():
        node = document.operations[0]
        operation = Operation(document, node, {}, door.schema, largest_answer=0)
        if operation.is_mutation:
            continue
        variables = fitting_variables(door.core, node, VARIABLES.get(document.name, {}), names=True)
        made = plan_for(operation, variables, versions=versions_of(side))
        assert made.roots, document.name


def test_on_the_trusts_side_statements_tell_their_versions() -> None:
    door = Door.open(Side.TRUST, trust_schema)
    document = next(each for each in door.contract.values() if each.name == "Trust")
    operation = Operation(document, document.operations[0], {}, trust_schema, largest_answer=0)
    variables = fitting_variables(door.core, operation.node, {}, names=True)
    [root] = plan_for(operation, variables, versions="never written: it is compiled already").roots
    assert isinstance(root, Compiled)
    assert "published.version" in root.sql
    assert "never written" not in root.sql


@pytest.mark.parametrize("side", SCHEMAS)
def test_a_declaration_that_cannot_be_compiled_stops_the_gateway(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise TypeError("no rule says how colour is shown")

    monkeypatch.setattr(Compiler, "_column", broken)
    with pytest.raises(ManifestInvalid, match=r"\w+ cannot be compiled: no rule says how colour is shown"):
        Door.open(side, SCHEMAS[side])


@pytest.mark.parametrize(
    ("text", "ordinary"),
    [
        ("query($id: ID!) { node(id: $id) { id } }", []),
        ("query($id: ID!) { partnership(id: $id) { id title } }", []),
        ("query($with: Boolean!) { figure(measureId: \"a\", period: \"b\") @include(if: $with) { rate } }", ["figure"]),
        ("query($period: String!) { asked: publicationPreview(period: $period) { hash } school { urn } }", ["asked"]),
        ("query($chosen: [ChosenMeasureInput!]!) { publicationPreview(period: \"a\", measures: $chosen) { hash } }",
         ["publicationPreview"]),
        ("query($first: Int! = 3, $after: String) { partnerships(first: $first, after: $after) { totalCount } }", []),
        ("mutation($key: ID!) { addOrganisation(name: \"a\", kind: CHARITY, idempotencyKey: $key) { __typename } }", []),
    ],
)  # fmt: skip
def test_what_only_the_ordinary_path_can_run_is_known_without_a_request(text: str, ordinary: list[str]) -> None:
    assert ordinary_fields(checked(text, school_schema), school_schema, Side.SCHOOL) == ordinary


def test_a_client_is_told_which_of_its_operations_are_slower() -> None:
    manifest = contract_folder() / "operations"
    ordinary = {one.document.name for one in read_manifest(manifest) if one.ordinary}
    assert ordinary >= BY_THE_ORDINARY_PATH
    done = CliRunner().invoke(app, ["client", "check", "--manifest", str(manifest)])
    assert done.exit_code == 0, done.output
    assert "Not one statement, and so slower: school/Figure, because of figure.\n" in done.stdout
    assert "school/Partnerships" not in done.stdout


def test_a_clients_operation_that_cannot_be_compiled_is_named_with_its_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "Own.graphql").write_text("query Own { trust { uid } }", encoding="utf-8")
    monkeypatch.delattr(Compiler, "_column")
    with pytest.raises(ManifestInvalid, match="trust/Own cannot be compiled"):
        read_manifest(tmp_path)


def checked(text: str, schema: Schema) -> Document:
    return checked_document(text, schema._schema, name=None, introspects=False, names=True)
