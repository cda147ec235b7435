"""Who issues the tokens: a key set on loopback, or nobody that the database is needed for."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.http.tokens import SECRET, as_user, bearer, claims, encoded, part, token
from tests.http.wire import check_error, check_own_task
from tests.outage import Database
from tests.serving import DEADLINE, serving

FRONT_END = "http://localhost:3000"
SUBJECT = "kPq3xv8RZbT0eWmYcUs1oHd7Lf2jNaGi"  # as Better Auth draws them: 32 characters
KEY, KID = Ed25519PrivateKey.generate(), "7bXq0dKcPzR4"


class KeySet(BaseHTTPRequestHandler):
    """Answer with the issuer's public key, as Better Auth does at /api/auth/jwks."""

    def do_GET(self):
        key = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": KID}
        key["x"] = encoded(KEY.public_key().public_bytes_raw())
        body = json.dumps({"keys": [key]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def issuer():
    with ThreadingHTTPServer(("127.0.0.1", 0), KeySet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/auth/jwks"
        finally:
            server.shutdown()
            thread.join()


def issued(**changes):
    """Return a token as Better Auth makes it: 15 minutes long, from and for the front end."""
    given = claims(sub=SUBJECT, iss=FRONT_END, aud=FRONT_END, name="Ann", **changes)
    signed = f"{part({'alg': 'EdDSA', 'kid': KID})}.{part(given)}"
    return f"{signed}.{encoded(KEY.sign(signed.encode()))}"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    with (
        issuer() as url,
        serving(
            tmp_path_factory.mktemp("jwks"),
            DATABASE_URL="memory://",
            FRING_AUTH="jwks",
            FRING_JWKS_URL=url,
            BETTER_AUTH_SECRET=SECRET,
            FRING_TOKEN_ISSUER=FRONT_END,
            FRING_TOKEN_AUDIENCE=FRONT_END,
        ) as server,
        httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
    ):
        yield client


def test_a_published_key_proves_a_caller(published):
    headers, path = bearer(issued()), f"/api/{SUBJECT}/tasks"
    made = published.post(path, json={"title": "x"}, headers=headers)
    assert made.status_code == 201, made.text
    check_own_task(made.json(), SUBJECT)
    assert published.get(path, headers=headers).json() == [made.json()]
    assert published.get("/api/v1/tasks", headers=headers).json() == []
    check_error(published.get("/api/alice/tasks", headers=headers), 403, "forbidden")


def test_other_tokens_prove_nothing_where_keys_are_published(published):
    public = KEY.public_key().public_bytes_raw()
    forged = f"{part({'alg': 'HS256', 'kid': KID})}.{part(claims(sub=SUBJECT))}"
    for bad in (
        token(),
        token(sub=SUBJECT),
        f"{forged}.{encoded(public)}",
        issued(exp=1),
        issued()[:-8] + "AAAAAAAA",
        issued().replace(part({"alg": "EdDSA", "kid": KID}), part({"alg": "none", "kid": KID})),
    ):
        answer = published.get(f"/api/{SUBJECT}/tasks", headers=bearer(bad))
        check_error(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_accounts_are_not_found_where_keys_are_published(published):
    for path in ("login", "register"):
        for headers in ({}, bearer(issued())):
            answer = published.post(f"/api/v1/auth/{path}", json={}, headers=headers)
            check_error(answer, 404, "not_found")


def test_no_connection_is_taken_for_a_caller_that_nobody_knows(tmp_path):
    database = Database(tmp_path / "data")
    try:
        with (
            serving(tmp_path, DATABASE_URL=database.url, BETTER_AUTH_SECRET=SECRET) as server,
            httpx.Client(base_url=server.url, timeout=DEADLINE, verify=False) as client,
        ):
            database.stop()
            for path in ("/api/alice/tasks", "/api/v1/tasks", "/api/v1/users/1"):
                for headers in ({}, bearer("bad"), bearer(token(exp=1))):
                    answer = client.get(path, headers=headers)
                    check_error(answer, 401, "unauthenticated")
                answer = client.get(path, headers=as_user("alice"))
                check_error(answer, 503, "unavailable")
            check_error(client.get("/api/bob/tasks", headers=as_user("alice")), 403, "forbidden")
            login = {"username": "ann", "password": "does not matter"}
            check_error(client.post("/api/v1/auth/login", json=login), 503, "unavailable")
    finally:
        database.close()
