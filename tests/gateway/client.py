"""Sends operations of the contract by hash, as a frontend does."""

import uuid
from typing import Any

import httpx

from footbridge.command.person import operation_file
from footbridge.gateway.documents.document import document_id
from footbridge.tenancy.caller import Caller

ORIGIN = "http://127.0.0.1:8000"


class Client:
    def __init__(self, http: httpx.AsyncClient, caller: Caller | None = None) -> None:
        self.http = http
        self._caller = caller

    @property
    def caller(self) -> Caller:
        assert self._caller is not None
        return self._caller

    async def post(self, path: str, content: Any, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=content, headers=headers)

    async def send(self, path: str, operation: str, *, key: str | None = None, **variables: Any) -> httpx.Response:
        """The operation's side is the endpoint's; a mutation gets a key of its own."""
        side = "school" if path.startswith("/schools") else "trust"
        text = operation_file(side, operation).read_text(encoding="utf-8")
        if text.startswith("mutation"):
            variables["idempotencyKey"] = uuid.uuid4().hex if key is None else key
        return await self.post(path, {"documentId": document_id(text), "variables": variables})

    async def run(self, path: str, operation: str, **variables: Any) -> Any:
        """The root field's value; a refusal is a value too."""
        response = await self.send(path, operation, **variables)
        content = response.json()
        assert response.status_code == 200, content
        assert "errors" not in content, content
        return next(iter(content["data"].values()))


def school_path(urn: str) -> str:
    return f"/schools/{urn}/graphql"


def trust_path(uid: str) -> str:
    return f"/trusts/{uid}/graphql"
