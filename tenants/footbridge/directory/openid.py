"""Signing in through a trust's own directory by the authorization code flow with PKCE."""

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from footbridge.directory.claims import PERSONAL_CLAIMS, Claims, Identity, read_identity
from footbridge.directory.id_token import verify_id_token
from footbridge.directory.provider import ProviderMetadata, Providers
from footbridge.directory.provider_connection import ProviderConnection
from footbridge.directory.sign_in_errors import (
    DirectoryMisconfigured,
    IdTokenFault,
    IdTokenRefused,
    SignInCodeRefused,
    SignInDeclined,
    SignInFromAnotherDirectory,
    SignInNotStartedHere,
)

WANTED_SCOPES = ("openid", "profile", "email", "groups")
REGISTERED_ERRORS = frozenset(
    {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
    }
)
"""RFC 6749, section 4.1.2.1, and OpenID Connect Core 1.0, section 3.1.2.6; another word is not repeated."""


@dataclass(frozen=True)
class IssuerConfiguration:
    """One directory as its trust has registered us there; without a secret we are a public client."""

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LoginTransaction:
    """What the caller keeps, bound to the browser and used once, until the person comes back."""

    issuer: str
    state: str
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)


@dataclass(frozen=True)
class BegunLogin:
    authorization_url: str
    transaction: LoginTransaction


class RelyingParty:
    """Our side of every directory; one for a process, closed with its event loop."""

    def __init__(
        self,
        *,
        connection: ProviderConnection | None = None,
        providers: Providers | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._connection = connection or ProviderConnection()
        self._providers = providers or Providers(self._connection)
        self._clock = clock

    async def discover(self, issuer: str) -> ProviderMetadata:
        return await self._providers.discover(issuer)

    async def begin(self, configuration: IssuerConfiguration, *, login_hint: str | None = None) -> BegunLogin:
        """The address to send the browser to, and what has to be remembered until it returns."""
        metadata = await self.discover(configuration.issuer)
        transaction = LoginTransaction(
            issuer=configuration.issuer,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            code_verifier=secrets.token_urlsafe(48),
        )
        return BegunLogin(_authorization_url(metadata, configuration, transaction, login_hint), transaction)

    async def complete(
        self, configuration: IssuerConfiguration, transaction: LoginTransaction, callback: Mapping[str, str]
    ) -> Identity:
        """Turns the callback's parameters into an identity, or raises a `SignInRefused`.

        The caller has already deleted the transaction, so that a callback works once.
        """
        metadata = await self.discover(configuration.issuer)
        code = _read_callback(metadata, configuration, transaction, callback)
        tokens = await self._exchange(metadata, configuration, transaction, code)
        claims = await verify_id_token(
            tokens.id_token,
            providers=self._providers,
            metadata=metadata,
            client_id=configuration.client_id,
            nonce=transaction.nonce,
            access_token=tokens.access_token,
            now=int(self._clock()),
        )
        if "groups" not in claims or "name" not in claims:
            claims = {**await self._user_info(metadata, tokens, claims["sub"]), **claims}
        return read_identity(claims)

    async def logout_url(
        self, configuration: IssuerConfiguration, *, return_to: str, state: str | None = None
    ) -> str | None:
        """Where the browser ends its session at the directory; None where the directory offers no such place.

        `return_to` has to be registered there. We keep no id_token to hint with, so we say who we are.
        """
        metadata = await self.discover(configuration.issuer)
        if metadata.end_session_endpoint is None:
            return None
        parameters = {"client_id": configuration.client_id, "post_logout_redirect_uri": return_to}
        if state is not None:
            parameters["state"] = state
        return _with_parameters(metadata.end_session_endpoint, parameters)

    async def close(self) -> None:
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _exchange(
        self,
        metadata: ProviderMetadata,
        configuration: IssuerConfiguration,
        transaction: LoginTransaction,
        code: str,
    ) -> "_Tokens":
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": configuration.redirect_uri,
            "code_verifier": transaction.code_verifier,
        }
        basic = _authenticate(form, metadata, configuration)
        answer = await self._connection.post(metadata.token_endpoint, form, basic=basic)
        document = answer.json_object("answer to our code")
        if answer.status != 200:
            if document.get("error") == "invalid_grant":
                raise SignInCodeRefused
            raise DirectoryMisconfigured("it does not accept us as the application that it registered")
        return _Tokens.from_document(document)

    async def _user_info(self, metadata: ProviderMetadata, tokens: "_Tokens", subject: str) -> Claims:
        """What the id_token left out, if it is about the same subject (Core 1.0, section 5.3.2)."""
        if metadata.userinfo_endpoint is None:
            return {}
        answer = await self._connection.get(metadata.userinfo_endpoint, bearer=tokens.access_token)
        if answer.status != 200:
            raise DirectoryMisconfigured("it does not give the particulars of the person who signed in")
        claims = answer.json_object("particulars of the person")
        if claims.get("sub") != subject:
            raise IdTokenRefused(IdTokenFault.USER_INFO)
        return {name: claims[name] for name in PERSONAL_CLAIMS if name in claims}


@dataclass(frozen=True)
class _Tokens:
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        id_token, access_token = document.get("id_token"), document.get("access_token")
        kind = document.get("token_type")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise DirectoryMisconfigured("it does not say who has signed in")
        if not isinstance(kind, str) or kind.lower() != "bearer":
            raise DirectoryMisconfigured("it hands out access tokens of a kind that we do not know")
        return cls(id_token, access_token)


def _authorization_url(
    metadata: ProviderMetadata,
    configuration: IssuerConfiguration,
    transaction: LoginTransaction,
    login_hint: str | None,
) -> str:
    parameters = {
        "response_type": "code",
        "client_id": configuration.client_id,
        "redirect_uri": configuration.redirect_uri,
        "scope": " ".join(_scopes(metadata)),
        "state": transaction.state,
        "nonce": transaction.nonce,
        "code_challenge": create_s256_code_challenge(transaction.code_verifier),
        "code_challenge_method": "S256",
    }
    if login_hint is not None:
        parameters["login_hint"] = login_hint
    return _with_parameters(metadata.authorization_endpoint, parameters)


def _scopes(metadata: ProviderMetadata) -> list[str]:
    """Those the directory knows: some refuse a request that names another."""
    known = metadata.scopes
    return [scope for scope in WANTED_SCOPES if scope == "openid" or known is None or scope in known]


def _with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"


def _read_callback(
    metadata: ProviderMetadata,
    configuration: IssuerConfiguration,
    transaction: LoginTransaction,
    callback: Mapping[str, str],
) -> str:
    """The code, once the callback proves to be the end of this very sign-in (RFC 9207 for `iss`)."""
    if not hmac.compare_digest(callback.get("state", "").encode(), transaction.state.encode()):
        raise SignInNotStartedHere
    if transaction.issuer != configuration.issuer:
        raise SignInFromAnotherDirectory
    issuer = callback.get("iss")
    if issuer != metadata.issuer and (issuer is not None or metadata.says_issuer_in_callback):
        raise SignInFromAnotherDirectory
    if "error" in callback:
        raise SignInDeclined(callback["error"] if callback["error"] in REGISTERED_ERRORS else "other")
    code = callback.get("code")
    if not code:
        raise SignInCodeRefused
    return code


def _authenticate(
    form: dict[str, str], metadata: ProviderMetadata, configuration: IssuerConfiguration
) -> tuple[str, str] | None:
    """Says in the form or by HTTP Basic which client asks (RFC 6749, section 2.3.1)."""
    if configuration.client_secret is None:
        form["client_id"] = configuration.client_id
        return None
    if "client_secret_basic" in metadata.token_authentication:
        return quote_plus(configuration.client_id), quote_plus(configuration.client_secret)
    form["client_id"] = configuration.client_id
    form["client_secret"] = configuration.client_secret
    return None
