"""Two directories for the sign-in tests: a real one (canaille, a child process) and a hostile one."""

import base64
import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from footbridge.command.demo_directory import (
    DirectoryClient,
    DirectoryDescription,
    DirectoryPerson,
    issuer,
)

CALLBACK = "http://127.0.0.1:9/sign-in/callback"
SIGNED_OUT = "http://127.0.0.1:9/signed-out"

PEOPLE = (
    DirectoryPerson("amal", "Amal", "Okafor", "amal@larch.example", "correct horse", ("larch-heads", "staff")),
    DirectoryPerson("bo", "Bo", "Lindqvist", "bo@larch.example", "battery staple"),
)


def clients(application_port: int) -> tuple[DirectoryClient, ...]:
    application = f"http://127.0.0.1:{application_port}/callback"
    return (
        DirectoryClient("confidential", (CALLBACK,), (SIGNED_OUT,), client_secret="the-secret_of.the-application~"),
        DirectoryClient("public", (CALLBACK,), (SIGNED_OUT,)),
        DirectoryClient("consent", (CALLBACK,), asks_consent=True),
        DirectoryClient("application", (application,)),
    )


@dataclass(frozen=True)
class RunningDirectory:
    issuer: str
    port: int
    application_port: int
    process: subprocess.Popen[str]


@pytest.fixture
def free_port() -> int:
    return find_free_port()


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def await_answer(issuer: str, process: subprocess.Popen[str]) -> None:
    """Asks until it answers: that is how the directory says that it is ready."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the directory ended before it answered"
        try:
            answer = httpx.get(issuer + "/.well-known/openid-configuration", trust_env=False)
        except httpx.TransportError:
            select.select([], [], [], 0.05)
        else:
            assert answer.status_code == 200
            return
    raise AssertionError("the directory does not answer")


@pytest.fixture
def until_it_answers() -> Callable[[str, subprocess.Popen[str]], None]:
    return await_answer


def start_directory(folder: Path) -> RunningDirectory:
    port, application_port = find_free_port(), find_free_port()
    description = DirectoryDescription(PEOPLE, clients(application_port))
    people = folder / "people.json"
    people.write_text(description.to_json(), encoding="utf-8")
    command = [sys.executable, "-m", "footbridge.command.demo_directory", "--port", str(port), str(people)]
    process = subprocess.Popen(command, text=True, cwd=folder, stdin=subprocess.DEVNULL)
    await_answer(issuer(port), process)
    return RunningDirectory(issuer(port), port, application_port, process)


@pytest.fixture(scope="session")
def demo_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDirectory]:
    running = start_directory(tmp_path_factory.mktemp("directory"))
    yield running
    running.process.terminate()
    running.process.wait(timeout=10)


@dataclass
class HostileProvider:
    """An OpenID provider that says whatever a test tells it to; it signs with keys of its own."""

    issuer: str = ""
    keys: list[RSAKey] = field(default_factory=lambda: [HostileProvider.first_key])
    metadata: dict[str, Any] = field(default_factory=dict)
    published: Callable[[], list[dict[str, Any]]] | None = None
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    tokens: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    authorization: list[str] = field(default_factory=list)

    first_key: ClassVar[RSAKey] = RSAKey.generate_key(2048, {"kid": "first"})
    second_key: ClassVar[RSAKey] = RSAKey.generate_key(2048, {"kid": "second"})

    def document(self, path: str) -> dict[str, Any] | None:
        documents: dict[str, Callable[[], dict[str, Any]]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: {"keys": self.published() if self.published else self._public_keys()},
            "/token": self._tokens,
            "/userinfo": lambda: self.user_info,
        }
        return documents[path]() if path in documents else None

    def requests_to(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.requests)

    def _public_keys(self) -> list[dict[str, Any]]:
        return [dict(key.as_dict(private=False)) for key in self.keys]

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": self.issuer + "/authorize",
            "token_endpoint": self.issuer + "/token",
            "jwks_uri": self.issuer + "/keys",
            "userinfo_endpoint": self.issuer + "/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "HS256", "none"],
            **self.metadata,
        }

    def _tokens(self) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "person-1",
            "aud": "footbridge",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "name": "Amal Okafor",
            "groups": ["larch-heads"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.keys[0]
        token = self.sign(claims) if self.sign else jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
        return {"id_token": token, "access_token": "access-1", "token_type": "Bearer", **self.tokens}


@pytest.fixture
def hostile() -> Iterator[HostileProvider]:
    provider = HostileProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            path = urlsplit(self.path).path
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            provider.requests.append((path, {k: v[0] for k, v in parse_qs(body.decode()).items()}))
            if (credentials := self.headers.get("Authorization", "")).startswith("Basic "):
                provider.authorization.append(base64.b64decode(credentials.removeprefix("Basic ")).decode())
            if path in provider.answers:
                provider.answers[path](self)
            elif (document := provider.document(path)) is not None:
                send(self, 200, json.dumps(document).encode())
            else:
                send(self, 404, b"{}")

        def log_message(self, *_: object) -> None:
            """The tests' own output is enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
