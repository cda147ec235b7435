"""The application in a test that has replaced the clock: times, tokens and answers are as it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens, TokenRules
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app

THEN = datetime(2090, 1, 1, 12, tzinfo=UTC)
SECONDS = 3600
MOVERS = {
    "freezegun": freeze_time,
    "freezegun, ticking": lambda moment: freeze_time(moment, tick=True),
    "time-machine": lambda moment: time_machine.travel(moment, tick=False),
}


@pytest.fixture(params=MOVERS)
def moved(request):
    return MOVERS[request.param]


def test_answers_have_the_time_that_the_test_says(moved):
    # Made before: some libraries cannot be imported for the first time on a frozen clock.
    app: Any = create_app(Fring(MemoryStore(), clock=utc_now))
    with moved(THEN), TestClient(app) as client:
        task = client.post("/api/v1/tasks", json={"title": "x"}).json()
        assert task["created_at"].startswith("2090-01-01T12:00:")
        assert task["created_at"].endswith("Z")
        own = {"title": "x", "due_date": "2090-01-02"}
        task = client.post("/api/ann/tasks", json=own).json()
        assert task["due_date"] == "2090-01-02"
        assert client.get("/api/ann/tasks").json() == [task]
        assert client.get("/health").json()["timestamp"].startswith("2090-01-01T12:00:")


def test_tokens_age_as_the_test_says(moved):
    tokens = SecretTokens("s" * 32, TokenRules(), seconds=SECONDS)
    app: Any = create_app(Fring(MemoryStore(), clock=utc_now), tokens=tokens)
    with moved(THEN):
        token = tokens.issue("ann").token
    statuses = []
    for age in (-SECONDS, 0, SECONDS - 60, SECONDS + 3600):
        with moved(THEN + timedelta(seconds=age)), TestClient(app) as client:
            answer = client.get("/api/ann/tasks", headers={"Authorization": f"Bearer {token}"})
        statuses.append(answer.status_code)
    assert statuses == [401, 200, 200, 401]
