"""Tokens against a set of public keys: the set decides about key and algorithm, no token does."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from fring_adapters.identity import JwksTokens
from fring_adapters.identity.jwks import _keys_in
from fring_core import Identity
from tests.identity.forging import (
    ABSENT,
    KEYS,
    SECRET,
    SIGNERS,
    claims,
    forged,
    from_issuer,
    jwk,
    refusal,
    with_key,
    with_secret,
)

pytestmark = pytest.mark.anyio

ATTACKERS = rsa.generate_private_key(65537, 2048)
ATTACKERS_JWK = SIGNERS["RS256"].to_jwk(ATTACKERS.public_key(), as_dict=True) | {"kid": "RS256"}
PUBLIC_PEM = (
    KEYS["RS256"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
PUBLIC_DER = (
    KEYS["RS256"].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
PUBLIC_N = base64.urlsafe_b64decode(jwk("RS256")["n"] + "==")
ED_X = base64.urlsafe_b64decode(jwk("EdDSA")["x"] + "==")


def hs256(secret):
    """Sign as HS256 with what is public; PyJWT's own signer would refuse to."""
    return lambda signed: hmac.new(secret, signed, hashlib.sha256).digest()


def by(sign, **header):
    return forged(claims(), {"alg": "RS256", "typ": "JWT", "kid": "RS256"} | header, sign)


GOOD = from_issuer(algorithm="RS256")
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")
attacker = with_key("RS256", ATTACKERS)

REFUSED = {
    "alg none": by(lambda _: b"", alg="none"),
    "alg None": by(lambda _: b"", alg="None"),
    "alg nOnE": by(lambda _: b"", alg="nOnE"),
    "alg absent": by(with_key("RS256"), alg=ABSENT),
    "HS256 with the public key as PEM": by(hs256(PUBLIC_PEM), alg="HS256"),
    "HS256 with the public key as DER": by(hs256(PUBLIC_DER), alg="HS256"),
    "HS256 with the public modulus": by(hs256(PUBLIC_N), alg="HS256"),
    "HS256 with the public point": by(hs256(ED_X), alg="HS256", kid="EdDSA"),
    "HS256 that says RS256": by(hs256(PUBLIC_PEM)),
    "HS256 with an empty secret": by(hs256(b""), alg="HS256"),
    "HS256 with the secret of the other mode": by(with_secret(SECRET), alg="HS256"),
    "HS512": by(with_secret(SECRET * 2, "HS512"), alg="HS512"),
    "PS256 with a key for RS256": by(with_key("PS256", KEYS["RS256"]), alg="PS256"),
    "RS256 with a key for PS256": by(with_key("RS256", KEYS["PS256"]), kid="PS256"),
    "RS512 with a key for RS256": by(with_key("RS512", KEYS["RS256"]), alg="RS512"),
    "the right key under another's kid": by(with_key("RS256"), kid="PS256"),
    "the attacker's key": by(attacker),
    "the attacker's key in jwk": by(attacker, jwk=ATTACKERS_JWK),
    "the attacker's key at jku": by(attacker, jku="http://127.0.0.1:9/jwks"),
    "the attacker's key at x5u": by(attacker, x5u="http://127.0.0.1:9/cert"),
    "the attacker's key in x5c": by(attacker, x5c=["MIIB"]),
    "jku with no kid": by(attacker, kid=ABSENT, jku="http://127.0.0.1:9/jwks"),
    "kid unknown": by(with_key("RS256"), kid="unknown"),
    "kid missing": by(with_key("RS256"), kid=ABSENT),
    "kid empty": by(with_key("RS256"), kid=""),
    "kid null": by(with_key("RS256"), kid=None),
    "kid a number": by(with_key("RS256"), kid=7),
    "kid a list": by(with_key("RS256"), kid=["RS256"]),
    "kid a path": by(hs256(b""), alg="HS256", kid="../../../../dev/null"),
    "kid a query": by(with_key("RS256"), kid="x' UNION SELECT 'RS256"),
    "kid an address": by(attacker, kid="http://127.0.0.1:9/jwks"),
    "kid padded": by(with_key("RS256"), kid="RS256 "),
    "kid in small letters": by(with_key("RS256"), kid="rs256"),
    "crit unknown": by(with_key("RS256"), crit=["x"], x=1),
    "crit empty": by(with_key("RS256"), crit=[]),
    "b64 false": by(with_key("RS256"), b64=False),
    "signature empty": f"{HEAD}.{PAYLOAD}.",
    "signature of zeros": by(lambda _: bytes(256)),
    "signature of zeros, ES256": by(lambda _: bytes(64), alg="ES256", kid="ES256"),
    "signature of zeros, EdDSA": by(lambda _: bytes(64), alg="EdDSA", kid="EdDSA"),
    "signature too short, ES256": by(lambda _: b"\1", alg="ES256", kid="ES256"),
    "payload of another": f"{HEAD}.{from_issuer(claims(sub='bob')).split('.')[1]}.{SIGNATURE}",
    "four parts": f"{GOOD}.x",
    "garbage": "garbage",
    "empty": "",
    "not ASCII": "é.é.é",
    "10 KB": from_issuer(claims(x="x" * 7500)),
}


def trusting(*entries):
    """Return a reader of tokens that knows these keys, and asks nobody."""
    tokens = JwksTokens("http://127.0.0.1:9/never-asked")
    tokens._keys = _keys_in({"keys": list(entries)})
    tokens._fetched_at = tokens._asked_at = float("inf")
    return tokens


@pytest.fixture
def tokens():
    return trusting(*(jwk(algorithm) for algorithm in KEYS))


@pytest.mark.parametrize("name", REFUSED)
async def test_tokens_that_are_refused(tokens, name):
    await refusal(tokens, REFUSED[name])


@pytest.mark.parametrize("algorithm", KEYS)
async def test_every_algorithm_with_its_own_key(tokens, algorithm):
    assert await tokens.identify(from_issuer(algorithm=algorithm)) == Identity("ann")
    others = [name for name in KEYS if name != algorithm]
    for kid in others:
        await refusal(tokens, from_issuer(algorithm=algorithm, kid=kid))
    assert len(others) == 4


@pytest.mark.parametrize("header", [{"jku": "http://x"}, {"jwk": ATTACKERS_JWK}, {"x5u": "y"}])
async def test_what_a_header_says_of_keys_is_ignored(tokens, header):
    assert await tokens.identify(from_issuer(**header)) == Identity("ann")


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "ES512", "RS256"])
async def test_a_key_without_an_algorithm_has_the_usual_one(algorithm):
    tokens = trusting(jwk(algorithm, alg=ABSENT, use=ABSENT))
    assert await tokens.identify(from_issuer(algorithm=algorithm)) == Identity("ann")
    if algorithm == "RS256":
        token = forged(claims(), {"alg": "PS256", "kid": "RS256"}, with_key("PS256", KEYS["RS256"]))
        await refusal(tokens, token)


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519", ABSENT])
@pytest.mark.parametrize("said", ["EdDSA", "Ed25519"])
async def test_ed25519_has_two_names(alg, said):
    """RFC 9864 names the algorithm after the curve."""
    tokens = trusting(jwk("EdDSA", alg=alg))
    header = {"alg": said, "kid": "EdDSA"}
    assert await tokens.identify(forged(claims(), header, with_key("EdDSA"))) == Identity("ann")
    await refusal(tokens, forged(claims(), header | {"alg": "ES256"}, with_key("EdDSA")))
    await refusal(tokens, forged(claims(), header, with_key("EdDSA")) + "AAAA")


async def test_that_name_is_no_other_keys(tokens):
    for kid in ("ES256", "RS256"):
        await refusal(tokens, by(with_key(kid), alg="Ed25519", kid=kid))
    assert not _keys_in({"keys": [jwk("ES256", alg="Ed25519"), jwk("RS256", alg="Ed25519")]})


PRIVATE = SIGNERS["RS256"].to_jwk(KEYS["RS256"], as_dict=True) | {"kid": "private", "alg": "RS256"}
P384 = ec.generate_private_key(ec.SECP384R1()).public_key()


def rsa_jwk(bits=2048, **changes):
    key = _of_bits(bits).public_key()
    return SIGNERS["RS256"].to_jwk(key, as_dict=True) | {"kid": "x", "alg": "RS256"} | changes


def _of_bits(bits):
    # OpenSSL makes none of fewer than 1024; two primes of our own do.
    if bits >= 1024:
        return rsa.generate_private_key(65537, bits)
    p, q = 2**127 - 1, 2**521 - 1
    d = pow(65537, -1, (p - 1) * (q - 1))
    dmp1, dmq1, iqmp = d % (p - 1), d % (q - 1), pow(q, -1, p)
    numbers = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, numbers).private_key()


USELESS = {
    "of 1024 bits": rsa_jwk(1024),
    "of 2047 bits": rsa_jwk(2047),
    "of 1024 bits, for PS256": rsa_jwk(1024, alg="PS256"),
    "of 1024 bits, for nothing said": rsa_jwk(1024, alg=None),
    "with an exponent of 3": rsa_jwk(e="Aw"),
    "with an exponent of 17": rsa_jwk(e="EQ"),
    "with an endless exponent": rsa_jwk(e="_" * 200 + "8"),
    "symmetric": {"kty": "oct", "kid": "x", "k": "A" * 43},
    "symmetric for HS256": {"kty": "oct", "kid": "x", "k": "A" * 43, "alg": "HS256"},
    "symmetric for RS256": {"kty": "oct", "kid": "x", "k": "A" * 43, "alg": "RS256"},
    "for encryption": jwk("RS256", "x", use="enc"),
    "use a list": jwk("RS256", "x", use=["sig"]),
    "for HS256": jwk("RS256", "x", alg="HS256"),
    "for none": jwk("RS256", "x", alg="none"),
    "for RS512": jwk("RS256", "x", alg="RS512"),
    "for a list": jwk("RS256", "x", alg=["RS256"]),
    "for an object": jwk("RS256", "x", alg={}),
    "for another kind of key": jwk("RS256", "x", alg="ES256"),
    "on another curve": SIGNERS["ES384"].to_jwk(P384, as_dict=True) | {"kid": "x"},
    "without an id": jwk("RS256", kid="x") | {"kid": None},
    "with a number for an id": jwk("RS256", kid="x") | {"kid": 7},
    "with a list for an id": jwk("RS256", kid="x") | {"kid": ["x"]},
    "private": PRIVATE,
    "of no kind": {"kid": "x"},
    "of an odd kind": {"kid": "x", "kty": {}},
    "without its numbers": {"kid": "x", "kty": "RSA"},
    "of numbers for texts": {"kid": "x", "kty": "RSA", "n": 5, "e": []},
    "of odd texts": {"kid": "x", "kty": "EC", "crv": "P-256", "x": "é", "y": "A"},
    "a text": "key",
    "null": None,
    "a list": [],
    "a number": 1,
}


@pytest.mark.parametrize("name", USELESS)
async def test_keys_of_no_use_are_ignored(name):
    # And the others of the set are not, wherever they stand.
    known = _keys_in({"keys": [jwk("EdDSA"), USELESS[name], jwk("ES256")]})
    assert known.keys() == {"EdDSA", "ES256"}
    assert _keys_in({"keys": [USELESS[name]]}) == {}


@pytest.mark.parametrize("document", [None, [], "keys", 7, {}, {"keys": None}, {"keys": {}}])
def test_documents_that_are_no_key_set(document):
    with pytest.raises(ValueError, match="no key set"):
        _keys_in(document)
