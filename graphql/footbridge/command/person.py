"""A signed-in person at a browser who runs operations of the contract by hash, as a frontend would."""

import uuid
from pathlib import Path
from typing import Any

import httpx

from footbridge.command.browser import Credentials, SignInBrowser, read_forms
from footbridge.gateway.documents.document import document_id
from footbridge.runtime.errors import FootbridgeError
from footbridge.runtime.resources import contract_folder


class AnsweredOtherwise(FootbridgeError):
    code = "ANSWERED_OTHERWISE"

    def __init__(self, what: str, response: httpx.Response) -> None:
        super().__init__(f"{what}: answered {response.status_code} {response.text[:400]}")


class Person:
    """Use as `async with Person(origin) as person`, then sign in."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._browser = SignInBrowser()

    async def __aenter__(self) -> "Person":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._browser.close()

    async def sign_in(self, email: str, credentials: Credentials) -> dict[str, Any]:
        """Through the directory and back; answers with who one is, as `/me` tells it."""
        await self._browser.sign_in_with(self.origin, email, credentials)
        return await self.me()

    async def me(self) -> dict[str, Any]:
        response = await self._browser.client.get(f"{self.origin}/me")
        if response.status_code != 200:
            raise AnsweredOtherwise("/me", response)
        found: dict[str, Any] = response.json()["data"]
        return found

    async def act_as(self, role: str, where: str) -> dict[str, Any]:
        """Chooses the post on the page where it is offered, if the person does not act in it already."""
        page = await self._browser.client.get(f"{self.origin}/")
        wanted = next(post for post in (await self.me())["posts"] if (post["role"], post["where"]) == (role, where))
        for form in read_forms(page.text):
            if form.action == "/act-as" and form.fields.get("post") == wanted["id"]:
                await self._browser.client.post(
                    f"{self.origin}/act-as", data=form.fields, headers={"Origin": self.origin}
                )
        return await self.me()

    async def send(
        self, endpoint: str, operation: str, side: str, *, key: str | None = None, **variables: Any
    ) -> httpx.Response:
        """The operation of `frontend-contract/operations/<side>/`, by hash; a mutation with a key of its own."""
        text = operation_file(side, operation).read_text(encoding="utf-8")
        if text.startswith("mutation"):
            variables["idempotencyKey"] = key or uuid.uuid4().hex
        content = {"documentId": document_id(text), "variables": variables}
        headers = {"Origin": self.origin}
        return await self._browser.client.post(f"{self.origin}{endpoint}", json=content, headers=headers)

    async def run(self, endpoint: str, operation: str, side: str, **variables: Any) -> Any:
        """The data of the one root field; AnsweredOtherwise for an error or a refusal."""
        response = await self.send(endpoint, operation, side, **variables)
        content = response.json()
        if response.status_code != 200 or content.get("errors"):
            raise AnsweredOtherwise(operation, response)
        result = next(iter(content["data"].values()))
        if isinstance(result, dict) and str(result.get("__typename", "")).endswith("Refusal"):
            raise AnsweredOtherwise(operation, response)
        return result

    async def at_school(self, urn: str, operation: str, **variables: Any) -> Any:
        return await self.run(f"/schools/{urn}/graphql", operation, "school", **variables)

    async def at_trust(self, uid: str, operation: str, **variables: Any) -> Any:
        return await self.run(f"/trusts/{uid}/graphql", operation, "trust", **variables)


def operation_file(side: str, operation: str) -> Path:
    return contract_folder() / "operations" / side / f"{operation}.graphql"


def operation_names(side: str) -> list[str]:
    return sorted(file.stem for file in (contract_folder() / "operations" / side).glob("*.graphql"))
