"""Tokens in secret mode: which prove something, what the others are told, and when."""

import time

import pytest

from tests.http.bad_tokens import BAD_TOKENS
from tests.http.tokens import as_user, bearer, claims, made, token
from tests.http.wire import check_error, raw_request, request_bytes

pytestmark = pytest.mark.parametrize("secured", ["memory"], indirect=True)

OWN, BOARD = "/api/alice/tasks", "/api/v1/tasks"
NONE, BAD = "Bearer", 'Bearer error="invalid_token"'


def check_unauthenticated(response, challenge):
    check_error(response, 401, "unauthenticated")
    assert response.headers.get_list("www-authenticate") == [challenge]


@pytest.mark.parametrize("path", [OWN, BOARD])
@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_bad_token_is_refused(secured, name, path):
    fields = {"Authorization": f"Bearer {BAD_TOKENS[name]}"}
    check_unauthenticated(raw_request(secured.url, request_bytes("GET", path, None, fields)), BAD)


def test_there_are_many_bad_tokens(secured):
    assert len(set(BAD_TOKENS.values())) == len(BAD_TOKENS) > 25


@pytest.mark.parametrize("path", [OWN, BOARD])
@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YWxpY2U6eA==", "Token x", "{token}", "x" * 9000],
)
def test_without_a_token_one_is_asked_for(secured, path, header):
    fields = {} if header is None else {"Authorization": header.format(token=token())}
    check_unauthenticated(raw_request(secured.url, request_bytes("GET", path, None, fields)), NONE)


@pytest.mark.parametrize(
    "value",
    [
        *(b"Bearer \xff\xfe", b"Bearer \xff.\xfe.\xfd", b"Bearer " + token().encode() + b"\xe9"),
        *("Bearer é.ü.ß".encode(), b"Bearer " + b"\x80" * 9000),
    ],
    ids=["two bytes", "three parts", "after a token", "UTF-8", "long"],
)
@pytest.mark.parametrize("path", [OWN, BOARD])
def test_a_header_that_is_not_text_is_refused(secured, path, value):
    head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ".encode()
    check_unauthenticated(raw_request(secured.url, head + value + b"\r\n\r\n"), BAD)


@pytest.mark.parametrize("second", ["Bearer {}", "Basic YWxpY2U6eA==", ""])
@pytest.mark.parametrize("path", [OWN, BOARD])
def test_two_headers_are_one_too_many(secured, path, second):
    lines = [f"Authorization: Bearer {token()}", f"Authorization: {second.format(token())}"]
    for pair in (lines, lines[::-1]):
        text = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *pair, "", ""])
        check_unauthenticated(raw_request(secured.url, text.encode()), BAD)


NOW = int(time.time())


@pytest.mark.parametrize(
    "good",
    [
        made(claims(iat=NOW + 3, nbf=NOW + 3)),
        made(claims(iat=None)),
        made(claims(iat=float(NOW), exp=NOW + 900.5)),
        made(claims(exp=253_402_300_799)),
        made(claims(aud="http://localhost:3000", iss="http://localhost:3000", name="Alice")),
        made(claims(), kid="unknown"),
        made(claims(), jku="http://127.0.0.1:1/jwks.json", x5u="http://127.0.0.1:1/"),
        made(claims(padding="x" * 5000)),
        made(claims(), typ="at+jwt"),
    ],
    ids=["3 s ahead", "no iat", "fractions", "year 9999", "aud", "kid", "jku", "long", "typ"],
)
def test_a_good_token_is_accepted(caller, good):
    for path in (OWN, BOARD):
        assert caller.get(path, headers=bearer(good)).status_code == 200


def test_a_token_within_the_leeway_is_accepted(caller):
    now = int(time.time())
    assert caller.get(OWN, headers=bearer(token(exp=now - 3))).status_code == 200
    assert caller.get(OWN, headers=bearer(token(nbf=now + 20))).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer  "])
def test_the_scheme_is_read_in_any_case(caller, scheme):
    for path in (OWN, BOARD):
        response = caller.get(path, headers={"Authorization": f"{scheme} {token()}"})
        assert response.status_code == 200


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"title": 5}', b" " * (2**20 + 1)])
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
@pytest.mark.parametrize("path", [OWN, BOARD, "/api/v1/users"])
def test_identity_comes_before_input(caller, path, body, content_type):
    def post(headers):
        return caller.post(path, content=body, headers={"content-type": content_type} | headers)

    check_unauthenticated(post({}), NONE)
    check_unauthenticated(post(bearer("bad")), BAD)
    if path != OWN:
        check_error(post(as_user("alice", "viewer")), 403, "forbidden")
    else:
        check_error(post(as_user("mallory")), 403, "forbidden")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", OWN, {}, 401),
        ("PUT", f"{BOARD}/1", bearer("bad"), 401),
        ("POST", OWN, as_user("mallory"), 403),
        ("POST", BOARD, as_user("alice", "viewer"), 403),
        ("POST", "/api/v2/tasks", {}, 404),
        ("POST", "/nowhere", {}, 404),
        ("PATCH", "/api/v1/users/1", {}, 405),
    ],
)
def test_a_refusal_lets_the_connection_go_on(caller, method, path, headers, status):
    for _ in range(5):
        response = caller.request(method, path, content=b" " * 2**20, headers=headers)
        assert response.status_code == status
        assert "connection" not in response.headers
        assert caller.get("/health").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *(f"{OWN}?limit=x", f"{OWN}/abc", f"{OWN}/0", f"{BOARD}?status=bad", f"{BOARD}/abc"),
        *("/api/v1/users/0", "/api/v1/users/1/tasks?status=bad", f"/api/{'x' * 256}/tasks"),
        *("/api/%00/tasks", f"{OWN}/1", f"{BOARD}/1"),
    ],
)
def test_identity_comes_before_queries_ids_and_existence(caller, path):
    check_unauthenticated(caller.get(path), NONE)
    assert caller.head(path).status_code == 401


def test_input_comes_after_identity(caller):
    check_error(caller.get(f"{OWN}?limit=x", headers=as_user("alice")), 422, "validation")
    name = "x" * 256
    response = caller.get(f"/api/{name}/tasks", headers=as_user(name))
    check_error(response, 422, "validation")


@pytest.mark.parametrize("name", ["auth", "v2", "v10"])
def test_a_reserved_name_is_nobodys(caller, name):
    for headers in ({}, as_user(name), as_user("alice")):
        check_error(caller.get(f"/api/{name}/tasks", headers=headers), 404, "not_found")


def test_reasons_are_logged_and_not_told(secured, caller):
    answer = caller.get(OWN, headers=bearer(BAD_TOKENS["no exp"]))
    assert answer.json() == {"detail": "Invalid token", "code": "unauthenticated"}
    written = secured.log.read_text()
    assert "refused, 401: " in written
    assert BAD_TOKENS["no exp"] not in written
