"""What an application gives to all answers, Fring's routers give to theirs."""

from datetime import UTC, datetime

import pytest
from litestar import Litestar, MediaType, Response
from litestar.datastructures import Cookie, ResponseHeader
from litestar.testing import TestClient

from fring_adapters.memory import MemoryStore
from fring_core import FixedClock, Fring
from fring_http.api.answers import Answer
from fring_http.api.v1 import v1_router

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def answered(**layers):
    fring = Fring(MemoryStore(), clock=FixedClock(NOW))
    with TestClient(Litestar([v1_router(fring)], **layers)) as client:
        yield client.post("/api/v1/tasks", json={"title": "task"})
        yield client.get("/api/v1/tasks/1")
        yield client.get("/api/v1/tasks")


def hook(response):
    response.headers["X-Host"] = "bakery"
    return response


def cookie(response):
    response.set_cookie("host", "bakery")
    return response


@pytest.mark.parametrize(
    ("layers", "name", "value"),
    [
        ({"response_headers": [ResponseHeader(name="X-Host", value="bakery")]}, "X-Host", "bakery"),
        ({"after_request": hook}, "X-Host", "bakery"),
        ({"response_cookies": [Cookie("host", value="bakery")]}, "Set-Cookie", "host=bakery"),
        ({"after_request": cookie}, "Set-Cookie", "host=bakery"),
    ],
)
def test_what_an_application_adds_is_added(layers, name, value):
    for plain, answer in zip(answered(), answered(**layers), strict=True):
        assert value in answer.headers[name]
        assert answer.content == plain.content
        for header in ("content-type", "content-length", "etag"):
            assert answer.headers.get(header) == plain.headers.get(header)


def test_an_answer_is_left_as_the_framework_leaves_its_own():
    ours: Answer[bytes] = Answer(b"[]", {"ETag": '"1"'}, 200)
    theirs = Response(b"[]", status_code=200, media_type=MediaType.JSON, headers={"ETag": '"1"'})
    for name in Response.__slots__:
        assert getattr(ours, name) == getattr(theirs, name)
