"""A client's manifest: a folder laid out as `frontend-contract/operations/`, each operation validated and costed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from graphql import GraphQLSchema

from footbridge.gateway.documents.operations import ManifestInvalid, load_documents
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.tenancy.client import ClientDocument, Side

SCHEMAS: Mapping[Side, GraphQLSchema] = {
    Side.SCHOOL: school_schema._schema,
    Side.TRUST: trust_schema._schema,
}


def read_manifest(folder: Path) -> Sequence[ClientDocument]:
    """Every operation by side and name. ManifestInvalid names the first file that fails, and why."""
    _refuse_misplaced(folder)
    documents = [document for side in Side for document in _read_side(folder, side)]
    if not documents:
        raise ManifestInvalid(f"{folder.name} holds no operation: school/*.graphql or trust/*.graphql was expected.")
    return documents


def _refuse_misplaced(folder: Path) -> None:
    """A file that would be left out without a word."""
    for file in sorted(folder.rglob("*.graphql")):
        place = file.relative_to(folder)
        if place.parent.as_posix() not in set(Side):
            raise ManifestInvalid(f"{place}: an operation stands in school/ or in trust/.")


def _read_side(folder: Path, side: Side) -> Sequence[ClientDocument]:
    try:
        found = load_documents(folder / side.value, SCHEMAS[side])
    except ManifestInvalid as error:
        raise ManifestInvalid(f"{side.value}/{error.message}") from error
    return [
        ClientDocument(side, document.id, document.name, document.text, document.cost) for document in found.values()
    ]
