"""What a request says and nobody reads is named in the answer, or refused."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from litestar import Litestar, Router
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.reading.unknown import HEADER, MOST_CHARACTERS, MOST_NAMES
from fring_http.api.shapes.parameters import PARAMETERS
from fring_http.api.v1 import v1_router
from fring_http.nearest import nearest
from tests.http.documented import valid
from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS as BOARD
from tests.http.tokens import SECRET
from tests.http.wire import check_error, check_invalid

OPERATIONS = [*((method, f"/api/v1{path}") for method, path, _ in BOARD)]
OPERATIONS += [(method, path) for method, path, _ in PERSONAL]
ASSIGNING = ("/tasks/{free}", "/users/{user}")  # without a body


def application(*, strict):
    tokens = SecretTokens(SECRET)
    fring = Fring(MemoryStore(), clock=utc_now, passwords=Argon2Passwords(), issuer=tokens)
    return create_app(fring, strict_input=strict)


@pytest.fixture(scope="module")
def lenient():
    with TestClient(application(strict=False)) as client:
        yield client


@pytest.fixture(scope="module")
def strict():
    with TestClient(application(strict=True)) as client:
        yield client


@pytest.fixture
def fill(unique):
    """Return a function that makes what a path names, and fills it."""

    def fill(client, path):
        user = client.post("/api/v1/users", json=a_user(unique())).json()["id"]
        task, free = (client.post("/api/v1/tasks", json={"title": "x"}).json()["id"] for _ in "ab")
        own = client.post("/api/ann/tasks", json={"title": "x"}).json()["id"]
        client.post(f"/api/v1/users/{user}/tasks/{task}")
        mine = own if "{owner}" in path else task
        return path.format(user=user, task=mine, free=free, owner="ann")

    return fill


def a_user(name):
    return {"username": name, "email": f"{name}@example.com"}


def ignored(response):
    return [unquote(name) for name in response.headers.get(HEADER, "").split(", ") if name]


def request_of(method, path, unique):
    """Return the parameters and the body of an operation, all of them known."""
    params = {"status": "completed"} if path.endswith("/status") else {}
    takes_body = method == "PUT" or (method == "POST" and not path.endswith(ASSIGNING))
    name = unique()
    both = a_user(name) if path.startswith("/api/v1/users") else {"title": name}
    return params, both if takes_body else None


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_names_what_it_ignores(lenient, strict, fill, unique, method, path):
    for client in (lenient, strict):
        params, body = request_of(method, path, unique)
        good = client.request(method, fill(client, path), params=params, json=body)
        assert good.is_success, good.text
        assert HEADER not in good.headers
    params, body = request_of(method, path, unique)
    wrong_params = params | {"limt": "1", "titel": "x"}
    wrong_body = {**(body or {}), "prioritee": 1}
    names = ["query.limt", "query.titel", "body" if body is None else "body.prioritee"]
    filled = fill(lenient, path)
    answer = lenient.request(method, filled, params=wrong_params, json=wrong_body)
    assert (answer.status_code, ignored(answer)) == (good.status_code, names)
    filled = fill(strict, path)
    for where, given in (
        (("query", "limt"), {"params": wrong_params, "json": body}),
        (("body",) if body is None else ("body", "prioritee"), {"json": wrong_body}),
    ):
        refused = strict.request(method, filled, **({"params": params} | given))
        check_invalid(refused, *where, kind="value_error")
        assert HEADER not in refused.headers


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/api/v1/users/{user}", {"id", "created_at", "tasks"}),
        ("/api/v1/tasks/{task}", {"id", "created_at", "updated_at", "assigned_users"}),
        ("/api/{owner}/tasks/{task}", {"id", "user_id", "created_at", "updated_at"}),
    ],
)
def test_what_was_got_can_be_put_back_and_is_no_noise(lenient, strict, fill, path, fields):
    for client in (lenient, strict):
        filled = fill(client, path)
        got = client.get(filled).json()
        assert fields < set(got)
        answer = client.put(filled, json=got)
        assert answer.status_code == 200
        assert HEADER not in answer.headers


def test_but_nobody_creates_with_what_is_not_taken(lenient):
    answer = lenient.post("/api/v1/tasks", json={"title": "x", "created_at": "2020", "due_date": 1})
    assert answer.status_code == 201
    assert ignored(answer) == ["body.created_at", "body.due_date"]
    own = {"title": "x", "user_id": "bob"}
    assert ignored(lenient.post("/api/ann/tasks", json=own)) == ["body.user_id"]


def test_a_refusal_names_it_too(lenient, strict):
    """Where it helps most: the field that is missing is there under another name."""
    answer = lenient.post("/api/v1/tasks", json={"titel": "x"})
    check_invalid(answer, "body", "title", kind="missing")
    assert ignored(answer) == ["body.titel"]
    assert ignored(lenient.delete("/api/v1/tasks/0?force=1")) == ["query.force"]
    found = check_error(strict.post("/api/v1/tasks", json={"Titel": "x"}), 422, "validation")
    assert [(fault["loc"], fault["msg"]) for fault in found] == [
        (["body", "title"], "Field required"),
        (["body", "Titel"], "is not known; did you mean 'title'?"),
    ]


def test_accounts_are_as_strict(lenient, strict, unique):
    account = a_user(unique()) | {"password": "long enough", "role": "admin"}
    made = lenient.post("/api/v1/auth/register", json=account)
    assert (made.status_code, ignored(made)) == (201, ["body.role"])
    refused = strict.post("/api/v1/auth/register?x=1", json=account)
    check_invalid(refused, "query", "x", kind="value_error")
    check_invalid(strict.post("/api/v1/auth/register", json=account), "body", "role")
    assert "long enough" not in refused.text


HOSTILE = ["a\r\nSet-Cookie: x=1", "ü\0", "😀", "a, query.b", "", "%0d%0a", "x" * 5000]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_any_name_is_told_safely(lenient, name):
    answer = lenient.post("/api/v1/tasks", params={name: "1"}, json={"title": "x", name: 1})
    assert answer.status_code == 201
    shown = name[:MOST_CHARACTERS]
    assert ignored(answer) == [f"query.{shown}", f"body.{shown}"]
    assert answer.headers[HEADER].isascii()
    assert answer.headers[HEADER].isprintable()
    assert "set-cookie" not in answer.headers


def test_many_names_are_cut(lenient, strict):
    many = {"é" * 100 + str(number): 1 for number in range(1000)} | {"title": "x"}
    answer = lenient.post("/api/v1/tasks?" + "&".join(f"a{n}" for n in range(1000)), json=many)
    assert len(ignored(answer)) == MOST_NAMES + 1
    assert ignored(answer)[-1] == "..."
    assert len(answer.headers[HEADER]) < 8000
    refused = strict.post("/api/v1/tasks", content=json.dumps(many), headers=JSON)
    assert len(check_error(refused, 422, "validation")) == MOST_NAMES


JSON = {"content-type": "application/json"}


def test_of_a_parameter_that_comes_twice_the_last_counts_and_that_is_told(lenient, strict):
    query = "/api/v1/tasks?limit=2&status=todo&limit=1"
    answer = lenient.get(query)
    assert (answer.status_code, answer.headers[HEADER]) == (200, "query.limit")
    [fault] = check_error(strict.get(query), 422, "validation")
    assert (fault["loc"], fault["msg"]) == (["query", "limit"], "must be given once")


def test_the_document_of_a_strict_application_admits_nothing_else(lenient, strict):
    def bodies(client):
        document = client.get("/openapi.json").json()
        return document, [
            operation["requestBody"]["content"]["application/json"]["schema"]
            for path, item in document["paths"].items()
            for operation in item.values()
            if "requestBody" in operation and not path.startswith("/api/v2/")  # which is strict
        ]

    for client, expected in ((lenient, True), (strict, False)):
        document, schemas = bodies(client)
        assert len(schemas) >= 9
        login = {"username": "ann", "password": "correct horse"}
        assert valid(document, {"$ref": "#/components/schemas/Login"}, login)
        for schema in schemas:
            component = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            shapes = component.get("anyOf", [component])
            assert {shape.get("additionalProperties", True) for shape in shapes} == {expected}


def test_a_name_that_comes_twice_is_told_once(lenient):
    body = b'{"title": "x", "a": 1, "a": [{"b": 2}], "title": "y"}'
    answer = lenient.post("/api/v1/tasks?q=1&q=2&", content=body, headers=JSON)
    assert (answer.json()["title"], ignored(answer)) == ("y", ["query.q", "body.a"])


@pytest.mark.parametrize("body", ["[]", "1", "null", '"title"', "{", ""])
def test_what_is_no_object_has_no_names(lenient, strict, body):
    for client in (lenient, strict):
        answer = client.post("/api/v1/tasks", content=body, headers=JSON)
        check_invalid(answer, "body")
        assert HEADER not in answer.headers


def test_identity_comes_first():
    fring = Fring(MemoryStore(), clock=utc_now)
    app = create_app(fring, tokens=SecretTokens(SECRET), strict_input=True)
    with TestClient[Any](app) as client:
        for path in ("/api/v1/tasks?x=1", "/api/ann/tasks?x=1"):
            answer = client.get(path)
            check_error(answer, 401, "unauthenticated")
            assert HEADER not in answer.headers


@pytest.mark.parametrize("strict_input", [True, False])
def test_a_mounted_router_does_the_same(strict_input):
    router = v1_router(Fring(MemoryStore(), clock=utc_now), strict_input=strict_input)
    with TestClient(
        Litestar([Router("/there", route_handlers=[router])], logging_config=None)
    ) as client:
        answer = client.get("/there/api/v1/tasks?limt=1")
        if strict_input:
            check_invalid(answer, "query", "limt")
        else:
            assert ignored(answer) == ["query.limt"]


def test_the_documented_parameters_are_those_that_are_known(lenient):
    for path, item in lenient.get("/openapi.json").json()["paths"].items():
        for operation in item.values():
            names = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
            if "get" in item and names:
                filled = path.replace("{task_id}", "1").replace("{user_id}", "1")
                assert not ignored(lenient.get(filled, params=dict.fromkeys(names, "")))
    assert PARAMETERS["own_limit"]["name"] == "limit"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("limt", "limit"),
        ("Status", "status"),
        ("dueDate", "due_date"),
        ("due-date", "due_date"),
        ("x", None),
        ("", None),
        ("l" * 10_000, None),
    ],
)
def test_the_nearest_name_is_the_one_that_was_meant(name, meant):
    assert nearest(name, ["limit", "status", "due_date"]) == meant
