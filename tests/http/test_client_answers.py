"""Answers that Fring does not give are never taken for its own: no success, no error of Fring's."""

import gzip
import json
from typing import Any

import httpx
import pytest

from fring_core import (
    FringError,
    InvalidInput,
    NewTask,
    NewUser,
    Side,
    StoreUnavailable,
    TaskChanges,
    TaskNotFound,
    TaskOrder,
    TransitionRefused,
    Unauthenticated,
    UserChanges,
    UsernameTaken,
)
from fring_http.client import BlockingFringClient, UnexpectedAnswer

FRING = "http://fring/board"
THEN = "2024-01-01T00:00:00Z"
USER = {"id": 1, "username": "ann", "email": "ann@example.org", "created_at": THEN}
TASK = {
    "id": 2, "title": "x", "description": None, "status": "todo", "created_at": THEN, "updated_at": THEN,
}  # fmt: skip
OWN = TASK | {"user_id": "ann", "completed": False, "due_date": None}
NEWEST = TaskOrder.NEWEST_FIRST

# Each call, its status, and a body that is right for it.
CALLS = {
    "users.create": (lambda f: f.users.create(NewUser("ann", "a@b.c")), 201, USER),
    "users.list": (lambda f: f.users.list(), 200, [USER]),
    "users.get_with_tasks": (lambda f: f.users.get_with_tasks(1), 200, USER | {"tasks": [TASK]}),
    "users.update": (lambda f: f.users.update(1, UserChanges("ann")), 200, USER),
    "users.delete": (lambda f: f.users.delete(1), 204, None),
    "assignments.tasks_of": (lambda f: f.assignments.tasks_of(1), 200, [TASK]),
    "assignments.add": (lambda f: f.assignments.add(user=1, task=2), 201, {"message": "done"}),
    "assignments.remove": (lambda f: f.assignments.remove(user=1, task=2), 204, None),
    "tasks.create": (lambda f: f.tasks.create(NewTask("x")), 201, TASK),
    "own.create": (lambda f: f.tasks.create(NewTask("x"), owner="ann"), 201, OWN),
    "tasks.list": (lambda f: f.tasks.list(), 200, [TASK]),
    "own.list": (lambda f: f.tasks.list(owner="ann", order=NEWEST), 200, [OWN]),
    "tasks.get_with_users": (
        lambda f: f.tasks.get_with_users(2),
        200,
        TASK | {"assigned_users": [USER]},
    ),
    "own.get_with_users": (lambda f: f.tasks.get_with_users(2, owner="ann"), 200, OWN),
    "tasks.update": (lambda f: f.tasks.update(2, TaskChanges("x")), 200, TASK),
    "own.update": (lambda f: f.tasks.update(2, TaskChanges("x"), owner="ann"), 200, OWN),
    "tasks.set_status": (lambda f: f.tasks.set_status(2, "todo"), 200, TASK),
    "own.toggle": (lambda f: f.tasks.toggle(2, owner="ann"), 200, OWN),
    "tasks.delete": (lambda f: f.tasks.delete(2), 204, None),
    "own.delete": (lambda f: f.tasks.delete(2, owner="ann"), 204, None),
    "assignments.users_of": (lambda f: f.assignments.users_of(2), 200, [USER]),
    "assignments.add_to_task": (
        lambda f: f.assignments.add(user=1, task=2, first=Side.TASK),
        201,
        {"message": "done"},
    ),
    "assignments.remove_from_task": (
        lambda f: f.assignments.remove(user=1, task=2, first=Side.TASK),
        204,
        None,
    ),
}
HTML = "<!doctype html><title>Sign in</title>"


def made(name, answer):
    """Make a call that is answered so, and return the request too."""
    requests = []

    def handler(request):
        requests.append(request)
        return answer

    with BlockingFringClient(FRING, patience=0, transport=httpx.MockTransport(handler)) as fring:
        try:
            CALLS[name][0](fring)
        except FringError as error:
            return error, requests[0]
        return None, requests[0]


def answered(status, body):
    return httpx.Response(status) if body is None else httpx.Response(status, json=body)


@pytest.mark.parametrize("name", CALLS)
def test_the_right_answer_is_taken_with_its_own_status_alone(name):
    _, right, body = CALLS[name]
    assert made(name, answered(right, body))[0] is None
    for status in {200, 201, 202, 203, 204, 206, 226, 299} - {right}:
        error, _ = made(name, answered(status, body))
        assert isinstance(error, UnexpectedAnswer), status


def wrong(name):
    """Yield answers that are wrong for a call."""
    _, right, body = CALLS[name]
    text = json.dumps(body)
    as_json = {"content-type": "application/json"}
    yield httpx.Response(right, html=HTML)
    yield httpx.Response(right, content=HTML, headers=as_json)
    yield httpx.Response(right, text=text)
    yield httpx.Response(right, content=text.encode())
    yield httpx.Response(right, content=text[:-1] or "[", headers=as_json)
    yield httpx.Response(right, content=text * 2, headers=as_json)
    yield httpx.Response(right, content="[" * 100_000, headers=as_json)
    broken = httpx.ByteStream(gzip.compress(text.encode())[2:])
    yield httpx.Response(right, stream=broken, headers=as_json | {"content-encoding": "gzip"})
    others = [{}, [1], [None], [[]], "x", 5, True, {"detail": "Not found"}, {"message": 5}]
    for other in [*others, *([] if isinstance(body, list) else [[]])]:
        yield httpx.Response(right, json=other)
    if body is not None:
        yield httpx.Response(right)
        yield httpx.Response(right, json=None)
    for status in (301, 302, 303, 307, 308):
        yield httpx.Response(status, headers={"location": "http://elsewhere/login?secret=1"})
    for status in (400, 401, 403, 404, 405, 407, 409, 410, 413, 418, 422, 451, 500, 501, 520):
        yield httpx.Response(status, html=HTML)
        yield httpx.Response(status)
        for other in (
            {"detail": "Not Found"},
            {"message": "no"},
            [],
            "no",
            {"detail": [], "code": 5},
        ):
            yield httpx.Response(status, json=other)


@pytest.mark.parametrize("name", CALLS)
def test_what_is_not_frings_is_unexpected(name):
    for answer in wrong(name):
        error, request = made(name, answer)
        assert type(error) is UnexpectedAnswer, answer
        assert error.status == answer.status_code
        where = f"{request.method} http://fring{request.url.path}"
        assert error.request == where
        assert str(error).startswith(where)
        assert "secret" not in str(error)


def test_a_redirect_says_where_it_leads():
    for place, shown in (
        ("https://fring/board/api/v1/users", "https://fring/board/api/v1/users"),
        ("https://ann:secret@sso.example/login?next=secret", "https://sso.example/login"),
        ("/login#secret", "/login"),
    ):
        error, _ = made("users.list", httpx.Response(302, headers={"location": place}, html=HTML))
        assert str(error).endswith(f"status 302: a redirect to {shown}, which is not followed")
    error, _ = made("users.list", httpx.Response(304, headers={"location": "/x"}))
    assert "redirect" not in str(error)


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
@pytest.mark.parametrize("name", CALLS)
def test_a_proxy_that_cannot_reach_fring_is_unavailable(name, status):
    error, request = made(name, httpx.Response(status, html=HTML))
    assert isinstance(error, StoreUnavailable)
    assert str(error).startswith(f"{request.method} http://fring{request.url.path}: ")


def changed(body):
    """Yield a body with each of its fields absent, or of another kind."""
    whole = body[0] if isinstance(body, list) else body
    for field in whole:
        if field in ("completed", "due_date"):
            continue  # the one is told by the status, and the other may be absent
        without = {name: value for name, value in whole.items() if name != field}
        others: list[Any] = [True, 1.5, {}, [5], "soon"]
        for part in (without, *(whole | {field: other} for other in others)):
            if part.get(field) != "soon" or field in ("id", "status", "created_at", "updated_at"):
                yield [part] if isinstance(body, list) else part


@pytest.mark.parametrize("name", [name for name in CALLS if CALLS[name][2] is not None])
def test_every_field_has_its_kind(name):
    _, status, body = CALLS[name]
    for other in changed(body):
        error, _ = made(name, answered(status, other))
        assert isinstance(error, UnexpectedAnswer), other


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("users.get_with_tasks", {"id": 2}),
        ("users.update", {"id": 2}),
        ("tasks.get_with_users", {"id": 1}),
        ("tasks.update", {"id": 1}),
        ("own.toggle", {"id": 1}),
        ("own.get_with_users", {"user_id": "bob"}),
        ("own.create", {"user_id": "Ann"}),
        ("users.create", {"created_at": "2024-01-01T00:00:00"}),
    ],
)
def test_an_answer_about_something_else_is_unexpected(name, other):
    _, status, body = CALLS[name]
    error, _ = made(name, answered(status, body | other))
    assert isinstance(error, UnexpectedAnswer)


def refusal(status, code, detail="No", **headers):
    return httpx.Response(status, json={"detail": detail, "code": code}, headers=headers)


MOVE = "Status cannot change from 'todo' to 'completed'"


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("tasks.get_with_users", refusal(400, "task_not_found"), TaskNotFound),
        ("own.get_with_users", refusal(404, "task_not_found"), TaskNotFound),
        ("users.create", refusal(400, "username_taken"), UsernameTaken),
        ("tasks.update", refusal(400, "transition_refused", MOVE), TransitionRefused),
        ("own.toggle", refusal(409, "transition_refused", MOVE), TransitionRefused),
        ("tasks.list", refusal(401, "unauthenticated"), Unauthenticated),
        (
            "tasks.list",
            refusal(422, "validation", [{"loc": ["query", "limit"], "msg": "x", "type": "y"}]),
            InvalidInput,
        ),
    ],
)
def test_an_error_is_frings_with_its_own_status_alone(name, answer, kind):
    assert isinstance(made(name, answer)[0], kind)
    for status in {200, 400, 401, 403, 404, 409, 410, 422, 500} - {answer.status_code}:
        other = httpx.Response(status, content=answer.content, headers=answer.headers)
        assert isinstance(made(name, other)[0], UnexpectedAnswer), status


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("tasks.get_with_users", "user_not_found"),
        ("assignments.add", "not_assigned"),
        ("assignments.remove", "already_assigned"),
        ("tasks.create", "id_taken"),  # nobody chose one
        ("tasks.list", "task_not_found"),
        ("tasks.delete", "transition_refused"),
        ("users.create", "not_found"),
    ],
)
def test_an_error_that_the_call_cannot_have_is_unexpected(name, code):
    assert isinstance(made(name, refusal(400, code, MOVE))[0], UnexpectedAnswer)


@pytest.mark.parametrize(
    "detail",
    [
        "text",
        [],
        [5],
        [{"loc": "body", "msg": "x", "type": "y"}],
        [{"loc": [], "msg": "x", "type": "y"}],
    ],
)
def test_a_validation_without_faults_is_none(detail):
    assert isinstance(made("tasks.list", refusal(422, "validation", detail))[0], UnexpectedAnswer)
