"""Tokens that prove nothing, by what is wrong with them. Each must be answered with 401."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.http.tokens import HEADER, SECRET, claims, encoded, made, part, signature

if TYPE_CHECKING:
    from collections.abc import Mapping

_GOOD = made(claims())
_HEAD, _BODY, _SIGNATURE = _GOOD.split(".")
_RSA = rsa.generate_private_key(65537, 2048)
_PEM = _RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
_NOW = int(time.time())


def _unsigned(alg: str, ending: str = "") -> str:
    return f"{part(HEADER | {'alg': alg})}.{part(claims())}.{ending}"


def _rs256() -> str:
    signed = f"{part(HEADER | {'alg': 'RS256'})}.{part(claims())}"
    return f"{signed}.{encoded(_RSA.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _raw(payload: bytes) -> str:
    """Return a token, well signed, whose payload is bytes as they are."""
    signed = f"{_HEAD}.{encoded(payload)}"
    return f"{signed}.{signature(signed)}"


def _with_header(header: Any) -> str:
    signed = f"{part(header)}.{_BODY}"
    return f"{signed}.{signature(signed)}"


_LAST = "A" if _SIGNATURE[0] != "A" else "B"
_JKU = "http://127.0.0.1:1/jwks.json"
_NO_SUBJECTS: tuple[Any, ...] = (5, 0, True, 1.5, ["alice"], {}, "", " ")
_FAR = b'{"sub": "alice", "exp": %s}'

BAD_TOKENS: Mapping[str, str] = {
    # the algorithm
    **{f"alg {alg}": _unsigned(alg) for alg in ("none", "None", "nOnE", "NONE", "")},
    "alg none, signed": _unsigned("none", _SIGNATURE),
    "alg none, no dot": _unsigned("none")[:-1],
    "alg HS256, unsigned": _unsigned("HS256"),
    "alg RS256 over HMAC": made(claims(), alg="RS256"),
    "alg RS256, truly": _rs256(),
    "alg HS256 with a public key": made(claims(), _PEM),
    "alg HS512": made(claims(), digest="sha512", alg="HS512"),
    "alg HS384": made(claims(), digest="sha384", alg="HS384"),
    "alg hs256": made(claims(), alg="hs256"),
    "alg a list": made(claims(), alg=["HS256"]),
    "alg null": made(claims(), alg=None),
    "no alg": _with_header({"typ": "JWT"}),
    # the key and the signature
    "another secret": made(claims(), SECRET[::-1]),
    "a secret cut short": made(claims(), SECRET[:-1]),
    "an empty secret": made(claims(), b""),
    "signed as HS512 under alg HS256": made(claims(), digest="sha512"),
    "tampered payload": f"{_HEAD}.{part(claims(sub='mallory'))}.{_SIGNATURE}",
    "tampered header": f"{part(HEADER | {'x': 1})}.{_BODY}.{_SIGNATURE}",
    "tampered signature": f"{_HEAD}.{_BODY}.{_LAST}{_SIGNATURE[1:]}",
    "signature cut short": f"{_HEAD}.{_BODY}.{_SIGNATURE[:-4]}",
    # the claims
    "expired": made(claims(exp=_NOW - 60)),
    "exp 0": made(claims(exp=0)),
    "exp below 0": made(claims(exp=-1)),
    "no exp": made(claims(exp=None)),
    "exp a text": made(claims(exp="tomorrow")),
    "exp a number in a text": made(claims(exp=str(_NOW + 900))),
    "exp true": made(claims(exp=True)),
    "exp a list": made(claims(exp=[_NOW + 900])),
    "exp null": _raw(_FAR % b"null"),
    "exp in the year 10000": made(claims(exp=253_402_300_800)),
    "exp 10^30": made(claims(exp=10**30)),
    "exp 1e400": _raw(_FAR % b"1e400"),
    "exp Infinity": _raw(_FAR % b"Infinity"),
    "exp NaN": _raw(_FAR % b"NaN"),
    "exp of 5000 digits": _raw(_FAR % (b"9" * 5000)),
    "no sub": made(claims(sub=None)),
    "sub null": _raw(b'{"sub": null, "exp": %d}' % (_NOW + 900)),
    **{f"sub {sub!r}": made(claims(sub=sub)) for sub in _NO_SUBJECTS},
    "nbf ahead": made(claims(nbf=_NOW + 3600)),
    "nbf a text": made(claims(nbf="now")),
    "iat ahead": made(claims(iat=_NOW + 3600)),
    # the header's other fields
    "crit unknown": made(claims(), crit=["exp"], exp=_NOW + 900),
    "crit b64": made(claims(), crit=["b64"], b64=True),
    "crit empty": made(claims(), crit=[]),
    "kid a number": made(claims(), kid=5),
    "jku, another secret": made(claims(), SECRET[::-1], jku=_JKU),
    "jwk, its own secret": made(
        claims(), b"x" * 32, jwk={"kty": "oct", "k": encoded(b"x" * 32), "alg": "HS256"}
    ),
    "x5u, another secret": made(claims(), SECRET[::-1], x5u=_JKU, kid="../../dev/null"),
    # hardly a token
    **{f"garbage {text!r}": text for text in ("x", "...", "a.b.c", "....", "null", "é.é.é", "a b")},
    "two parts": f"{_HEAD}.{_BODY}",
    "four parts": f"{_GOOD}.{_SIGNATURE}",
    "five parts (JWE)": f"{_HEAD}.{_BODY}.{_SIGNATURE}.{_BODY}.{_SIGNATURE}",
    "header no object": _with_header(["HS256"]),
    "header no JSON": f"{encoded(b'{')}.{_BODY}.{_SIGNATURE}",
    "header not UTF-8": f"{encoded(bytes([255, 254]))}.{_BODY}.{_SIGNATURE}",
    "header nested": f"{encoded(b'[' * 3000)}.{_BODY}.{_SIGNATURE}",
    "payload no object": made(["alice"]),
    "payload null": made(None),
    "payload no JSON": _raw(b"alice"),
    "payload not UTF-8": _raw(b'{"sub": "\xff"}'),
    "payload nested": _raw(b"[" * 4000),
    "10 KB": made(claims(padding="x" * 10_000)),
    "10 KB of garbage": "x" * 10_240,
    "good, twice": f"{_GOOD},{_GOOD}",
    "good, with more": f"{_GOOD} {_GOOD}",
}
"""A token by what is wrong with it; all are for alice, and most are signed with the secret."""
