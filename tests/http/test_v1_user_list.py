"""`GET /api/v1/users`: filters, pages and order."""

from typing import Any

import pytest

from tests.http.wire import check_invalid

USERS = "/api/v1/users"


def test_lists_users_by_ascending_id(client, new_user, unique, unique_id):
    mark, high = unique(), unique_id()
    last = new_user(username=f"{mark}-a", id=high)
    first = new_user(username=f"{mark}-b")
    response = client.get(USERS, params={"username": mark})
    assert response.status_code == 200
    assert response.json() == [first, last]


def test_pages_through_a_list(client, new_user, unique):
    mark = unique()
    ids = [new_user(username=f"{mark}-{number}")["id"] for number in range(5)]

    def page(**params: int) -> list[int]:
        users = client.get(USERS, params={"username": mark} | params).json()
        return [user["id"] for user in users]

    assert page() == ids
    assert page(limit=2) == ids[:2]
    assert page(skip=3) == ids[3:]
    assert page(skip=1, limit=3) == ids[1:4]
    assert page(skip=5) == page(limit=0) == page(skip=2**63 - 1) == []
    assert page(limit=1000) == ids


def test_a_page_has_100_users_by_default(client, new_user, unique):
    mark = unique()
    for number in range(101):
        new_user(username=f"{mark}-{number}")
    assert len(client.get(USERS, params={"username": mark}).json()) == 100


@pytest.mark.parametrize("field", ["username", "email"])
@pytest.mark.parametrize("special", ["%", "_", "\\", "a%b", "a_b", "\\_", "'", '"', "é"])
def test_filters_are_literal_substrings(client, new_user, unique, field, special):
    mark = unique()
    suffix = "" if field == "username" else "@example.com"
    user = new_user(**{field: f"x{mark}{special}y{suffix}"})
    new_user(**{field: f"x{mark}aXby{suffix}"})
    assert client.get(USERS, params={field: f"{mark}{special}"}).json() == [user]


def test_filters_are_case_sensitive_and_combine(client, new_user, unique):
    mark = unique()
    user = new_user(username=f"{mark}-Ada", email=f"{mark}.Love@example.com")
    new_user(username=f"{mark}-Bob", email=f"{mark}.lace@example.com")

    def found(**params: str) -> Any:
        return client.get(USERS, params=params).json()

    assert found(username=f"{mark}-ada") == []
    assert found(email=f"{mark}.love") == []
    assert found(username=mark, email=f"{mark}.Love") == [user]
    assert found(username=f"{mark}-Bob", email=f"{mark}.Love") == []


def test_an_empty_filter_is_no_filter(client, new_user, unique):
    user = new_user()
    assert client.get(f"{USERS}?username={user['username']}&email=").json() == [user]
    assert client.get(f"{USERS}?username=&email={user['email']}").json() == [user]


def test_the_last_of_a_repeated_parameter_counts(client, new_user, unique):
    user = new_user()
    path = (
        f"{USERS}?username={unique()}&username={user['username']}&limit=bad&limit=1&skip=9&skip=0"
    )
    assert client.get(path).json() == [user]
    check_invalid(client.get(f"{USERS}?limit=1&limit=bad"), "query", "limit")
