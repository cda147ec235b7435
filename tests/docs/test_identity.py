"""What `docs/identity.md` says of modes, tokens, roles and open paths is what happens."""

import asyncio
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, JwksTokens, SecretTokens, TokenRules
from fring_adapters.memory import MemoryStore
from fring_core import ALLOWED, Action, Fring, Identity, Role, Unauthenticated
from fring_http.api.app import create_app
from fring_http.server.authentication import auth_mode
from fring_http.server.exposure import listening_host
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings
from tests.docs.pages import ROOT, blocks, table
from tests.serving import serving

PAGE = ROOT / "docs/identity.md"
SECRET = "thirty-two bytes, or a few more of them"
EXAMPLES = {"BETTER_AUTH_SECRET": SECRET, "FRING_JWKS_URL": "https://app.example/api/auth/jwks"}
RULES = TokenRules(issuer="https://app.example", audience="https://app.example", max_lifetime=3600)
NOW = int(time.time())
GOOD = {
    "sub": "alice",
    "iat": NOW,
    "exp": NOW + 3000,
    "iss": "https://app.example",
    "aud": "https://app.example",
}


@pytest.mark.parametrize(("what", "mode"), table(PAGE, "what is set", "mode"))
def test_modes(what, mode):
    names = [] if what == "nothing" else what.split(", ")
    given = dict(name.split("=") if "=" in name else (name, EXAMPLES[name]) for name in names)
    settings = Settings.from_mapping(given)
    if mode == "the start is refused":
        with pytest.raises(SettingsError):
            listening_host(settings)
    else:
        listening_host(settings)
        assert auth_mode(settings) == mode


def test_the_modes_that_there_are():
    shown = table(PAGE, "mode", "a token is", "keys")
    assert [mode for mode, _, _ in shown] == ["off", "secret", "jwks"]


def test_the_warning(tmp_path):
    (warning,) = [b.text for b in blocks(PAGE) if b.text.startswith("fring: authentication")]
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        assert warning in server.log.read_text()


def test_roles():
    expected = [
        [role.value, ", ".join(action.value for action in Action if action in ALLOWED[role])]
        for role in Role
    ]
    assert table(PAGE, "role", "may") == expected


def signed(changes=(), *, without=(), key=SECRET, algorithm="HS256", headers=None):
    """Return a token that is good but for what is said."""
    claims: dict[str, Any] = {name: GOOD[name] for name in GOOD if name not in without}
    claims |= dict(changes)
    late = int(time.time()) - NOW  # this module may have been read minutes ago
    moments = {name: claims[name] + late for name in ("iat", "nbf", "exp") if name in claims}
    return jwt.encode(claims | moments, key, algorithm=algorithm, headers=headers)


SECRETLY = {
    "it is longer than 8 KB": lambda: signed({"pad": "x" * 8192}),
    "it is no JWT": lambda: "nonsense",
    "its header names an extension, crit": lambda: signed(headers={"crit": ["exp"]}),
    "its algorithm is not the mode's, or not its key's": lambda: signed(
        key=SECRET * 2, algorithm="HS512"
    ),
    "the signature is not the key's": lambda: signed(key=SECRET.upper()),
    "there is no sub": lambda: signed(without=["sub"]),
    "sub is a number": lambda: jwt.api_jws.encode(
        json.dumps(GOOD | {"sub": 7}).encode(), SECRET, "HS256"
    ),
    "sub is empty": lambda: signed({"sub": ""}),
    "there is no exp": lambda: signed(without=["exp"]),
    "exp is over, by more than 30 seconds": lambda: signed({"exp": NOW - 31}),
    "exp is beyond the year 9999": lambda: signed({"exp": 253_402_300_800}),
    "nbf is more than 30 seconds ahead": lambda: signed({"nbf": NOW + 90}),
    "iat is more than 30 seconds ahead": lambda: signed({"iat": NOW + 90}),
    "iss is not FRING_TOKEN_ISSUER": lambda: signed({"iss": "https://app.example/"}),
    "aud does not have FRING_TOKEN_AUDIENCE": lambda: signed({"aud": ["https://other.example"]}),
    "fring_account is there, and is not a text": lambda: signed({"fring_account": 7}),
    "it lives longer than FRING_TOKEN_MAX_LIFETIME": lambda: signed({"exp": NOW + 3601}),
}
PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = OKPAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True) | {"kid": "a", "alg": "EdDSA"}
PUBLICLY = {
    "jwks: its header names no key, kid": {},
    "jwks: its kid is none of the issuer's": {"kid": "b"},
}


def reason(tokens, token):
    with pytest.raises(Unauthenticated) as refused:
        asyncio.run(tokens.identify(token))
    assert refused.value.bad_token
    return refused.value.reason


def test_a_good_token_is_accepted():
    assert asyncio.run(SecretTokens(SECRET, RULES).identify(signed())) == Identity("alice")


def test_leeway_is_as_said():
    for changes in ({"exp": NOW - 20}, {"nbf": NOW + 20}, {"iat": NOW + 20}):
        assert asyncio.run(SecretTokens(SECRET, RULES).identify(signed(changes))).subject == "alice"


@pytest.mark.parametrize(
    ("wrong", "said"), table(PAGE, "what is wrong", "`fring auth explain` says")
)
def test_why_a_token_is_refused(wrong, said):
    if wrong in SECRETLY:
        assert reason(SecretTokens(SECRET, RULES), SECRETLY[wrong]()) == said
        return
    token = signed(key=PRIVATE, algorithm="EdDSA", headers=PUBLICLY[wrong])
    assert reason(_FetchedTokens("https://app.example/jwks", RULES), token) == said


class _FetchedTokens(JwksTokens):
    """Have the keys that would be fetched."""

    async def _document(self):
        return {"keys": [PUBLIC]}


def test_public_keys_work_as_they_should():
    token = signed(key=PRIVATE, algorithm="EdDSA", headers={"kid": "a"})
    tokens = _FetchedTokens("https://app.example/jwks", RULES)
    assert asyncio.run(tokens.identify(token)) == Identity("alice")


def test_every_reason_is_shown():
    shown = {wrong for wrong, _ in table(PAGE, "what is wrong", "`fring auth explain` says")}
    assert shown == SECRETLY.keys() | PUBLICLY.keys()


@pytest.fixture(scope="module")
def client():
    """Yield a client without a token, of an application that asks for one."""
    tokens = SecretTokens(SECRET)
    fring = Fring(MemoryStore(), clock=utc_now, passwords=Argon2Passwords(), issuer=tokens)
    app: Any = create_app(fring, tokens=tokens)
    with TestClient(app) as client:
        yield client


OTHERS = {"webhook_id": "1", "delivery_id": "1"}


def test_what_stays_open(client):
    shown = [path for path, _ in table(PAGE, "open path", "what it is")]
    for path in shown:
        method = "POST" if "/auth/" in path else "GET"
        answered = client.request(method, path).status_code
        assert answered in ((204, 422) if method == "POST" else (200,)), path
    document = json.loads(client.get("/openapi.json").content)
    for path, item in document["paths"].items():
        for method in item:
            asked = path.format(owner="me", user_id="1", task_id="1", **OTHERS)
            refused = client.request(method.upper(), asked).status_code == 401
            assert refused != (path in shown), f"{method} {path}"
