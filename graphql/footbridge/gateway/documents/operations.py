"""Trusted documents: a folder of operations that a browser's session may run by hash, such as our own contract's."""

from collections.abc import Mapping
from pathlib import Path

from graphql import FieldNode, GraphQLSchema, VariableNode

from footbridge.gateway.documents.document import Document, checked_document
from footbridge.gateway.fields.refusal import IDEMPOTENCY_KEY
from footbridge.gateway.http.answers import BadRequest
from footbridge.runtime.errors import FootbridgeError


class ManifestInvalid(FootbridgeError):
    """An operation does not fit the schema, or asks for too much: no gateway starts with it, no client is added."""

    code = "MANIFEST_INVALID"


def load_documents(folder: Path, schema: GraphQLSchema) -> Mapping[str, Document]:
    """All operations of a folder by id, each one file with one operation, named as its file."""
    documents = [_load(file, schema) for file in sorted(folder.glob("*.graphql"))]
    return {document.id: document for document in documents}


def read_document(file: Path, schema: GraphQLSchema) -> Document:
    """A file that fits the schema, with any number of operations. Raises ManifestInvalid."""
    try:
        text = file.read_bytes().decode()  # as it stands, its line ends too: the id is the hash of the bytes
        return checked_document(text, schema, name=file.stem, introspects=False, names=True)
    except OSError:
        raise ManifestInvalid(f"{file.name} cannot be read.") from None
    except UnicodeDecodeError:
        raise ManifestInvalid(f"{file.name} is not UTF-8.") from None
    except BadRequest as error:
        raise ManifestInvalid(f"{file.name}: {reasons(error)}") from None


def reasons(error: BadRequest) -> str:
    """All that is told of a refused document, in one line."""
    return "; ".join(told["message"] for told in error.content["errors"])


def _load(file: Path, schema: GraphQLSchema) -> Document:
    document = read_document(file, schema)
    if [node.name and node.name.value for node in document.operations] != [file.stem]:
        raise ManifestInvalid(f"{file.name}: one operation, named as its file, was expected.")
    if not _takes_its_key(document):
        raise ManifestInvalid(f"{file.name}: take {IDEMPOTENCY_KEY} as a variable, or it would happen once for all.")
    return document


def _takes_its_key(document: Document) -> bool:
    """A mutation with a key of its own text would be answered as before, whoever sends it again."""
    arguments = [
        argument
        for field in document.operations[0].selection_set.selections
        if isinstance(field, FieldNode)
        for argument in field.arguments or ()
    ]
    return all(isinstance(each.value, VariableNode) for each in arguments if each.name.value == IDEMPOTENCY_KEY)
