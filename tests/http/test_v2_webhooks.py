"""Webhooks over `/api/v2`: made, changed, tried, told, and for admins alone."""

import re
from typing import Any

import httpx
import pytest

from tests.http.tokens import as_user
from tests.http.wire import MISSING, TIMESTAMP, check_problem

HOOKS = "/api/v2/webhooks"
URL = "https://app.example/hook"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{42,}={0,2}")


@pytest.fixture
def made(client):
    """Return a webhook as it was answered when it was made; it is gone afterwards."""
    answer = client.post(HOOKS, json={"url": URL, "types": ["task.*"], "description": "mine"})
    assert answer.status_code == 201, answer.text
    yield answer
    client.delete(at(answer))


def at(answer):
    return f"{HOOKS}/{answer.json()['id']}"


def test_a_webhook_is_made_and_its_secret_told_once(client, made):
    body = made.json()
    assert SECRET.fullmatch(body.pop("secret"))
    assert TIMESTAMP.fullmatch(body["created_at"])
    assert body == {
        "id": body["id"],
        "url": URL,
        "types": ["task.*"],
        "description": "mine",
        "created_at": body["created_at"],
        "disabled_at": None,
        "disabled_why": None,
        "version": 1,
    }
    assert made.headers["etag"] == '"1"'
    there = made.url.join(made.headers["location"])
    shown = client.get(there.path)
    assert (shown.json(), shown.headers["etag"]) == (body, '"1"')
    assert client.get(there.path, headers={"If-None-Match": '"1"'}).status_code == 304


def test_by_default_all_is_told(client):
    made = client.post(HOOKS, json={"url": "http://app.example:8080/a?b=c"})
    assert (made.json()["types"], made.json()["description"]) == (["*"], "")
    assert client.delete(at(made)).status_code == 204
    check_problem(client.get(at(made)), 404, "webhook_not_found")


def test_webhooks_are_listed_page_by_page(client):
    made = [client.post(HOOKS, json={"url": URL}).json() for _ in range(5)]
    found: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = client.get(HOOKS, params={"limit": 2, **after}).json()
        found += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    ids = [each["id"] for each in made]
    assert [each["id"] for each in found if each["id"] in ids] == ids
    assert not any("secret" in each for each in found)
    check_problem(client.get(f"{HOOKS}?after=x"), 400, "invalid_cursor")
    for number in ids:
        client.delete(f"{HOOKS}/{number}")


def test_a_webhook_is_changed_paused_and_enabled(client, made):
    changed = client.patch(at(made), json={"url": "https://other.example/", "types": ["*"]})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["url"], changed.json()["types"]) == ("https://other.example/", ["*"])
    assert changed.headers["etag"] == '"2"'
    paused = client.patch(at(made), json={"paused": True}).json()
    assert paused["disabled_why"] == "paused"
    assert TIMESTAMP.fullmatch(paused["disabled_at"])
    same = client.patch(at(made), json={"paused": True})
    assert same.json() == paused
    enabled = client.patch(at(made), json={"paused": False}).json()
    assert (enabled["disabled_at"], enabled["disabled_why"], enabled["version"]) == (None, None, 4)
    stale = {"If-Match": '"1"'}
    for answer in (
        client.patch(at(made), json={"description": "x"}, headers=stale),
        client.delete(at(made), headers=stale),
    ):
        check_problem(answer, 412, "precondition_failed")
        assert answer.headers["etag"] == '"4"'


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": 7}, "/url"),
        ({"url": "x"}, "/url"),
        ({"url": "ftp://app.example/"}, "/url"),
        ({"url": "https://ann:secret@app.example/"}, "/url"),
        ({"url": "http://localhost/"}, "/url"),
        ({"url": "http://127.0.0.1/"}, "/url"),
        ({"url": "http://2130706433/"}, "/url"),
        ({"url": "http://0x7f.1/"}, "/url"),
        ({"url": "http://[::ffff:10.0.0.1]/"}, "/url"),
        ({"url": "http://[64:ff9b::a00:1]/"}, "/url"),
        ({"url": "http://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": URL, "types": []}, "/types"),
        ({"url": URL, "types": ["task.creatd"]}, "/types"),
        ({"url": URL, "types": "task.*"}, "/types"),
        ({"url": URL, "description": "x" * 1001}, "/description"),
    ],
)
def test_what_cannot_be_is_refused(client, body, pointer, made):
    count = len(client.get(HOOKS, params={"limit": 1000}).json()["items"])
    wrong = check_problem(client.post(HOOKS, json=body), 422, "validation")
    assert [each["pointer"] for each in wrong["errors"]] == [pointer]
    assert len(client.get(HOOKS, params={"limit": 1000}).json()["items"]) == count
    if body:
        check_problem(client.patch(at(made), json=body), 422, "validation")
        assert client.get(at(made)).json()["version"] == 1


def test_what_is_not_known_is_refused(client):
    body = check_problem(client.post(HOOKS, json={"url": URL, "typs": []}), 422, "unknown_field")
    assert "did you mean 'types'?" in body["detail"]


def test_a_secret_is_rotated(client, made):
    first = made.json()["secret"]
    rotated = client.post(f"{at(made)}/rotate")
    assert rotated.status_code == 200
    assert SECRET.fullmatch(rotated.json()["secret"])
    assert rotated.json()["secret"] != first
    assert "secret" not in client.get(at(made)).json()


def test_a_test_is_delivered_and_can_be_sent_again(client, made):
    client.patch(at(made), json={"paused": True})  # so that nobody looks the name up
    sent = client.post(f"{at(made)}/test")
    assert sent.status_code == 200
    body = sent.json()
    assert (body["type"], body["state"], body["event"]) == ("webhook.test", "pending", None)
    assert (body["webhook_id"], body["attempts"]) == (made.json()["id"], 0)
    client.post(f"{at(made)}/test")
    page = client.get(f"{at(made)}/deliveries", params={"limit": 1}).json()
    [newest] = page["items"]
    assert newest["id"] > body["id"]
    rest = client.get(f"{at(made)}/deliveries", params={"after": page["next"]}).json()
    assert (rest["items"], rest["next"]) == ([body], None)
    again = client.post(f"/api/v2/deliveries/{body['id']}/redeliver")
    assert again.status_code == 200
    assert again.json()["message_id"] == body["message_id"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{HOOKS}/{{}}"),
        ("PATCH", f"{HOOKS}/{{}}"),
        ("DELETE", f"{HOOKS}/{{}}"),
        ("POST", f"{HOOKS}/{{}}/rotate"),
        ("POST", f"{HOOKS}/{{}}/test"),
        ("GET", f"{HOOKS}/{{}}/deliveries"),
        ("POST", "/api/v2/deliveries/{}/redeliver"),
    ],
)
def test_what_is_not_there_is_404(client, method, path):
    code = "delivery_not_found" if "redeliver" in path else "webhook_not_found"
    body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
    for number in (MISSING, 0, 2**63):
        check_problem(client.request(method, path.format(number), **body), 404, code)
    check_problem(client.request(method, path.format("x"), **body), 422, "validation")


@pytest.mark.parametrize("role", ["viewer", "member"])
def test_only_admins_manage_webhooks(caller, role):
    headers = as_user("ann", role)
    told = f"A {role} may not manage webhooks"
    check_problem(caller.get(HOOKS, headers=headers), 403, "forbidden", told)
    made = caller.post(HOOKS, json={"url": URL}, headers=headers)
    check_problem(made, 403, "forbidden", told)
    admin = as_user("ann", "admin")
    made = caller.post(HOOKS, json={"url": URL}, headers=admin)
    assert made.status_code == 201
    assert caller.delete(at(made), headers=admin).status_code == 204


def test_with_a_key_one_is_made(client, unique):
    headers = {"Idempotency-Key": unique()}
    first, again = (client.post(HOOKS, json={"url": URL}, headers=headers) for _ in range(2))
    assert isinstance(first, httpx.Response)
    assert first.content == again.content
    client.delete(at(first))
