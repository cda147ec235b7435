"""Writes say where in the feed they are, and their events who made them, in which request."""

from typing import Any

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import BlockingFring, Fring, run_sync
from fring_core.testing.replaying import feed_of
from fring_http.api.app import create_app
from fring_http.server.settings import Settings
from fring_http.server.wiring import Wiring

POSITION = "Fring-Position"
PEOPLE = {"username": "ann", "email": "ann@example.org"}


class World:
    """Hold an application on the memory store, and what its feed tells."""

    def __init__(self):
        self.store = MemoryStore()
        self.fring = BlockingFring(Fring(self.store, clock=utc_now))
        self.client = TestClient[Any](create_app(self.fring.awaited))

    def events(self):
        """Return all events."""
        return run_sync(feed_of(self.store))


@pytest.fixture
def world():
    world = World()
    with world.client:
        yield world


WRITES = [
    ("POST", "/api/v1/users", PEOPLE),
    ("POST", "/api/v1/tasks", {"title": "a"}),
    ("PUT", "/api/v1/tasks/1", {"title": "b"}),
    ("PATCH", "/api/v1/tasks/1/status?status=completed", None),
    ("POST", "/api/v1/users/1/tasks/1", None),
    ("DELETE", "/api/v1/users/1/tasks/1", None),
    ("DELETE", "/api/v1/tasks/1", None),
    ("DELETE", "/api/v1/users/1", None),
]


def test_each_write_says_where_it_is(world):
    for number, (method, path, body) in enumerate(WRITES, 1):
        answer = world.client.request(method, path, json=body)
        assert answer.is_success, answer.text
        events = world.events()
        assert len(events) == number
        assert answer.headers[POSITION] == events[-1].cursor
        assert events[-1].request_id == answer.headers["X-Request-ID"]
        assert events[-1].actor is None, "nobody has to say who they are"


def test_what_changes_nothing_has_no_place(world):
    world.client.post("/api/v1/tasks", json={"title": "a"})
    for method, path, body in (
        ("GET", "/api/v1/tasks/1", None),
        ("GET", "/api/v1/tasks", None),
        ("POST", "/api/v1/tasks", {"title": ""}),
        ("PUT", "/api/v1/tasks/9", {"title": "b"}),
        ("DELETE", "/api/v1/tasks/9", None),
    ):
        assert POSITION not in world.client.request(method, path, json=body).headers
    assert len(world.events()) == 1


def test_what_comes_again_says_where_it_was(world):
    ask = {"json": {"title": "a"}, "headers": {"Idempotency-Key": "k"}}
    first, again = (world.client.post("/api/v1/tasks", **ask) for _ in range(2))
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.headers[POSITION] == again.headers[POSITION] == world.events()[-1].cursor
    assert len(world.events()) == 1


def test_events_name_the_subject_of_the_token():
    settings = Settings(database_url="memory://", secret="s" * 32)
    wiring = Wiring.of(settings)
    with TestClient[Any](wiring.application()) as client:
        client.post("/api/v1/auth/register", json=PEOPLE | {"password": "a secret of ann's"})
        login = {"username": "ann", "password": "a secret of ann's"}
        token = client.post("/api/v1/auth/login", json=login).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        made = client.post("/api/1/tasks", json={"title": "a"}, headers=bearer)
        assert made.status_code == 201
    registered, created = run_sync(feed_of(wiring.fring._store))
    assert (registered.type, registered.actor) == ("user.created", None)
    assert (created.type, created.actor, created.owner) == ("task.created", "1", "1")
    assert created.cursor == made.headers[POSITION]
    assert "secret" not in repr([registered, created])


@pytest.mark.parametrize("said", [True, False])
def test_a_server_keeps_descriptions_out_of_events_if_it_is_told_to(said):
    wiring = Wiring.of(Settings(database_url="memory://", event_text=said))
    with TestClient[Any](wiring.application(), base_url="http://127.0.0.1") as client:
        client.post("/api/v1/tasks", json={"title": "a", "description": "what nobody may know"})
    [created] = run_sync(feed_of(wiring.fring._store))
    assert ("nobody" in repr(created)) is said
    assert said or created.after["description"]["length"] == len("what nobody may know")
