"""The checks an id_token has to pass (OpenID Connect Core 1.0, section 3.1.3.7), none left to a default."""

import hmac

from authlib.oidc.core.util import create_half_hash
from joserfc import jws, jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from footbridge.directory.claims import Claims
from footbridge.directory.provider import ProviderMetadata, Providers
from footbridge.directory.sign_in_errors import IdTokenFault, IdTokenRefused

LEEWAY = 60
"""Seconds by which the directory's clock and ours may differ."""
OLDEST = 600
"""Seconds between issue and use: the token is fetched by us, right after the person has signed in."""
LONGEST_SUBJECT = 255

_FAULT_BY_CLAIM = {
    "iss": IdTokenFault.ISSUER,
    "sub": IdTokenFault.SUBJECT,
    "exp": IdTokenFault.EXPIRED,
    "nbf": IdTokenFault.ISSUED_AT,
    "iat": IdTokenFault.ISSUED_AT,
}


async def verify_id_token(
    token: str,
    *,
    providers: Providers,
    metadata: ProviderMetadata,
    client_id: str,
    nonce: str,
    access_token: str,
    now: int,
) -> Claims:
    """The claims of a token that is for us, now, from that directory and for this sign-in."""
    algorithm, kid = _read_header(token, metadata)
    key = await providers.find_key(metadata, kid)
    try:
        claims = jwt.decode(token, key, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise IdTokenRefused(IdTokenFault.SIGNATURE) from error
    _check_registered_claims(claims, metadata.issuer, now)
    _check_audience(claims, client_id)
    _check_nonce(claims, nonce)
    _check_access_token(claims, access_token, algorithm)
    return claims


def _read_header(token: str, metadata: ProviderMetadata) -> tuple[str, str | None]:
    """Algorithm and key id, read before the signature is: the algorithm has to be one we pinned."""
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise IdTokenRefused(IdTokenFault.MALFORMED) from error
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if algorithm not in metadata.signing_algorithms:
        raise IdTokenRefused(IdTokenFault.ALGORITHM)
    if not isinstance(kid, str | None) or not isinstance(kind, str) or kind.upper() != "JWT":
        raise IdTokenRefused(IdTokenFault.MALFORMED)
    return algorithm, kid


def _check_registered_claims(claims: Claims, issuer: str, now: int) -> None:
    registry = JWTClaimsRegistry(
        now=now,
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise IdTokenRefused(IdTokenFault.EXPIRED) from error
    except ClaimError as error:
        raise IdTokenRefused(_FAULT_BY_CLAIM.get(error.claim, IdTokenFault.MALFORMED)) from error
    if claims["iat"] < now - OLDEST - LEEWAY:
        raise IdTokenRefused(IdTokenFault.ISSUED_AT)
    if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
        raise IdTokenRefused(IdTokenFault.SUBJECT)


def _check_audience(claims: Claims, client_id: str) -> None:
    """`aud` must name us, and `azp` too where it is given or where others are named beside us."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        raise IdTokenRefused(IdTokenFault.AUDIENCE)
    party = claims.get("azp")
    if party != client_id and (party is not None or len(audiences) > 1):
        raise IdTokenRefused(IdTokenFault.AUDIENCE)


def _check_nonce(claims: Claims, expected: str) -> None:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.encode()):
        raise IdTokenRefused(IdTokenFault.NONCE)


def _check_access_token(claims: Claims, access_token: str, algorithm: str) -> None:
    """`at_hash` is optional in this flow (section 3.1.3.6), but has to be right when given."""
    given = claims.get("at_hash")
    if given is None:
        return
    expected = create_half_hash(access_token, algorithm)
    if not isinstance(given, str) or expected is None or not hmac.compare_digest(given.encode(), expected):
        raise IdTokenRefused(IdTokenFault.ACCESS_TOKEN)
