"""Trusted documents: the operations of `frontend-contract/operations/`, which a cookie session may run by hash."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode, parse, validate

HASH_PREFIX = "sha256:"


class ManifestInvalid(ValueError):
    """An operation of the contract does not fit the schema: the gateway does not start."""


@dataclass(frozen=True)
class TrustedDocument:
    """One file, one operation, named as the file; its id is the hash of the file's text."""

    id: str
    name: str
    text: str
    document: DocumentNode


def document_id(text: str) -> str:
    return HASH_PREFIX + hashlib.sha256(text.encode()).hexdigest()


def load_documents(folder: Path, schema: GraphQLSchema) -> Mapping[str, TrustedDocument]:
    """All operations of a folder by id, each validated against its schema."""
    documents = [_load(file, schema) for file in sorted(folder.glob("*.graphql"))]
    return {document.id: document for document in documents}


def _load(file: Path, schema: GraphQLSchema) -> TrustedDocument:
    text = file.read_text(encoding="utf-8")
    document = parse(text)
    errors = validate(schema, document)
    names = [node.name.value for node in operations_of(document) if node.name]
    if errors or names != [file.stem]:
        raise ManifestInvalid(f"{file.name}: {errors or 'one operation, named as its file, was expected'}")
    return TrustedDocument(document_id(text), file.stem, text, document)


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
