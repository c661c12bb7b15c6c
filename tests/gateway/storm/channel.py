"""Speaks to the application as its server does, without a network and without a client library between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Message, Receive, Scope, Send

HOST = "127.0.0.1"


@dataclass
class Answer:
    """Everything that leaves the house for one request."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def text(self) -> str:
        told = b"\n".join(name + b": " + value for name, value in self.headers)
        return (told + b"\n\n" + self.body).decode()

    @property
    def content(self) -> Any:
        return orjson.loads(self.body)


class Channel:
    """Of one person or program. If the task that sends is cancelled, so is the work on its request."""

    def __init__(self, app: Any, path: str, headers: Mapping[str, str]) -> None:
        self._app = app
        self._path = path
        sent = {"host": HOST, "content-type": "application/json", "accept": "application/graphql-response+json"}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in (sent | dict(headers)).items()]

    async def send(self, content: Mapping[str, Any]) -> Answer:
        answer, body = Answer(), [orjson.dumps(content)]

        async def receive() -> Message:
            if body:
                return {"type": "http.request", "body": body.pop(), "more_body": False}
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status, answer.headers = message["status"], list(message["headers"])
            else:
                answer.body += message.get("body", b"")

        await self._call(receive, send)
        return answer

    async def _call(self, receive: Receive, send: Send) -> None:
        scope: Scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
            "path": self._path, "raw_path": self._path.encode(), "root_path": "", "query_string": b"",
            "headers": self._headers, "client": (HOST, 50_000), "server": (HOST, 8000), "state": {},
        }  # fmt: skip
        await self._app(scope, receive, send)
