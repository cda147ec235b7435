"""A body is one to the OpenAPI document if and only if it is one to the core."""

import itertools

import pytest
from litestar.testing import TestClient
from msgspec import UNSET

from fring_core import NewTask, NewUser, Registration
from fring_core.errors import InvalidInput
from fring_http.api.personal.schemas import NewOwnTask, Status
from tests.http.documented import application, valid


@pytest.fixture(scope="module")
def document():
    with TestClient(application("secret")) as client:
        return client.get("/openapi.json").json()


EDGES = [
    "",
    " ",
    "\t",
    "\x1c",
    "\x85",
    "\u2028",
    "\ufeff",
    "a",
    "a b",
    "\n",
    "a\nb",
    "\0",
    "a\0",
    "é",
]
TEXTS = [*EDGES, *("x" * length for length in (7, 8, 200, 201, 255, 256, 1000, 1001, 1024, 1025))]
MAILS = [f"a{text}@b.c" for text in EDGES] + ["a@b", "@b.c", "a@@b.c", "a@b.c" + "x" * 251]
BODIES = [
    ("NewUser", NewUser, {"username": "u", "email": "a@b.c"}),
    ("NewTask", NewTask, {"title": "t"}),
    ("NewOwnTask", lambda **fields: NewOwnTask(**fields).to_core(), {"title": "t"}),
    (
        "NewAccount",
        Registration,
        {"username": "u", "email": "a@b.c", "password": "password"},
    ),
]


@pytest.mark.parametrize(("name", "take", "fields"), BODIES, ids=[name for name, *_ in BODIES])
def test_the_document_takes_a_text_if_and_only_if_the_core_does(document, name, take, fields):
    schema = {"$ref": f"#/components/schemas/{name}"}
    for field in ("username", "email", "title", "description", "password"):
        if field not in document["components"]["schemas"][name]["properties"]:
            continue
        for text in [*TEXTS, *MAILS]:
            body = {**fields, field: text}
            try:
                take(**body)
            except InvalidInput:
                taken = False
            else:
                taken = True
            found = valid(document, schema, body)
            assert taken or not found, (field, text)
            # The only character that is white space to ECMAScript and not to Python.
            assert found or not taken or "\ufeff" in text, (field, text)


def test_between_the_fields_of_a_body_too(document):
    logs_in = [("u", UNSET), (UNSET, "m")]
    for names in itertools.product(("u", None, UNSET), ("m", None, UNSET)):
        body = {"password": "p"} | given(username=names[0], email=names[1])
        schema = {"$ref": "#/components/schemas/Login"}
        assert valid(document, schema, body) is (names in logs_in), body
    for completed, status in itertools.product((True, False, UNSET), (*Status, UNSET)):
        said = given(completed=completed, status=status)
        agree = len(said) < 2 or completed is (status is Status.COMPLETED)
        for name in ("NewOwnTask", "OwnTaskChanges"):
            schema = {"$ref": f"#/components/schemas/{name}"}
            assert valid(document, schema, {"title": "t"} | said) is agree, said


def given(**fields):
    return {name: value for name, value in fields.items() if value is not UNSET}
