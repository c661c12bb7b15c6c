"""Secrets that we hand out once and keep only as a hash: session and browser tokens, bearer tokens, states."""

import hashlib
import hmac
import secrets

BYTES = 32


def new_secret() -> str:
    """256 random bits, in 43 characters that need no quoting in a cookie, a header or an address."""
    return secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """SHA-256 as 64 hexadecimal digits: what the database keeps, and looks the row up by.

    A slow, salted hash protects what people choose, because that can be guessed. These secrets are 256 random
    bits: nobody guesses one, with or without the hash, so that one round of SHA-256 is enough, and the same
    secret has to give the same key.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_secret_of(secret: str, stored_hash: str) -> bool:
    return hmac.compare_digest(hash_of(secret), stored_hash)
