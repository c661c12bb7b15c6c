"""The product's gateway with the generated documents among those that a person's session may run."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from graphql import GraphQLSchema
from starlette.applications import Starlette

from footbridge.gateway import app as product
from footbridge.gateway.documents import door as manifest
from footbridge.gateway.documents.document import MOST_PLANS, Recent
from footbridge.gateway.documents.operations import load_documents
from footbridge.gateway.http.limits import Limits
from footbridge.runtime.database import Database
from tests.gateway.client import ORIGIN
from tests.isolation.gateway.document import Document

PATIENCE = 10_000
"""The matrix asks faster than any person."""

_loaded: dict[str, Mapping[str, Any]] = {}


def _once(folder: Path, schema: GraphQLSchema, load: Callable[..., Mapping[str, Any]]) -> Mapping[str, Any]:
    """The documents are always the same; what they are compiled to is each gateway's own."""
    if folder.name not in _loaded:
        _loaded[folder.name] = load(folder, schema)
    return {name: replace(document, plans=Recent(MOST_PLANS)) for name, document in _loaded[folder.name].items()}


def make_gateway(database: Database, documents: Iterable[Document]) -> Starlette:
    """As it starts on a folder of operations that has ours."""
    with tempfile.TemporaryDirectory() as folder:
        for document in documents:
            file = Path(folder, "operations", document.side, f"{document.name}.graphql")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(document.text, encoding="utf-8")
        told, read = patch.object(manifest, "contract_folder", lambda: Path(folder)), load_documents
        with told, patch.object(manifest, "load_documents", lambda of, schema: _once(of, schema, read)):
            return product.make_app(database, ORIGIN, Limits().widened(PATIENCE))
