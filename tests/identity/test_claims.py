"""What a token must say: one matrix, for either kind of key."""

import time

import pytest

from fring_adapters.identity import JwksTokens, SecretTokens, TokenRules
from fring_adapters.identity.jwks import _keys_in
from fring_core import Identity, Role
from tests.identity.forging import (
    ABSENT,
    KEYS,
    SECRET,
    claims,
    forged,
    from_issuer,
    jwk,
    refusal,
    with_secret,
)

pytestmark = pytest.mark.anyio

ORIGIN = "http://localhost:3000"
NOW = int(time.time())
HOUR = 3600
BEYOND_LEEWAY = 35
YEAR_10000 = 253_402_300_800


def by_secret(rules):
    def sign(payload):
        return forged(payload, {"alg": "HS256", "typ": "JWT"}, with_secret())

    return SecretTokens(SECRET, rules), sign


def by_issuer(rules):
    tokens = JwksTokens("http://127.0.0.1:9/never-asked", rules)
    tokens._keys = _keys_in({"keys": [jwk(algorithm) for algorithm in KEYS]})
    tokens._fetched_at = tokens._asked_at = float("inf")
    return tokens, from_issuer


@pytest.fixture(params=[by_secret, by_issuer])
def mode(request):
    return request.param


REFUSED = {
    "expired": claims(exp=NOW - BEYOND_LEEWAY),
    "exp missing": claims(exp=ABSENT),
    "exp a text": claims(exp=str(NOW + HOUR)),
    "exp a word": claims(exp="never"),
    "exp null": claims(exp=None),
    "exp true": claims(exp=True),
    "exp a list": claims(exp=[NOW + HOUR]),
    "exp negative": claims(exp=-1),
    "exp zero": claims(exp=0),
    "exp beyond floats": '{"sub": "ann", "exp": 1e400}',
    "exp infinite": '{"sub": "ann", "exp": Infinity}',
    "exp not a number": '{"sub": "ann", "exp": NaN}',
    "exp beyond the year 9999": claims(exp=YEAR_10000),
    "exp of 400 digits": claims(exp=10**400),
    "exp of 5,000 digits": '{"sub": "ann", "exp": ' + "9" * 5000 + "}",
    "sub missing": claims(sub=ABSENT),
    "sub null": claims(sub=None),
    "sub a number": claims(sub=7),
    "sub true": claims(sub=True),
    "sub empty": claims(sub=""),
    "sub blank": claims(sub=" \t\u3000"),
    "sub a list": claims(sub=["ann"]),
    "sub an object": claims(sub={"id": "ann"}),
    "nbf ahead": claims(nbf=NOW + HOUR),
    "nbf a text": claims(nbf=str(NOW)),
    "nbf null": claims(nbf=None),
    "nbf beyond floats": claims(nbf=float("inf")),
    "iat ahead": claims(iat=NOW + HOUR),
    "iat a text": claims(iat=str(NOW)),
    "iat a word": claims(iat="now"),
    "iat null": claims(iat=None),
    "account null": claims(fring_account=None),
    "account a number": claims(fring_account=7),
    "account a list": claims(fring_account=["x"]),
    "payload a list": "[]",
    "payload a text": '"ann"',
    "payload null": "null",
    "payload a number": "1",
    "payload empty": "",
    "payload cut short": '{"sub": "ann", "exp":',
    "payload not UTF-8": b'{"sub": "\xff", "exp": 9999999999}',
    "payload nested": '{"sub":' + "[" * 5500,
    "payload nested beside the claims": '{"sub":"ann","exp":9999999999,"x":' + "[" * 5500,
    # Of two equal names the last counts (RFC 7519, 4), so neither hides the other.
    "exp twice": f'{{"sub": "ann", "exp": {NOW + HOUR}, "exp": {NOW - HOUR}}}',
    "sub twice": f'{{"sub": "ann", "exp": {NOW + HOUR}, "sub": 7}}',
}


@pytest.mark.parametrize("name", REFUSED)
async def test_claims_that_are_refused(mode, name):
    tokens, sign = mode(TokenRules())
    await refusal(tokens, sign(REFUSED[name]))


@pytest.mark.parametrize("wrong", ["http://localhost:3001", f"{ORIGIN}/", "", ABSENT, None, 7, []])
async def test_another_issuer_is_refused(mode, wrong):
    tokens, sign = mode(TokenRules(issuer=ORIGIN))
    await refusal(tokens, sign(claims(iss=wrong)))


@pytest.mark.parametrize("wrong", ["http://localhost:3001", "", ABSENT, None, 7, [], ["x"], [[]]])
async def test_another_audience_is_refused(mode, wrong):
    tokens, sign = mode(TokenRules(audience=ORIGIN))
    await refusal(tokens, sign(claims(aud=wrong)))


# Times are relative to the moment of the call; `leeway` is 30 s.
ACCEPTED: dict[str, dict[str, float]] = {
    "three seconds ahead of us": {"iat": 3, "nbf": 3, "exp": 900},
    "nbf ahead within the leeway": {"nbf": 20},
    "expired within the leeway": {"exp": -10},
    "times as floats": {"iat": -0.5, "nbf": -0.5, "exp": 900.5},
    "for years": {"exp": 10**9},
}


@pytest.mark.parametrize("name", ACCEPTED)
async def test_times_that_are_accepted(mode, name):
    tokens, sign = mode(TokenRules())
    now = time.time()
    moments = {claim: now + shift for claim, shift in ACCEPTED[name].items()}
    assert await tokens.identify(sign(claims(**moments))) == Identity("ann")


async def test_the_last_second_of_the_year_9999(mode):
    tokens, sign = mode(TokenRules())
    assert await tokens.identify(sign(claims(exp=YEAR_10000 - 1))) == Identity("ann")


@pytest.mark.parametrize("account", ["", "x"])
async def test_an_account_is_kept_to_be_looked_up(mode, account):
    tokens, sign = mode(TokenRules())
    identity = await tokens.identify(sign(claims(fring_account=account)))
    assert identity == Identity("ann", account=account)


@pytest.mark.parametrize("subject", ["7", "x" * 32, " ann ", "a\u0301😀", "' OR 1=1", "x" * 255])
async def test_subjects_are_kept_as_they_stand(mode, subject):
    tokens, sign = mode(TokenRules())
    assert (await tokens.identify(sign(claims(sub=subject)))).subject == subject


SUBJECTS = [("ann", "ann"), ("7", "7"), (7, "7"), (0, "0"), (-7, "-7"), (2**64, f"{2**64}")]
NO_SUBJECTS = [None, "", " ", True, False, 7.0, 1e300, [], ["ann"], {"id": "ann"}, ABSENT]


@pytest.mark.parametrize("name", ["userId", "user_id", "https://app.example/id"])
async def test_another_claim_may_hold_the_subject(mode, name):
    tokens, sign = mode(TokenRules(subject_claim=name))
    for claimed, subject in SUBJECTS:
        # What is in `sub` then says nothing, whatever it is.
        for other in (ABSENT, "bob", 8, None):
            payload = claims(sub=other, **{name: claimed})
            assert (await tokens.identify(sign(payload))).subject == subject
    for claimed in NO_SUBJECTS:
        await refusal(tokens, sign(claims(sub="ann", **{name: claimed})))
    await refusal(tokens, sign(f'{{"exp": 9999999999, "{name}": {"9" * 5000}}}'))


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "iss", "aud", "jti", "fring_account"])
def test_a_claim_with_a_meaning_holds_nothing_else(claim):
    for names in ({"subject_claim": claim}, {"role_claim": claim}):
        with pytest.raises(ValueError, match=claim):
            TokenRules(**names)


@pytest.mark.parametrize(
    "names",
    [{"role_claim": "sub"}, {"subject_claim": "role"}, {"role_claim": "", "subject_claim": ""}],
)
def test_one_claim_does_not_hold_both(names):
    with pytest.raises(ValueError, match="cannot hold both"):
        TokenRules(**names)


@pytest.mark.parametrize("audience", [ORIGIN, [ORIGIN], ["http://other.example", ORIGIN]])
async def test_issuer_and_audience(mode, audience):
    tokens, sign = mode(TokenRules(issuer=ORIGIN, audience=ORIGIN))
    assert await tokens.identify(sign(claims(iss=ORIGIN, aud=audience))) == Identity("ann")
    # Where nothing is configured, nothing is compared.
    tokens, sign = mode(TokenRules())
    assert await tokens.identify(sign(claims(iss="any", aud=audience))) == Identity("ann")


async def test_a_token_as_better_auth_issues_it():
    tokens, sign = by_issuer(TokenRules(issuer=ORIGIN, audience=ORIGIN))
    now = int(time.time())
    subject = "kQ3vN8sT1xZ6bR4mW9pL2cY7hD5fJ0gA"
    payload = {
        "iat": now,
        "name": "Ann",
        "email": "ann@example.org",
        "emailVerified": False,
        "image": None,
        "createdAt": "2026-01-02T03:04:05.678Z",
        "id": subject,
        "sub": subject,
        "exp": now + 15 * 60,
        "iss": ORIGIN,
        "aud": ORIGIN,
    }
    assert await tokens.identify(sign(payload)) == Identity(subject, Role.MEMBER)


async def test_a_lifetime_that_is_too_long(mode):
    tokens, sign = mode(TokenRules(max_lifetime=900))
    now = int(time.time())
    for accepted in (claims(iat=now, exp=now + 900), claims(exp=now + 800)):
        assert await tokens.identify(sign(accepted)) == Identity("ann")
    for refused in (
        claims(iat=now, exp=now + 901),
        claims(iat=now - 800, exp=now + 200),
        claims(iat=0, exp=now + 200),
        claims(exp=now + 1000),
    ):
        assert "900 seconds" in await refusal(tokens, sign(refused))


ROLES = [
    (ABSENT, Role.MEMBER),
    (None, Role.MEMBER),
    ("viewer", Role.VIEWER),
    ("member", Role.MEMBER),
    ("admin", Role.ADMIN),
    ("user", Role.MEMBER),
    ("viewer,admin", Role.ADMIN),
    ("user, admin", Role.ADMIN),
    ("banned,user", Role.MEMBER),
    ("Admin", Role.VIEWER),
    ("administrator", Role.VIEWER),
    ("readonly", Role.VIEWER),
    ("", Role.VIEWER),
    (7, Role.VIEWER),
    (True, Role.VIEWER),
    ({"role": "admin"}, Role.VIEWER),
    ({"admin": True}, Role.VIEWER),
    ([], Role.VIEWER),
    (["viewer"], Role.VIEWER),
    (["viewer", "admin"], Role.ADMIN),
    (["admin", "viewer"], Role.ADMIN),
    (["viewer", "member", "owner"], Role.MEMBER),
    (["owner", 7, None, {}, ["admin"]], Role.VIEWER),
]


@pytest.mark.parametrize(("claimed", "role"), ROLES)
async def test_roles(mode, claimed, role):
    for name in ("role", "https://fring.example/roles"):
        tokens, sign = mode(TokenRules(role_claim=name))
        assert await tokens.identify(sign(claims(**{name: claimed}))) == Identity("ann", role)
    # Another claim than the configured one says nothing.
    tokens, sign = mode(TokenRules(role_claim="groups"))
    assert await tokens.identify(sign(claims(role=claimed))) == Identity("ann")
