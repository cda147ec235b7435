"""Tokens signed with a shared secret: whatever else signs or names itself is refused."""

import time

import jwt
import pytest

from fring_adapters.identity import SecretTokens, TokenRules
from fring_core import Identity, Role
from tests.identity.forging import (
    ABSENT,
    SECRET,
    b64,
    claims,
    encoded,
    forged,
    refusal,
    with_key,
    with_secret,
)

pytestmark = pytest.mark.anyio

HEADER = {"alg": "HS256", "typ": "JWT"}
GOOD = forged(claims(), HEADER, with_secret())
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")


def unsigned(signed):
    return b""


def by(sign=None, payload=None, **header):
    return forged(claims() if payload is None else payload, HEADER | header, sign or with_secret())


def flipped(part):
    """Change the first character, which bears six bits (the last may bear none)."""
    return ("A" if part[0] != "A" else "B") + part[1:]


REFUSED = {
    "alg none": by(unsigned, alg="none"),
    "alg None": by(unsigned, alg="None"),
    "alg nOnE": by(unsigned, alg="nOnE"),
    "alg NONE, signed": by(alg="NONE"),
    "alg absent": by(alg=ABSENT),
    "alg empty": by(unsigned, alg=""),
    "alg null": by(alg=None),
    "alg a number": by(alg=256),
    "alg a list": by(alg=["HS256"]),
    "alg an object": by(alg={"alg": "HS256"}),
    "alg in small letters": by(alg="hs256"),
    "alg twice": forged(claims(), '{"alg": "HS256", "alg": "none"}', with_secret()),
    "HS512": by(with_secret(algorithm="HS512"), alg="HS512"),
    "HS384": by(with_secret(algorithm="HS384"), alg="HS384"),
    "HS512 that says HS256": by(with_secret(algorithm="HS512")),
    "RS256": by(with_key("RS256"), alg="RS256"),
    "EdDSA": by(with_key("EdDSA"), alg="EdDSA"),
    "RS256 that says HS256": by(with_key("RS256")),
    "wrong secret": by(with_secret(SECRET[:-1] + "x")),
    "shorter secret": by(with_secret(SECRET[:-1])),
    "secret in capitals": by(with_secret(SECRET.upper())),
    "signature empty": f"{HEAD}.{PAYLOAD}.",
    "signature tampered": f"{HEAD}.{PAYLOAD}.{flipped(SIGNATURE)}",
    "signature cut short": GOOD[:-4],
    "signature of another token": f"{HEAD}.{encoded(claims(sub='bob'))}.{SIGNATURE}",
    "payload tampered": f"{HEAD}.{flipped(PAYLOAD)}.{SIGNATURE}",
    "header tampered": f"{encoded(HEADER | {'x': 1})}.{PAYLOAD}.{SIGNATURE}",
    "two parts": f"{HEAD}.{PAYLOAD}",
    "one part": HEAD,
    "four parts": f"{GOOD}.{SIGNATURE}",
    "five parts": f"{GOOD}.{SIGNATURE}.{SIGNATURE}",
    "dots": "..",
    "crit unknown": by(crit=["exp"], exp=1),
    "crit b64": by(crit=["b64"], b64=True),
    "crit empty": by(crit=[]),
    "crit null": by(crit=None),
    "crit a text": by(crit="exp"),
    "b64 false": by(b64=False),
    "b64 false, not encoded": f"{encoded(HEADER | {'b64': False})}.{{}}.{SIGNATURE}",
    "header a list": forged(claims(), "[]", with_secret()),
    "header a text": forged(claims(), '"HS256"', with_secret()),
    "header null": forged(claims(), "null", with_secret()),
    "header empty": forged(claims(), b"", with_secret()),
    "header not UTF-8": forged(claims(), b'{"alg":"HS256","x":"\xff"}', with_secret()),
    "header not JSON": forged(claims(), "{alg: HS256}", with_secret()),
    "header nested": forged(claims(), '{"alg":"HS256","x":' + "[" * 5000, with_secret()),
    "header with a long number": forged(claims(), '{"alg":' + "9" * 5000 + "}", with_secret()),
    "kid a number": by(kid=7),
    "kid null": by(kid=None),
    "garbage": "garbage",
    "garbage in parts": "a.b.c",
    "empty": "",
    "blank": "   ",
    "NUL": "\0",
    "not ASCII": "é.é.é",
    "signature not ASCII": f"{HEAD}.{PAYLOAD}.\u0661",
    "lone surrogate": f"{HEAD}.{PAYLOAD}.\ud800",
    "as it is in a header": f"Bearer {GOOD}",
    "in quotes": f'"{GOOD}"',
    "10 KB": by(payload=claims(x="x" * 7500)),
    "10 KB of dots": "." * 10_240,
    "10 KB of nothing": "A" * 10_240,
    "1 MB": "A" * 2**20,
}


@pytest.fixture
def tokens():
    return SecretTokens(SECRET)


@pytest.mark.parametrize("name", REFUSED)
async def test_tokens_that_are_refused(tokens, name):
    await refusal(tokens, REFUSED[name])


def test_the_matrix_is_of_another_cause_than_its_claims():
    # Each would be good but for what its name says.
    assert len(REFUSED["10 KB"]) > 10_000
    assert len(set(REFUSED.values())) == len(REFUSED)


async def test_a_good_token(tokens):
    assert await tokens.identify(GOOD) == Identity("ann")
    for header in ({"typ": ABSENT}, {"typ": "at+jwt"}, {"kid": "any"}, {"jku": "http://x"}):
        assert await tokens.identify(by(**header)) == Identity("ann"), header
    # The most that a token may have.
    longest = by(payload=claims(x="x" * 5900))
    assert 7900 < len(longest) <= 8192
    assert await tokens.identify(longest) == Identity("ann")


@pytest.mark.parametrize("length", [8193, 8192])
async def test_the_length_is_looked_at_before_anything_else(tokens, length):
    reason = await refusal(tokens, "A" * length)
    assert ("8192 bytes" in reason) == (length > 8192)


@pytest.mark.parametrize("secret", ["", "x" * 31, "é" * 15])
def test_a_short_secret_is_refused_and_not_shown(secret):
    with pytest.raises(ValueError, match="at least 32 bytes") as raised:
        SecretTokens(secret)
    assert not secret or secret not in str(raised.value)


@pytest.mark.parametrize("secret", ["x" * 32, "é" * 16, "x" * 200])
async def test_secrets_are_measured_in_bytes(secret):
    tokens = SecretTokens(secret)
    assert await tokens.identify(tokens.issue("ann").token) == Identity("ann")


async def test_a_token_of_another_library(tokens):
    token = jwt.encode(claims(sub="bob", role="viewer"), SECRET, algorithm="HS256")
    assert await tokens.identify(token) == Identity("bob", Role.VIEWER)


@pytest.mark.parametrize("role", [None, *Role])
async def test_issued_tokens_are_taken(role):
    rules = TokenRules(issuer="here", audience="there", role_claim="r", max_lifetime=60)
    tokens = SecretTokens(SECRET, rules, seconds=60)
    before = int(time.time())
    issued = tokens.issue("ann", role)
    assert await tokens.identify(issued.token) == Identity("ann", role or Role.MEMBER)
    assert issued.seconds == 60
    said = jwt.decode(issued.token, options={"verify_signature": False})
    assert said["exp"] - said["iat"] == 60
    assert before <= said["iat"] <= time.time()
    expected = {"sub": "ann", "iss": "here", "aud": "there"}
    expected |= {} if role is None else {"r": role.value}
    assert {name: said[name] for name in said.keys() - {"exp", "iat"}} == expected
    assert jwt.get_unverified_header(issued.token) == HEADER
    assert issued.token not in repr(issued)


async def test_a_token_of_an_account_says_so(tokens):
    issued = tokens.issue("7", account="a mark")
    assert await tokens.identify(issued.token) == Identity("7", account="a mark")


async def test_issued_tokens_say_no_more_than_is_configured(tokens):
    issued = tokens.issue("ann")
    said = jwt.decode(issued.token, options={"verify_signature": False})
    assert said.keys() == {"sub", "iat", "exp"}
    assert issued.seconds == 3600
    await refusal(SecretTokens(SECRET.upper()), issued.token)
    assert b64(SECRET.encode()) not in issued.token
