"""Updates that meet lose nothing, and automatic ids keep clear of explicit ones."""

import pytest

from tests.http.wire import STATUSES, check_error

USERS, TASKS = "/api/v1/users", "/api/v1/tasks"
CROWD = 32


# The crowd meets on one entity, where many must try again, or in pairs and fours, where nobody
# comes later to set right what was lost.
@pytest.mark.parametrize("count", [1, CROWD // 4])
def test_updates_of_tasks_lose_nothing(at_once, client, new_task, count):
    for after in STATUSES[1:]:
        paths = [f"{TASKS}/{new_task(title='old')['id']}" for _ in range(count)]
        calls = [
            ("PUT", {"title": "new"}, ""),
            ("PUT", {"description": "new"}, ""),
            ("PATCH", None, f"/status?status={after}"),
            ("PUT", {}, ""),
        ]
        requests = [
            (method, path + rest, body) for path in paths for method, body, rest in calls
        ] * (CROWD // len(calls) // count)
        responses = at_once(requests)
        assert {response.status_code for response in responses} == {200}
        for path in paths:
            shown = client.get(path).json()
            assert (shown["title"], shown["description"], shown["status"]) == ("new", "new", after)
            told = [answer.json() for answer in responses if answer.json()["id"] == shown["id"]]
            assert shown["updated_at"] == max(task["updated_at"] for task in told)


@pytest.mark.parametrize("count", [1, CROWD // 2])
def test_updates_of_users_lose_nothing(at_once, client, new_user, unique, count):
    for _ in range(3):
        names = {f"{USERS}/{new_user()['id']}": unique() for _ in range(count)}
        requests = [
            ("PUT", path, body)
            for path, name in names.items()
            for body in ({"username": name}, {"email": f"{name}@example.com"})
        ] * (CROWD // 2 // count)
        assert {response.status_code for response in at_once(requests)} == {200}
        for path, name in names.items():
            shown = client.get(path).json()
            assert (shown["username"], shown["email"]) == (name, f"{name}@example.com")


def test_automatic_ids_keep_clear_of_explicit_ones(at_once, new_task, unique):
    """The explicit ids lie just where the automatic ones are about to be drawn."""
    for _ in range(3):
        free = new_task()["id"] + 1
        explicit = [("POST", TASKS, {"id": free + step, "title": unique()}) for step in range(24)]
        automatic = [("POST", TASKS, {"title": unique()}) for _ in range(24)]
        both = at_once([call for pair in zip(explicit, automatic, strict=True) for call in pair])
        assert [response.status_code for response in both[1::2]] == [201] * 24
        for response in both[::2]:
            if not response.is_success:
                check_error(response, 400, "id_taken", "Already existing ID")
        ids = [response.json()["id"] for response in both if response.is_success]
        assert len(ids) == len(set(ids))
