"""The `fring auth` command, and what a server needs to know before it starts."""

import re

import httpx
import pytest

from fring_http.server.composition import create
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings
from tests.http.bad_tokens import BAD_TOKENS
from tests.http.tokens import SECRET, bearer, token
from tests.serving import fring, serving

JWKS_URL = "http://127.0.0.1:1/jwks"


@pytest.fixture
def run(run, monkeypatch):
    """Give a function that runs the command in secret mode; return its code and what it said."""
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    return run


def test_a_minted_token_is_accepted_by_the_server(tmp_path, caller, secured):
    minted = fring(tmp_path, "auth", "token", "--sub", "alice", BETTER_AUTH_SECRET=SECRET)
    assert (minted.returncode, minted.stderr) == (0, "")
    headers = bearer(minted.stdout.strip())
    assert caller.get("/api/alice/tasks", headers=headers).status_code == 200
    assert caller.get("/api/bob/tasks", headers=headers).status_code == 403
    assert caller.post("/api/v1/users", json={}, headers=headers).status_code == 403


def test_a_token_is_minted_for_a_role(run, caller, secured):
    code, minted, _ = run("auth", "token", "--sub", "ann", "--role", "admin")
    assert code == 0
    headers = bearer(minted.strip())
    assert caller.post("/api/v1/users", json={}, headers=headers).status_code == 422
    code, out, _ = run("auth", "explain", minted.strip())
    assert code == 0
    assert {"'ann'", "admin", "secret"} <= set(re.findall(r"'\w+'|\w+", out))


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_good_token_is_explained(run, prefix):
    code, out, err = run("auth", "explain", prefix + token())
    assert (code, err) == (0, "")
    assert "accepted" in out
    assert "'alice'" in out
    assert "member" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("expired", "expired"),
        ("tampered payload", "ignature"),
        ("another secret", "ignature"),
        ("no exp", "exp"),
        ("no sub", "sub"),
        ("nbf ahead", "nbf"),
        ("exp in the year 10000", "exp"),
        ("alg HS512", "alg"),
        ("crit unknown", "crit"),
        ("10 KB", "8192"),
        ("two parts", ""),
    ],
)
def test_a_bad_token_is_explained(run, name, words):
    code, out, err = run("auth", "explain", BAD_TOKENS[name])
    assert (code, out) == (1, "")
    assert err.startswith("refused in mode secret: ")
    assert words in err
    assert len(err.splitlines()) == 1
    assert SECRET not in err


def test_a_token_is_explained_by_the_running_settings(run):
    settings = {"FRING_TOKEN_ISSUER": "http://localhost:3000"}
    assert run("auth", "explain", token(iss="http://localhost:3000"), **settings)[0] == 0
    code, _, err = run("auth", "explain", token(iss="http://other"))
    assert (code, "issuer" in err) == (1, True)
    assert run("auth", "explain", run("auth", "token", "--sub", "a")[1].strip())[0] == 0


def test_the_claim_that_holds_the_subject_can_be_named(run, tmp_path, account):
    settings = {"FRING_SUBJECT_CLAIM": "userId"}
    for claimed in ("carl", 7):
        code, out, _ = run("auth", "explain", token(userId=claimed), **settings)
        assert (code, f"subject '{claimed}'" in out) == (0, True)
    code, _, err = run("auth", "explain", token())
    assert (code, "userId" in err) == (1, True)
    minted = run("auth", "token", "--sub", "carl")[1].strip()
    with (
        serving(
            tmp_path, DATABASE_URL="memory://", BETTER_AUTH_SECRET=SECRET, **settings
        ) as server,
        httpx.Client(base_url=server.url, verify=False) as client,
    ):
        for own in (minted, token(userId="carl"), token(sub="bob", userId="carl")):
            assert client.get("/api/carl/tasks", headers=bearer(own)).status_code == 200
            assert client.get("/api/bob/tasks", headers=bearer(own)).status_code == 403
        seven = bearer(token(userId=7))
        assert client.post("/api/7/tasks", json={"title": "x"}, headers=seven).status_code == 201
        assert len(client.get("/api/me/tasks", headers=bearer(token(userId="7"))).json()) == 1
        # Fring's own tokens say it in the same place.
        number = client.post("/api/v1/auth/register", json=account).json()["id"]
        login = {"username": account["username"], "password": account["password"]}
        entered = client.post("/api/v1/auth/login", json=login).json()["access_token"]
        assert client.get("/api/v1/auth/me", headers=bearer(entered)).json()["id"] == number
        assert client.get(f"/api/{number}/tasks", headers=bearer(entered)).status_code == 200


def test_another_mode_has_other_tokens(run):
    modes = {"FRING_JWKS_URL": JWKS_URL, "FRING_AUTH": "jwks"}
    code, _, err = run("auth", "explain", token(), **modes)
    assert (code, err.startswith("refused in mode jwks: ")) == (1, True)
    code, out, err = run("auth", "token", "--sub", "alice")
    assert (code, out, "secret mode only" in err) == (1, "", True)
    code, out, _ = run("auth", "explain", token(), FRING_AUTH="off")
    assert (code, "off" in out) == (0, True)
    code, out, err = run("auth", "token", "--sub", "alice")
    assert (code, out, "secret mode only" in err) == (1, "", True)


@pytest.mark.parametrize(
    "arguments", [["auth"], ["auth", "token"], ["auth", "token", "--sub", "a", "--role", "king"]]
)
def test_arguments_that_make_no_sense_are_refused(run, arguments):
    assert run(*arguments)[0] == 2


REFUSED = [
    ({"BETTER_AUTH_SECRET": SECRET[:31]}, "BETTER_AUTH_SECRET", "32 bytes"),
    (
        {"BETTER_AUTH_SECRET": SECRET, "FRING_JWKS_URL": JWKS_URL},
        "BETTER_AUTH_SECRET",
        "FRING_AUTH",
    ),
    ({"ENVIRONMENT": "production"}, "production", "FRING_AUTH=off"),
    ({"FRING_AUTH": "secret"}, "BETTER_AUTH_SECRET", "FRING_AUTH"),
    ({"FRING_AUTH": "jwks"}, "FRING_JWKS_URL", "FRING_AUTH"),
    ({"FRING_AUTH": "jwks", "BETTER_AUTH_SECRET": SECRET}, "FRING_JWKS_URL", "FRING_AUTH"),
    (
        {"BETTER_AUTH_SECRET": SECRET, "FRING_SUBJECT_CLAIM": "role"},
        "FRING_SUBJECT_CLAIM=role",
        "cannot hold both",
    ),
    (
        {"FRING_JWKS_URL": JWKS_URL, "FRING_SUBJECT_CLAIM": "exp"},
        "FRING_SUBJECT_CLAIM=exp",
        "a meaning of its own",
    ),
    ({"FRING_AUTH": "perhaps"}, "FRING_AUTH=perhaps", "off, secret, jwks"),
    ({"ENVIRONMENT": "Production"}, "production", "FRING_AUTH=off"),
    ({"FRING_JWKS_URL": "ftp://127.0.0.1/jwks"}, "FRING_JWKS_URL", "http"),
]


# A process each: a few will do, since the next test asks about all.
@pytest.mark.parametrize(("settings", "name", "advice"), REFUSED[:3], ids=str)
def test_a_server_that_is_not_clear_about_callers_does_not_start(tmp_path, settings, name, advice):
    ended = fring(tmp_path, "serve", DATABASE_URL="memory://", **settings)
    assert ended.returncode == 1
    assert name in ended.stderr
    assert advice in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert "on http://" not in ended.stdout
    assert settings.get("BETTER_AUTH_SECRET", "\0") not in ended.stderr + ended.stdout


@pytest.mark.parametrize(("settings", "name", "advice"), REFUSED, ids=str)
def test_nor_does_the_application_on_another_server(settings, name, advice):
    with pytest.raises(SettingsError, match=f"(?s)(?=.*{name})(?=.*{advice})"):
        create(Settings.from_mapping({"DATABASE_URL": "memory://"} | settings))


@pytest.mark.parametrize("settings", [{}, {"ENVIRONMENT": "production", "FRING_AUTH": "off"}])
def test_a_server_that_is_open_says_so(tmp_path, settings):
    with serving(tmp_path, DATABASE_URL="memory://", **settings) as server:
        for path in ("/api/v1/tasks", "/api/alice/tasks"):
            assert httpx.get(f"{server.url}{path}", verify=False).status_code == 200
        assert "authentication: off: whoever reaches" in server.log.read_text()


def test_a_server_that_wants_tokens_does_not(secured):
    assert "No authentication" not in secured.log.read_text()
