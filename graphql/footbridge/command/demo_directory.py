"""A trust's directory for demonstrations and tests: canaille, a real OpenID provider, as a child process.

    python -m footbridge.command.demo_directory --port 8001 people.json

reads the people and clients from a file, or from standard input for `-`, and serves on loopback until it is
told to stop. Everything is in memory; it is ready when `/.well-known/openid-configuration` answers.
"""

import argparse
import json
import logging
import secrets
import signal
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from types import FrameType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from joserfc.jwk import RSAKey

from footbridge.runtime.tether import die_with_parent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

HOST = "127.0.0.1"
SCOPES = ["openid", "profile", "email", "groups"]


@dataclass(frozen=True)
class DirectoryPerson:
    user_name: str
    given_name: str
    family_name: str
    email: str
    password: str
    groups: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        return cls(**{**document, "groups": tuple(document.get("groups", ()))})


@dataclass(frozen=True)
class DirectoryClient:
    """An application that signs people in here; without a secret it is a public one, held by PKCE alone."""

    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    client_secret: str | None = None
    client_name: str = "Footbridge"
    asks_consent: bool = False

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        addresses = ("redirect_uris", "post_logout_redirect_uris")
        return cls(**{**document, **{name: tuple(document.get(name, ())) for name in addresses}})


@dataclass(frozen=True)
class DirectoryDescription:
    people: tuple[DirectoryPerson, ...]
    clients: tuple[DirectoryClient, ...]
    name: str = "Demo directory"

    @classmethod
    def from_json(cls, text: str) -> Self:
        document = json.loads(text)
        return cls(
            people=tuple(map(DirectoryPerson.from_json, document["people"])),
            clients=tuple(map(DirectoryClient.from_json, document["clients"])),
            name=document.get("name", cls.name),
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)


def issuer(port: int) -> str:
    return f"http://{HOST}:{port}"


def run(description: DirectoryDescription, port: int) -> None:
    """Serves until SIGTERM or SIGINT; a taken port is an OSError before anything is answered."""
    from werkzeug.serving import make_server  # noqa: PLC0415 (only where the demo group is installed)

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = OneAtATime(application_for(description, port))
    server = make_server(HOST, port, application, threaded=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    server.serve_forever()


def application_for(description: DirectoryDescription, port: int) -> "Flask":
    from canaille import create_app  # noqa: PLC0415 (only where the demo group is installed)

    from footbridge.command.demo_directory_memory import EveryFilterMemoryBackend  # noqa: PLC0415

    settings = configuration(description, port)
    application: Flask = create_app(config=settings, backend=EveryFilterMemoryBackend(settings))
    with application.app_context():
        _fill(description)
    return application


def configuration(description: DirectoryDescription, port: int) -> dict[str, Any]:
    """Canaille's settings, all given here, so that neither a file nor the environment has a say."""
    redirects = (uri for client in description.clients for uri in _addresses(client))
    return {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "SERVER_NAME": f"{HOST}:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "DEBUG": False,
        "CANAILLE": {
            "NAME": description.name,
            "DATABASE": "memory",
            "LANGUAGE": "en",
            "TIMEZONE": "UTC",
            "SMTP": None,
            "JAVASCRIPT": False,
            "HTMX": False,
            "CAPTCHA_ENABLED": False,
            "ENABLE_PASSWORD_RECOVERY": False,
            "ENABLE_REGISTRATION": False,
            "ACL": {"PEOPLE": {"PERMISSIONS": ["use_oidc"], "READ": ["user_name", "groups"], "WRITE": []}},
            "LOGGING": _LOGGING,
        },
        "CANAILLE_OIDC": {
            "ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)],
            "TRUSTED_DOMAINS": sorted({urlsplit(uri).hostname or HOST for uri in redirects}),
        },
    }


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}


class OneAtATime:
    """Canaille's memory backend is not made for threads, while a browser's idle connections need them."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self._lock:
            return self._application(environ, start_response)


def _fill(description: DirectoryDescription) -> None:
    models, backend = _canaille()
    members: dict[str, list[Any]] = {}
    for person in description.people:
        user = models.User(
            user_name=person.user_name,
            given_name=person.given_name,
            family_name=person.family_name,
            formatted_name=person.name,
            emails=[person.email],
            password=person.password,
        )
        backend.save(user)
        for group in person.groups:
            members.setdefault(group, []).append(user)
    for name, users in members.items():
        backend.save(models.Group(display_name=name, members=users))
    for client in description.clients:
        _register(client)


def _canaille() -> tuple[Any, Any]:
    """Its models and its store, which are there once the application is made."""
    from canaille.app import models  # noqa: PLC0415 (only where the demo group is installed)
    from canaille.backends import Backend  # noqa: PLC0415

    return models, Backend.instance


def _register(client: DirectoryClient) -> None:
    """A client whose own address is trusted shows no consent page, and its tokens are meant for it alone."""
    models, backend = _canaille()
    registered = models.Client(
        client_id=client.client_id,
        client_secret=client.client_secret,
        client_name=client.client_name,
        client_uri=None if client.asks_consent else client.redirect_uris[0],
        redirect_uris=list(client.redirect_uris),
        post_logout_redirect_uris=list(client.post_logout_redirect_uris),
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=SCOPES,
        token_endpoint_auth_method="client_secret_basic" if client.client_secret else "none",
    )
    backend.save(registered)
    registered.audience = [registered]
    backend.save(registered)


def _addresses(client: DirectoryClient) -> tuple[str, ...]:
    return client.redirect_uris + client.post_logout_redirect_uris


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="footbridge-demo-directory", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("description", help="a JSON file, or - for standard input")
    arguments = parser.parse_args()
    die_with_parent()
    source = arguments.description
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    run(DirectoryDescription.from_json(text), arguments.port)


if __name__ == "__main__":
    main()
