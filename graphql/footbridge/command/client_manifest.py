"""A client's manifest: a folder laid out as `frontend-contract/operations/`, each operation validated, costed and
compiled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from strawberry import Schema

from footbridge.gateway.documents.document import Document
from footbridge.gateway.documents.operations import ManifestInvalid, load_documents
from footbridge.gateway.registration import ordinary_fields
from footbridge.gateway.school.schema import school_schema
from footbridge.gateway.trust.schema import trust_schema
from footbridge.tenancy.client import ClientDocument, Side

SCHEMAS: Mapping[Side, Schema] = {Side.SCHOOL: school_schema, Side.TRUST: trust_schema}


@dataclass(frozen=True)
class ManifestOperation:
    """`ordinary` are the root fields that no compiled statement answers."""

    document: ClientDocument
    ordinary: Sequence[str]


def read_manifest(folder: Path) -> Sequence[ManifestOperation]:
    """Every operation by side and name. ManifestInvalid names the first file that fails, and why."""
    _refuse_misplaced(folder)
    operations = [operation for side in Side for operation in _read_side(folder, side)]
    if not operations:
        raise ManifestInvalid(f"{folder.name} holds no operation: school/*.graphql or trust/*.graphql was expected.")
    return operations


def _refuse_misplaced(folder: Path) -> None:
    """A file that would be left out without a word."""
    for file in sorted(folder.rglob("*.graphql")):
        place = file.relative_to(folder)
        if place.parent.as_posix() not in set(Side):
            raise ManifestInvalid(f"{place}: an operation stands in school/ or in trust/.")


def _read_side(folder: Path, side: Side) -> Sequence[ManifestOperation]:
    try:
        found = load_documents(folder / side.value, SCHEMAS[side]._schema)
        return [_operation(document, side) for document in found.values()]
    except ManifestInvalid as error:
        raise ManifestInvalid(f"{side.value}/{error.message}") from error


def _operation(document: Document, side: Side) -> ManifestOperation:
    registered = ClientDocument(side, document.id, document.name, document.text, document.cost)
    return ManifestOperation(registered, ordinary_fields(document, SCHEMAS[side], side))
