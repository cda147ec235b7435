"""`/api/me/tasks`: with a token, one's own list, whatever one's name is."""

from itertools import pairwise

import pytest

from tests.http.tokens import as_user
from tests.http.wire import check_error, check_invalid

ME = "/api/me/tasks"


def test_me_is_the_list_of_the_tokens_subject(caller, unique):
    name = unique()
    headers, own = as_user(name), f"/api/{name}/tasks"
    made = caller.post(ME, json={"title": "x"}, headers=headers)
    assert (made.status_code, made.json()["user_id"]) == (201, name)
    for path in (ME, f"{ME}/", own, "/api/%6de/tasks"):
        assert caller.get(path, headers=headers).json() == [made.json()]
    own_id = made.json()["id"]
    one = f"{ME}/{own_id}"
    assert caller.get(one, headers=headers).json() == made.json()
    assert caller.put(one, json={"title": "y"}, headers=headers).json()["title"] == "y"
    assert caller.patch(f"{one}/complete", headers=headers).json()["completed"] is True
    for other in (as_user(unique()), as_user("me")):
        # That of a subject `me` is what other tests have left there, on the same server.
        assert own_id not in [task["id"] for task in caller.get(ME, headers=other).json()]
        check_error(caller.get(one, headers=other), 404, "task_not_found")
        check_error(caller.delete(one, headers=other), 404, "task_not_found")
    assert caller.delete(one, headers=headers).status_code == 204
    assert caller.get(own, headers=headers).json() == []


def test_me_needs_a_token(caller):
    for path in (ME, f"{ME}/1"):
        check_error(caller.get(path), 401, "unauthenticated")
    check_error(caller.post(ME, content=b"{"), 401, "unauthenticated")


def test_me_is_a_subject_too(caller):
    headers = as_user("me")
    made = caller.post(ME, json={"title": "x"}, headers=headers)
    assert made.json()["user_id"] == "me"
    assert made.json() in caller.get(ME, headers=headers).json()
    assert caller.delete(f"{ME}/{made.json()['id']}", headers=headers).status_code == 204


@pytest.mark.parametrize("name", ["Me", "ME", "me ", " me"])
def test_me_is_written_so(caller, unique, name):
    check_error(caller.get(f"/api/{name}/tasks", headers=as_user(unique())), 403, "forbidden")


@pytest.mark.parametrize("subject", ["auth", "v1", "v22"])
def test_a_reserved_name_has_no_list_as_me_either(caller, subject):
    check_error(caller.get(ME, headers=as_user(subject)), 404, "not_found")


@pytest.mark.parametrize("subject", ["x" * 256, "a\0b"])
def test_a_subject_that_can_have_no_list(caller, subject):
    check_invalid(caller.get(ME, headers=as_user(subject)), "path", "owner")


def test_a_subject_with_a_slash_has_a_list_as_me(caller, unique):
    name = f"{unique()}/1"
    made = caller.post(ME, json={"title": "x"}, headers=as_user(name))
    assert made.json()["user_id"] == name
    assert caller.get(ME, headers=as_user(name)).json() == [made.json()]


def test_links_keep_the_spelling(caller, unique):
    headers = as_user(unique())
    for _ in range(2):
        caller.post(ME, json={"title": "x"}, headers=headers)
    answer = caller.get(f"{ME}?limit=1", headers=headers)
    assert answer.headers["link"].startswith(f"<../..{ME}?limit=1&after=")
    pages = [answer, caller.get(answer.links["next"]["url"], headers=headers)]
    assert [len(page.json()) for page in pages] == [1, 1]
    assert all(one.json() != other.json() for one, other in pairwise(pages))


def test_without_authentication_me_is_a_name_like_any(client, unique):
    title = unique()
    made = client.post(ME, json={"title": title})
    assert (made.status_code, made.json()["user_id"]) == (201, "me")
    assert made.json() in client.get(ME).json()
    assert client.delete(f"{ME}/{made.json()['id']}").status_code == 204
