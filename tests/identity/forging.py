"""Tokens and key sets made by hand, so that any of their parts can be wrong."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from fring_core import Unauthenticated

SECRET = "0123456789abcdef0123456789abcdef"
ABSENT = object()
SIGNERS: dict[str, Any] = get_default_algorithms()

# Each algorithm with a key of its own, whose id is the algorithm's name.
KEYS: dict[str, Any] = {
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "RS256": rsa.generate_private_key(65537, 2048),
    "PS256": rsa.generate_private_key(65537, 2048),
}


def b64(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def encoded(part):
    """Return a token's part from bytes, a JSON text, or an object, without what is ABSENT."""
    if isinstance(part, dict):
        part = json.dumps({name: value for name, value in part.items() if value is not ABSENT})
    return b64(part.encode() if isinstance(part, str) else part)


def forged(payload, header, sign):
    signed = f"{encoded(header)}.{encoded(payload)}"
    return f"{signed}.{b64(sign(signed.encode()))}"


def with_secret(secret=SECRET, algorithm="HS256"):
    key = secret.encode() if isinstance(secret, str) else secret
    return lambda signed: SIGNERS[algorithm].sign(signed, key)


def with_key(algorithm, key=None):
    return lambda signed: SIGNERS[algorithm].sign(signed, key or KEYS[algorithm])


def claims(**changes):
    """Return what a good token says, with changes; it is valid for an hour."""
    return {"sub": "ann", "exp": int(time.time()) + 3600} | changes


def jwk(algorithm, kid=None, **changes):
    """Return an entry of a key set: a public key, its algorithm and its id, with changes."""
    entry = SIGNERS[algorithm].to_jwk(KEYS[algorithm].public_key(), as_dict=True)
    entry = entry | {"kid": kid or algorithm, "alg": algorithm, "use": "sig"} | changes
    return {name: value for name, value in entry.items() if value is not ABSENT}


def from_issuer(payload=None, algorithm="EdDSA", kid=None, **header):
    """Return a token as the issuer would sign it."""
    head = {"alg": algorithm, "typ": "JWT", "kid": kid or algorithm} | header
    return forged(claims() if payload is None else payload, head, with_key(algorithm))


async def refusal(tokens, token):
    """Return why a token proves nothing."""
    with pytest.raises(Unauthenticated) as raised:
        await tokens.identify(token)
    assert raised.value.bad_token
    assert raised.value.reason
    return raised.value.reason
