"""What a directory publishes about itself: its addresses and its keys, checked and kept for a while."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from footbridge.directory.provider_connection import ProviderConnection, is_acceptable_address
from footbridge.directory.sign_in_errors import DirectoryMisconfigured, IdTokenFault, IdTokenRefused
from footbridge.runtime.loopback import is_loopback

VerificationKey = RSAKey | ECKey
_KEY_TYPES: dict[str, type[RSAKey] | type[ECKey]] = {"RSA": RSAKey, "EC": ECKey}

ACCEPTED_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Public-key signatures only: neither `none` nor a shared secret, whatever the directory announces."""

METADATA_LIFETIME = timedelta(hours=1)
KEYS_LIFETIME = timedelta(minutes=5)
KEYS_PAUSE = timedelta(seconds=10)
MOST_KEYS = 50


@dataclass(frozen=True)
class ProviderMetadata:
    """The part of OpenID Connect Discovery 1.0, section 3, that a sign-in by code needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    signing_algorithms: tuple[str, ...]
    token_authentication: tuple[str, ...]
    scopes: tuple[str, ...] | None
    says_issuer_in_callback: bool

    @classmethod
    def from_document(cls, issuer: str, document: dict[str, Any]) -> Self:
        if document.get("issuer") != issuer:
            raise DirectoryMisconfigured("it calls itself by another name than the one we know it by")
        return cls(
            issuer=issuer,
            authorization_endpoint=_address(document, "authorization_endpoint", issuer),
            token_endpoint=_address(document, "token_endpoint", issuer),
            jwks_uri=_address(document, "jwks_uri", issuer),
            userinfo_endpoint=_optional_address(document, "userinfo_endpoint", issuer),
            end_session_endpoint=_optional_address(document, "end_session_endpoint", issuer),
            signing_algorithms=_accepted_algorithms(document),
            token_authentication=_names(document, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
            scopes=_names(document, "scopes_supported"),
            says_issuer_in_callback=document.get("authorization_response_iss_parameter_supported") is True,
        )


@dataclass
class _Known:
    """One directory as this process knows it; instants are the clock's seconds."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    metadata: ProviderMetadata | None = None
    metadata_until: float = 0.0
    keys: tuple[VerificationKey, ...] = ()
    keys_fetched_at: float = float("-inf")


class Providers:
    """Directories by issuer, each fetched at most once in its lifetime however many people sign in at once.

    Keys live shorter than addresses, so that a withdrawn key is refused within `KEYS_LIFETIME`; an unknown
    key id fetches them anew, but not more often than every `KEYS_PAUSE`.
    """

    def __init__(self, connection: ProviderConnection, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def discover(self, issuer: str) -> ProviderMetadata:
        if not is_acceptable_address(issuer, loopback=True) or urlsplit(issuer).query:
            raise DirectoryMisconfigured("its address is not an https:// address")
        known = self._known.setdefault(issuer, _Known())
        async with known.lock:
            if known.metadata is None or self._clock() >= known.metadata_until:
                known.metadata = await self._fetch_metadata(issuer)
                known.metadata_until = self._clock() + METADATA_LIFETIME.total_seconds()
            return known.metadata

    async def find_key(self, metadata: ProviderMetadata, kid: str | None) -> VerificationKey:
        """The published key of that id; without an id only the single key of a directory that has one."""
        known = self._known.setdefault(metadata.issuer, _Known())
        async with known.lock:
            if self._age_of_keys(known) >= KEYS_LIFETIME.total_seconds():
                await self._refresh_keys(known, metadata)
            key = _choose_key(known.keys, kid)
            if key is None and self._age_of_keys(known) >= KEYS_PAUSE.total_seconds():
                await self._refresh_keys(known, metadata)
                key = _choose_key(known.keys, kid)
        if key is None:
            raise IdTokenRefused(IdTokenFault.UNKNOWN_KEY)
        return key

    def _age_of_keys(self, known: _Known) -> float:
        return self._clock() - known.keys_fetched_at

    async def _fetch_metadata(self, issuer: str) -> ProviderMetadata:
        answer = await self._connection.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if answer.status != 200:
            raise DirectoryMisconfigured("it does not describe itself at /.well-known/openid-configuration")
        return ProviderMetadata.from_document(issuer, answer.json_object("description of itself"))

    async def _refresh_keys(self, known: _Known, metadata: ProviderMetadata) -> None:
        answer = await self._connection.get(metadata.jwks_uri)
        if answer.status != 200:
            raise DirectoryMisconfigured("it does not publish its keys")
        published = answer.json_object("list of keys").get("keys")
        if not isinstance(published, list) or len(published) > MOST_KEYS:
            raise DirectoryMisconfigured("its list of keys cannot be read")
        known.keys = tuple(_verification_keys(published))
        known.keys_fetched_at = self._clock()


def _verification_keys(published: list[Any]) -> Iterable[VerificationKey]:
    """Public signing keys only; what is meant for something else or cannot be read is left out."""
    for document in published:
        if not isinstance(document, dict) or document.get("use", "sig") != "sig":
            continue
        kind = _KEY_TYPES.get(document.get("kty", ""))
        if kind is None:
            continue
        try:
            yield kind.import_key(document)
        except (JoseError, ValueError, TypeError, KeyError):
            continue


def _choose_key(keys: tuple[VerificationKey, ...], kid: str | None) -> VerificationKey | None:
    matching = keys if kid is None else [key for key in keys if key.kid == kid]
    return matching[0] if len(matching) == 1 else None


def _accepted_algorithms(document: dict[str, Any]) -> tuple[str, ...]:
    announced = _names(document, "id_token_signing_alg_values_supported") or ("RS256",)
    accepted = tuple(algorithm for algorithm in ACCEPTED_ALGORITHMS if algorithm in announced)
    if not accepted:
        raise DirectoryMisconfigured("it does not sign with a public key")
    return accepted


def _names(document: dict[str, Any], name: str) -> tuple[str, ...] | None:
    value = document.get(name)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else None


def _address(document: dict[str, Any], name: str, issuer: str) -> str:
    """On this machine for a directory on this machine, over HTTPS for every other."""
    value = document.get(name)
    loopback = is_loopback(urlsplit(issuer).hostname)
    if not isinstance(value, str) or not is_acceptable_address(value, loopback=loopback):
        raise DirectoryMisconfigured(f"its {name} is missing or is not an https:// address")
    return value


def _optional_address(document: dict[str, Any], name: str, issuer: str) -> str | None:
    return None if document.get(name) is None else _address(document, name, issuer)
