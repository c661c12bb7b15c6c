"""Signing in: the whole flow with a real directory, and the forgeries of a hostile one."""

import base64
import hashlib
import hmac
import json
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from footbridge.command.browser import Credentials, SignInBrowser
from footbridge.directory.claims import Identity
from footbridge.directory.openid import BegunLogin, IssuerConfiguration, RelyingParty
from footbridge.directory.provider import KEYS_LIFETIME, KEYS_PAUSE, METADATA_LIFETIME, ProviderMetadata, Providers
from footbridge.directory.provider_connection import ProviderConnection
from footbridge.directory.sign_in_errors import (
    DirectoryMisconfigured,
    DirectoryUnavailable,
    IdTokenFault,
    IdTokenRefused,
    SignInCodeRefused,
    SignInDeclined,
    SignInFromAnotherDirectory,
    SignInNotStartedHere,
    SignInRefused,
)

CALLBACK = "http://127.0.0.1:9/sign-in/callback"
AMAL = Credentials("amal", "correct horse")
BO = Credentials("bo", "battery staple")
SECRET = "the-secret_of.the-application~"


@pytest.fixture
async def us() -> AsyncIterator[RelyingParty]:
    async with RelyingParty() as party:
        yield party


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, time_span: timedelta) -> None:
        self.seconds += time_span.total_seconds()


def to_real(directory: Any, **changes: Any) -> IssuerConfiguration:
    return IssuerConfiguration(
        **{"issuer": directory.issuer, "client_id": "public", "redirect_uri": CALLBACK, **changes}
    )


def to_hostile(hostile: Any, **changes: Any) -> IssuerConfiguration:
    return IssuerConfiguration(
        **{"issuer": hostile.issuer, "client_id": "footbridge", "redirect_uri": CALLBACK, **changes}
    )


async def go_and_come_back(
    us: RelyingParty, ours: IssuerConfiguration, person: Credentials
) -> tuple[BegunLogin, dict[str, str]]:
    begun = await us.begin(ours)
    async with SignInBrowser() as browser:
        callback = await browser.authorize(begun.authorization_url, person, redirect_uri=CALLBACK)
    return begun, callback


async def sign_in_at(us: RelyingParty, hostile: Any, **changes: Any) -> Identity:
    """The person goes to the hostile provider, which sends them back at once with any code."""
    ours = to_hostile(hostile, **changes)
    begun = await us.begin(ours)
    hostile.nonce = begun.transaction.nonce
    return await us.complete(ours, begun.transaction, {"code": "c", "state": begun.transaction.state})


def forge(key: Any, **header: Any) -> Callable[[dict[str, Any]], str]:
    registry = jws.JWSRegistry(algorithms=list(jws.JWSRegistry.algorithms))
    return lambda claims: jwt.encode(header, claims, key, registry=registry)


def encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


# -- against canaille


async def test_begin_asks_for_a_code_with_state_nonce_and_pkce(us: RelyingParty, demo_directory: Any) -> None:
    begun = await us.begin(to_real(demo_directory), login_hint="amal@larch.example")
    asked = {name: value[0] for name, value in parse_qs(urlsplit(begun.authorization_url).query).items()}
    digest = hashlib.sha256(begun.transaction.code_verifier.encode()).digest()
    assert asked == {
        "response_type": "code",
        "client_id": "public",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email groups",
        "state": begun.transaction.state,
        "nonce": begun.transaction.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": "amal@larch.example",
    }


async def test_begin_never_repeats_a_secret(us: RelyingParty, demo_directory: Any) -> None:
    one = (await us.begin(to_real(demo_directory))).transaction
    two = (await us.begin(to_real(demo_directory))).transaction
    secrets = [one.state, one.nonce, one.code_verifier, two.state, two.nonce, two.code_verifier]
    assert len(set(secrets)) == len(secrets)
    assert all(len(secret) >= 43 for secret in secrets)
    assert one.code_verifier not in repr(one)


@pytest.mark.parametrize("client", [("public", None), ("confidential", SECRET)])
async def test_person_signs_in_with_their_groups(
    us: RelyingParty, demo_directory: Any, client: tuple[str, str | None]
) -> None:
    ours = to_real(demo_directory, client_id=client[0], client_secret=client[1])
    begun, callback = await go_and_come_back(us, ours, AMAL)
    identity = await us.complete(ours, begun.transaction, callback)
    assert identity.issuer == demo_directory.issuer
    assert (identity.subject, identity.name, identity.email) == ("amal", "Amal Okafor", "amal@larch.example")
    assert sorted(identity.groups) == ["larch-heads", "staff"]
    assert identity.authenticated_at is not None
    assert abs(datetime.now(UTC) - identity.authenticated_at) < timedelta(minutes=1)


async def test_person_without_groups_has_none(us: RelyingParty, demo_directory: Any) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, BO)
    assert (await us.complete(ours, begun.transaction, callback)).groups == ()


async def test_code_works_once(us: RelyingParty, demo_directory: Any) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, AMAL)
    await us.complete(ours, begun.transaction, callback)
    with pytest.raises(SignInCodeRefused):
        await us.complete(ours, begun.transaction, callback)


async def test_code_is_worth_nothing_without_its_verifier(us: RelyingParty, demo_directory: Any) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, AMAL)
    stolen = replace((await us.begin(ours)).transaction, state=begun.transaction.state)
    with pytest.raises(SignInCodeRefused):
        await us.complete(ours, stolen, callback)


async def test_code_of_another_sign_in_is_refused_by_its_nonce(us: RelyingParty, demo_directory: Any) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, AMAL)
    with pytest.raises(IdTokenRefused) as refused:
        await us.complete(ours, replace(begun.transaction, nonce="another"), callback)
    assert refused.value.fault is IdTokenFault.NONCE


async def test_wrong_client_secret_is_the_directorys_to_mend(us: RelyingParty, demo_directory: Any) -> None:
    ours = to_real(demo_directory, client_id="confidential", client_secret="wrong")
    begun, callback = await go_and_come_back(us, ours, AMAL)
    with pytest.raises(DirectoryMisconfigured):
        await us.complete(ours, begun.transaction, callback)


@pytest.mark.parametrize("state", [None, "", "another", "ünïcode"])
async def test_callback_with_another_state_is_refused(us: RelyingParty, demo_directory: Any, state: str | None) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, AMAL)
    callback.pop("state")
    with pytest.raises(SignInNotStartedHere):
        await us.complete(ours, begun.transaction, callback | ({} if state is None else {"state": state}))


@pytest.mark.parametrize("issuer", [None, "", "https://directory.example"])
async def test_callback_must_say_its_issuer_where_the_directory_announces_that(
    us: RelyingParty, demo_directory: Any, issuer: str | None
) -> None:
    ours = to_real(demo_directory)
    begun, callback = await go_and_come_back(us, ours, AMAL)
    callback.pop("iss")
    with pytest.raises(SignInFromAnotherDirectory):
        await us.complete(ours, begun.transaction, callback | ({} if issuer is None else {"iss": issuer}))


# -- the callback, where nothing is announced


async def test_honest_answer_of_the_other_provider_is_accepted(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"sid": "session-7", "auth_time": 1_700_000_000, "email": "amal@larch.example"}
    identity = await sign_in_at(us, hostile)
    assert identity == Identity(
        issuer=hostile.issuer,
        subject="person-1",
        name="Amal Okafor",
        email="amal@larch.example",
        groups=("larch-heads",),
        provider_session="session-7",
        authenticated_at=datetime.fromtimestamp(1_700_000_000, tz=UTC),
    )


async def test_wrong_issuer_in_the_callback_is_refused_even_if_none_is_announced(
    us: RelyingParty, hostile: Any
) -> None:
    ours = to_hostile(hostile)
    begun = await us.begin(ours)
    callback = {"code": "c", "state": begun.transaction.state, "iss": "https://directory.example"}
    with pytest.raises(SignInFromAnotherDirectory):
        await us.complete(ours, begun.transaction, callback)
    assert hostile.requests_to("/token") == 0


async def test_transaction_of_another_directory_is_refused(us: RelyingParty, hostile: Any) -> None:
    ours = to_hostile(hostile)
    begun = await us.begin(ours)
    other = replace(begun.transaction, issuer="https://directory.example")
    with pytest.raises(SignInFromAnotherDirectory):
        await us.complete(ours, other, {"code": "c", "state": other.state})


@pytest.mark.parametrize(
    ("error", "kept"), [("access_denied", "access_denied"), ("<script>alert(1)</script>", "other")]
)
async def test_directorys_no_is_told_without_repeating_its_words(
    us: RelyingParty, hostile: Any, error: str, kept: str
) -> None:
    ours = to_hostile(hostile)
    begun = await us.begin(ours)
    callback = {"state": begun.transaction.state, "error": error, "error_description": "secret words"}
    with pytest.raises(SignInDeclined) as declined:
        await us.complete(ours, begun.transaction, callback)
    assert declined.value.error == kept
    assert error not in declined.value.message
    assert "secret words" not in declined.value.message


async def test_callback_without_a_code_is_refused(us: RelyingParty, hostile: Any) -> None:
    begun = await us.begin(to_hostile(hostile))
    with pytest.raises(SignInCodeRefused):
        await us.complete(to_hostile(hostile), begun.transaction, {"state": begun.transaction.state})


# -- the id_token

FIVE_MINUTES = 300
A_DAY = 24 * 3600
"""From when these tests are collected: longer than a run of all of them takes."""
WRONG_CLAIMS = {
    "another issuer": ({"iss": "https://directory.example"}, IdTokenFault.ISSUER),
    "no issuer": ({"iss": None}, IdTokenFault.ISSUER),
    "an issuer list": ({"iss": ["https://directory.example"]}, IdTokenFault.ISSUER),
    "another audience": ({"aud": "another"}, IdTokenFault.AUDIENCE),
    "another audience with our azp": ({"aud": "another", "azp": "footbridge"}, IdTokenFault.AUDIENCE),
    "other audiences with our azp": ({"aud": ["a", "b"], "azp": "footbridge"}, IdTokenFault.AUDIENCE),
    "several audiences without azp": ({"aud": ["footbridge", "another"]}, IdTokenFault.AUDIENCE),
    "several audiences, another azp": (
        {"aud": ["footbridge", "another"], "azp": "another"},
        IdTokenFault.AUDIENCE,
    ),
    "our audience, another azp": ({"azp": "another"}, IdTokenFault.AUDIENCE),
    "part of our audience": ({"aud": "footbridge-2"}, IdTokenFault.AUDIENCE),
    "no audience": ({"aud": None}, IdTokenFault.AUDIENCE),
    "an empty audience": ({"aud": []}, IdTokenFault.AUDIENCE),
    "no subject": ({"sub": None}, IdTokenFault.SUBJECT),
    "an empty subject": ({"sub": ""}, IdTokenFault.SUBJECT),
    "a number for a subject": ({"sub": 7}, IdTokenFault.SUBJECT),
    "a subject too long": ({"sub": "s" * 256}, IdTokenFault.SUBJECT),
    "expired": ({"exp": time.time() - FIVE_MINUTES}, IdTokenFault.EXPIRED),
    "no expiry": ({"exp": None}, IdTokenFault.EXPIRED),
    "expiry true": ({"exp": True}, IdTokenFault.EXPIRED),
    "expiry in words": ({"exp": "2099-01-01"}, IdTokenFault.EXPIRED),
    "issued in the future": ({"iat": time.time() + A_DAY}, IdTokenFault.ISSUED_AT),
    "issued long ago": ({"iat": time.time() - 3600}, IdTokenFault.ISSUED_AT),
    "no time of issue": ({"iat": None}, IdTokenFault.ISSUED_AT),
    "not valid yet": ({"nbf": time.time() + A_DAY}, IdTokenFault.ISSUED_AT),
    "another nonce": ({"nonce": "another"}, IdTokenFault.NONCE),
    "no nonce": ({"nonce": None}, IdTokenFault.NONCE),
    "a nonce list": ({"nonce": ["another"]}, IdTokenFault.NONCE),
    "another access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, IdTokenFault.ACCESS_TOKEN),
    "groups in an object": ({"groups": {"larch-heads": True}}, IdTokenFault.GROUPS),
    "groups as numbers": ({"groups": [1, 2]}, IdTokenFault.GROUPS),
}


@pytest.mark.parametrize("case", WRONG_CLAIMS)
async def test_id_token_with_wrong_claims_is_refused(us: RelyingParty, hostile: Any, case: str) -> None:
    hostile.claims, fault = WRONG_CLAIMS[case]
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is fault


async def test_several_audiences_are_accepted_when_we_are_the_authorized_party(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"aud": ["footbridge", "another"], "azp": "footbridge"}
    assert (await sign_in_at(us, hostile)).subject == "person-1"


async def test_clocks_may_differ_by_less_than_a_minute(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"iat": time.time() + 30, "exp": time.time() - 30}
    assert (await sign_in_at(us, hostile)).subject == "person-1"


async def test_right_at_hash_is_accepted(us: RelyingParty, hostile: Any) -> None:
    half = hashlib.sha256(b"access-1").digest()[:16]
    hostile.claims = {"at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode()}
    assert (await sign_in_at(us, hostile)).subject == "person-1"


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256"])
async def test_public_key_signatures_are_accepted(us: RelyingParty, hostile: Any, algorithm: str) -> None:
    hostile.metadata = {"id_token_signing_alg_values_supported": [algorithm, "none"]}
    hostile.sign = forge(hostile.first_key, alg=algorithm, kid="first")
    assert (await sign_in_at(us, hostile)).subject == "person-1"


async def test_elliptic_curve_signature_is_accepted(us: RelyingParty, hostile: Any) -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve"})
    hostile.keys = [key]
    hostile.sign = forge(key, alg="ES256", kid="curve")
    assert (await sign_in_at(us, hostile)).subject == "person-1"


def unsigned(claims: dict[str, Any]) -> str:
    return f"{encoded({'alg': 'none', 'kid': 'first'})}.{encoded(claims)}."


FORGERS_KEY = RSAKey.generate_key(2048)

SECRET_KEY = OctKey.import_key("footbridge" * 4)

SIGNATURES: dict[str, tuple[Callable[[dict[str, Any]], str], IdTokenFault]] = {
    "none": (unsigned, IdTokenFault.ALGORITHM),
    "a shared secret": (forge(SECRET_KEY, alg="HS256"), IdTokenFault.ALGORITHM),
    "another key under the same id": (forge(FORGERS_KEY, alg="RS256", kid="first"), IdTokenFault.SIGNATURE),
    "a key that is not published": (forge(FORGERS_KEY, alg="RS256", kid="z"), IdTokenFault.UNKNOWN_KEY),
    "another kind of token": (
        forge(FORGERS_KEY, alg="RS256", kid="first", typ="at+jwt"),
        IdTokenFault.MALFORMED,
    ),
    "not a token": (lambda _: "not a token", IdTokenFault.MALFORMED),
    "not ASCII": (lambda _: "ü.ü.ü", IdTokenFault.MALFORMED),
    "empty": (lambda _: "", IdTokenFault.MALFORMED),
    "claims in a list": (lambda _: f"{encoded({'alg': 'RS256'})}.{encoded([])}.AA", IdTokenFault.SIGNATURE),
}


@pytest.mark.parametrize("case", SIGNATURES)
async def test_id_token_without_our_kind_of_signature_is_refused(us: RelyingParty, hostile: Any, case: str) -> None:
    hostile.sign, fault = SIGNATURES[case]
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is fault


async def test_public_key_is_not_taken_for_a_shared_secret(us: RelyingParty, hostile: Any) -> None:
    def confused(claims: dict[str, Any]) -> str:
        signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(claims)}"
        mac = hmac.digest(hostile.first_key.as_pem(private=False), signed.encode(), "sha256")
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    hostile.sign = confused
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is IdTokenFault.ALGORITHM


async def test_tampered_id_token_is_refused(us: RelyingParty, hostile: Any) -> None:
    def tampered(claims: dict[str, Any]) -> str:
        header, _, signature = forge(hostile.first_key, alg="RS256", kid="first")(claims).split(".")
        return f"{header}.{encoded({**claims, 'sub': 'the-chief-executive'})}.{signature}"

    hostile.sign = tampered
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is IdTokenFault.SIGNATURE


async def test_algorithm_that_the_directory_does_not_announce_is_refused(us: RelyingParty, hostile: Any) -> None:
    hostile.metadata = {"id_token_signing_alg_values_supported": ["PS256"]}
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is IdTokenFault.ALGORITHM


async def test_token_without_key_id_is_accepted_from_a_directory_with_one_key_only(
    us: RelyingParty, hostile: Any
) -> None:
    hostile.sign = forge(hostile.first_key, alg="RS256")
    assert (await sign_in_at(us, hostile)).subject == "person-1"
    hostile.keys = [hostile.first_key, hostile.second_key]
    async with RelyingParty() as fresh:
        with pytest.raises(IdTokenRefused):
            await sign_in_at(fresh, hostile)


# -- keys over time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def us_with_clock(clock: Clock) -> AsyncIterator[RelyingParty]:
    connection = ProviderConnection()
    async with RelyingParty(connection=connection, providers=Providers(connection, clock=clock)) as party:
        yield party


async def test_new_key_is_fetched_when_it_first_signs(us_with_clock: RelyingParty, hostile: Any, clock: Clock) -> None:
    await sign_in_at(us_with_clock, hostile)
    hostile.keys = [hostile.second_key, hostile.first_key]
    clock.pass_by(KEYS_PAUSE)
    await sign_in_at(us_with_clock, hostile)
    assert hostile.requests_to("/keys") == 2


async def test_withdrawn_key_is_refused_once_its_copy_has_aged(
    us_with_clock: RelyingParty, hostile: Any, clock: Clock
) -> None:
    hostile.keys = [hostile.first_key, hostile.second_key]
    await sign_in_at(us_with_clock, hostile)
    hostile.sign = forge(hostile.first_key, alg="RS256", kid="first")
    hostile.keys = [hostile.second_key]
    clock.pass_by(KEYS_LIFETIME)
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us_with_clock, hostile)
    assert refused.value.fault is IdTokenFault.UNKNOWN_KEY


async def test_unknown_keys_do_not_make_us_ask_again_and_again(us_with_clock: RelyingParty, hostile: Any) -> None:
    hostile.sign = forge(FORGERS_KEY, alg="RS256", kid="nobody's")
    for _ in range(5):
        with pytest.raises(IdTokenRefused):
            await sign_in_at(us_with_clock, hostile)
    assert hostile.requests_to("/keys") == 1


async def test_metadata_is_fetched_once_in_its_lifetime(
    us_with_clock: RelyingParty, hostile: Any, clock: Clock
) -> None:
    for _ in range(3):
        await us_with_clock.discover(hostile.issuer)
    assert len(hostile.requests) == 1
    clock.pass_by(METADATA_LIFETIME)
    await us_with_clock.discover(hostile.issuer)
    assert len(hostile.requests) == 2


async def test_secret_and_encryption_keys_are_never_used_for_checking(us: RelyingParty, hostile: Any) -> None:
    secret = {"kty": "oct", "kid": "first", "k": encoded("a shared secret of some length")}
    encryption = {**hostile.second_key.as_dict(private=False), "use": "enc", "kid": "first"}
    hostile.published = lambda: [secret, encryption, {"kty": "RSA", "kid": "broken"}, "not a key"]
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is IdTokenFault.UNKNOWN_KEY


# -- userinfo


async def test_groups_come_from_userinfo_when_the_id_token_has_none(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"groups": None, "name": None}
    hostile.user_info = {"sub": "person-1", "name": "Amal", "groups": "larch-heads", "iss": "x", "sid": "x"}
    identity = await sign_in_at(us, hostile)
    assert (identity.groups, identity.name) == (("larch-heads",), "Amal")
    assert (identity.issuer, identity.provider_session) == (hostile.issuer, None)


@pytest.mark.parametrize("answer", [{"sub": "another"}, {}, {"groups": ["larch-heads"]}])
async def test_userinfo_about_another_person_is_refused(us: RelyingParty, hostile: Any, answer: dict[str, Any]) -> None:
    hostile.claims = {"groups": None}
    hostile.user_info = answer
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile)
    assert refused.value.fault is IdTokenFault.USER_INFO


async def test_email_that_the_directory_has_not_verified_is_left_out(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"email": "chief@larch.example", "email_verified": False}
    assert (await sign_in_at(us, hostile)).email is None


# -- the connection


@pytest.mark.parametrize(
    "issuer",
    ["http://directory.example", "ftp://127.0.0.1", "https://u:p@directory.example", "", "https://x/#f", "//x"],
)
async def test_directory_must_be_at_an_https_address(us: RelyingParty, issuer: str) -> None:
    with pytest.raises(DirectoryMisconfigured):
        await us.discover(issuer)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://directory.example"},
        {"issuer": None},
        {"token_endpoint": "http://directory.example/token"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://10.0.0.1/userinfo"},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
async def test_directory_that_describes_itself_wrongly_is_refused(
    us: RelyingParty, hostile: Any, metadata: dict[str, Any]
) -> None:
    hostile.metadata = metadata
    with pytest.raises(DirectoryMisconfigured):
        await us.discover(hostile.issuer)


async def test_https_directory_may_not_point_at_this_machine(hostile: Any) -> None:
    issuer = "https://directory.example"
    document = {**hostile.document("/.well-known/openid-configuration"), "issuer": issuer}
    with pytest.raises(DirectoryMisconfigured):
        ProviderMetadata.from_document(issuer, document)


def reply(status: int, body: bytes, **headers: str) -> Callable[[Any], None]:
    def answer(handler: Any) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (reply(302, b"", Location="/keys"), DirectoryMisconfigured),
        (reply(200, b"[" * 100_000), DirectoryMisconfigured),
        (reply(200, b"{}", Content_Encoding="gzip"), DirectoryMisconfigured),
        (reply(200, b"\xff"), DirectoryMisconfigured),
        (reply(200, b"[]"), DirectoryMisconfigured),
        (reply(404, b"{}"), DirectoryMisconfigured),
        (reply(500, b"{}"), DirectoryUnavailable),
        (lambda handler: handler.connection.close(), DirectoryUnavailable),
    ],
)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token", "/userinfo"])
async def test_answer_that_is_not_one_is_refused(
    us: RelyingParty, hostile: Any, path: str, answer: Callable[[Any], None], refusal: type[SignInRefused]
) -> None:
    hostile.claims = {"groups": None}
    hostile.answers[path] = answer
    with pytest.raises(refusal):
        await sign_in_at(us, hostile)


async def test_answer_that_is_too_long_is_refused(us: RelyingParty, hostile: Any) -> None:
    hostile.metadata = {"padding": "x" * 100_000}
    await us.discover(hostile.issuer)
    hostile.metadata = {"padding": "x" * 300_000}
    async with RelyingParty() as fresh:
        with pytest.raises(DirectoryMisconfigured, match="too long"):
            await fresh.discover(hostile.issuer)


async def test_directory_that_dribbles_is_given_up_on(hostile: Any) -> None:
    def dribble(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                handler.wfile.write(b" " * 20)
                time.sleep(0.02)
            except OSError:
                return

    hostile.answers["/.well-known/openid-configuration"] = dribble
    async with RelyingParty(connection=ProviderConnection(slowest=0.3)) as impatient:
        began = time.monotonic()
        with pytest.raises(DirectoryUnavailable):
            await impatient.discover(hostile.issuer)
    assert time.monotonic() - began < 3


async def test_directory_that_is_not_there_is_unavailable(us: RelyingParty, free_port: int) -> None:
    with pytest.raises(DirectoryUnavailable):
        await us.discover(f"http://127.0.0.1:{free_port}")


@pytest.mark.parametrize(
    "tokens", [{"id_token": None}, {"access_token": 7}, {"token_type": "DPoP"}, {"token_type": None}]
)
async def test_token_answer_that_lacks_something_is_refused(
    us: RelyingParty, hostile: Any, tokens: dict[str, Any]
) -> None:
    hostile.tokens = tokens
    with pytest.raises(DirectoryMisconfigured):
        await sign_in_at(us, hostile)


async def test_secret_goes_into_the_form_where_the_directory_wants_it_there(us: RelyingParty, hostile: Any) -> None:
    hostile.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    await sign_in_at(us, hostile, client_secret=SECRET)
    [form] = [form for path, form in hostile.requests if path == "/token"]
    assert (form["client_id"], form["client_secret"]) == ("footbridge", SECRET)


async def test_secret_goes_into_the_header_with_its_odd_signs_encoded(us: RelyingParty, hostile: Any) -> None:
    hostile.claims = {"aud": "our app"}
    await sign_in_at(us, hostile, client_id="our app", client_secret="100 %: odd/+")
    [form] = [form for path, form in hostile.requests if path == "/token"]
    assert not {"client_id", "client_secret"} & set(form)
    assert hostile.authorization == ["our+app:100+%25%3A+odd%2F%2B"]


async def test_logout_is_offered_only_where_the_directory_has_one(us: RelyingParty, hostile: Any) -> None:
    assert await us.logout_url(to_hostile(hostile), return_to=CALLBACK) is None
    hostile.metadata = {"end_session_endpoint": hostile.issuer + "/end?tenant=1"}
    async with RelyingParty() as fresh:
        url = await fresh.logout_url(to_hostile(hostile), return_to=CALLBACK)
    assert url is not None
    assert url.startswith(hostile.issuer + "/end?tenant=1&client_id=footbridge&post_logout_redirect_uri=")


async def test_no_token_or_secret_stands_in_a_refusal_or_a_log(
    us: RelyingParty, hostile: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="footbridge")
    caplog.set_level(logging.INFO)
    signed: list[str] = []
    sign = forge(FORGERS_KEY, alg="RS256", kid="first")

    def sign_and_remember(claims: dict[str, Any]) -> str:
        signed.append(sign(claims))
        return signed[0]

    hostile.sign = sign_and_remember
    with pytest.raises(IdTokenRefused) as refused:
        await sign_in_at(us, hostile, client_secret=SECRET)
    told = "".join(traceback.format_exception(refused.value)) + refused.value.message + caplog.text
    for secret in (*signed[0].split("."), "access-1", SECRET, "person-1"):
        assert secret not in told
