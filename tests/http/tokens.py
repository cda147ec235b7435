"""Tokens made by hand, good and bad: no library refuses to make the bad ones."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

SECRET = "a secret of the tests alone, 32 bytes or more"
HEADER = {"alg": "HS256", "typ": "JWT"}


def encoded(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: Any) -> str:
    """Return one of the first two parts of a token: a value as JSON in base64url."""
    return encoded(json.dumps(value).encode())


def signature(signed: str, secret: str | bytes = SECRET, digest: str = "sha256") -> str:
    """Return what an HMAC with a secret makes the third part of a token."""
    key = secret if isinstance(secret, bytes) else secret.encode()
    return encoded(hmac.new(key, signed.encode(), getattr(hashlib, digest)).digest())


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token for alice with changes; None takes a claim out."""
    now = int(time.time())
    given = {"sub": "alice", "iat": now, "exp": now + 900} | changes
    return {name: value for name, value in given.items() if value is not None}


def made(
    payload: Any,
    secret: str | bytes = SECRET,
    digest: str = "sha256",
    **header: Any,
) -> str:
    """Return a token with this payload, signed by a secret, its header changed as named."""
    signed = f"{part(HEADER | header)}.{part(payload)}"
    return f"{signed}.{signature(signed, secret, digest)}"


def token(**changes: Any) -> str:
    """Return a good token for alice, its claims changed as named."""
    return made(claims(**changes))


def bearer(token: str) -> dict[str, str]:
    """Return the header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def as_user(subject: str, role: str | None = None) -> dict[str, str]:
    """Return the header that proves a caller to be somebody."""
    return bearer(token(sub=subject, role=role))
