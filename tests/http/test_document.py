"""Nothing is left out of the OpenAPI document, and nothing in it is more than is so."""

import itertools
from http import HTTPStatus

import pytest
from jsonschema_rs import validator_for
from litestar.testing import TestClient
from msgspec import UNSET

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Accounts, Fring, NewTask, NewUser
from fring_core.accounts import Registration
from fring_core.errors import InvalidInput
from fring_http.app import create_app
from fring_http.personal.schemas import NewOwnTask, Status
from tests.http.documented import JSON, operations_of
from tests.http.tokens import SECRET

SAFE_IN_JAVASCRIPT = 2**53
TAGS = ["board", "personal", "accounts", "health"]


def application(mode):
    store, tokens = MemoryStore(), SecretTokens(SECRET)
    accounts = Accounts(store, passwords=Argon2Passwords(), issuer=tokens, clock=utc_now)
    return create_app(
        Fring(store, clock=utc_now),
        tokens=None if mode == "off" else tokens,
        accounts=accounts if mode == "secret" else None,
    )


@pytest.fixture(scope="module", params=["off", "secret", "jwks"])
def mode(request):
    return request.param


@pytest.fixture(scope="module")
def document(mode):
    with TestClient(application(mode)) as client:
        return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def operations(document):
    return operations_of(document)


def valid(document, schema, value):
    """Tell whether a value is what a schema of the document says."""
    return validator_for({**schema, "components": document["components"]}).is_valid(value)


def nodes(value):
    """Yield every object within a value, itself included."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        yield from itertools.chain.from_iterable(map(nodes, value))


def test_every_operation_has_its_words(operations, mode):
    assert len(operations) == {"off": 27, "secret": 29, "jwks": 27}[mode]
    usual = {status.description for status in HTTPStatus} | {
        "Request fulfilled, document follows",
        "Document created, URL follows",
        "Request fulfilled, nothing follows",
    }
    for key, operation in operations.items():
        assert operation["summary"][0].isupper(), key
        assert " " in operation["summary"], key
        assert not operation["summary"].endswith("."), key
        assert operation["summary"] != operation.get("description"), key
        for status, response in operation["responses"].items():
            assert response["description"] not in usual, (key, status)
        for parameter in operation.get("parameters", []):
            assert parameter["description"].endswith("."), (key, parameter["name"])
    assert len({operation["operationId"] for operation in operations.values()}) == len(operations)


def test_every_operation_has_one_tag_that_is_explained(document, operations, mode):
    declared = [tag["name"] for tag in document["tags"]]
    assert declared == [tag for tag in TAGS if mode == "secret" or tag != "accounts"]
    assert all(tag["description"].endswith(".") for tag in document["tags"])
    for key, operation in operations.items():
        (tag,) = operation["tags"]
        assert tag in declared, key


def test_every_operation_says_whether_it_wants_a_token(document, operations, mode):
    for (method, path), operation in operations.items():
        open_to_all = (
            mode == "off"
            or operation["tags"] == ["health"]
            or path in ("/api/v1/auth/register", "/api/v1/auth/login")
        )
        assert operation["security"] == ([] if open_to_all else [{"bearer": []}]), (method, path)
    schemes = document["components"].get("securitySchemes", {})
    assert set(schemes) == (set() if mode == "off" else {"bearer"})
    for scheme in schemes.values():
        assert ("/auth/login" in scheme["description"]) is (mode == "secret")


def test_every_example_is_valid(document, operations):
    for key, operation in operations.items():
        if "requestBody" in operation:
            content = operation["requestBody"]["content"][JSON]
            assert content["examples"], key
            for name, example in content["examples"].items():
                assert valid(document, content["schema"], example["value"]), (key, name)
        for parameter in operation.get("parameters", []):
            if parameter["required"]:
                assert valid(document, parameter["schema"], parameter["example"]), key


def test_whatever_makes_a_row_says_where_it_is(operations):
    for key, operation in operations.items():
        for status, response in operation["responses"].items():
            makes = status == "201" and "requestBody" in operation
            assert ("Location" in response.get("headers", {})) is makes, key


def test_a_board_s_user_and_a_list_s_owner_have_names_of_their_own(operations):
    for (_, path), operation in operations.items():
        named = [each for each in operation.get("parameters", []) if each["in"] == "path"]
        assert [f"{{{each['name']}}}" for each in named] == [
            step for step in path.split("/") if step.startswith("{")
        ]
        kinds = {each["name"]: each["schema"]["type"] for each in named}
        assert (
            kinds.items() <= {"user_id": "integer", "task_id": "integer", "owner": "string"}.items()
        )


def test_no_field_of_a_body_has_a_default(document, operations):
    # To those who make types from the document, it would be one that is always there.
    for operation in operations.values():
        if "requestBody" in operation:
            reference = operation["requestBody"]["content"][JSON]["schema"]["$ref"]
            shape = document["components"]["schemas"][reference.rpartition("/")[2]]
            assert not [each for each in nodes(shape) if "default" in each], reference


def test_no_number_is_too_great_for_javascript(document):
    for node in nodes(document):
        for value in node.values():
            if isinstance(value, int):
                assert abs(value) < SAFE_IN_JAVASCRIPT, node


def test_every_choice_has_a_type(document):
    for node in nodes(document["components"]["schemas"]):
        if isinstance(node.get("enum"), list) and "description" in node:
            assert node["type"] == "string"
    for operation in operations_of(document).values():
        for parameter in operation.get("parameters", []):
            assert isinstance(parameter["schema"]["type"], str)
            # Where a parameter may be left out, it may be empty.
            choices = parameter["schema"].get("enum", [])
            assert ("" in choices) is (bool(choices) and not parameter["required"])


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


@pytest.mark.parametrize("mode", ["secret"], indirect=True)
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


@pytest.mark.parametrize("mode", ["secret"], indirect=True)
def test_between_the_fields_of_a_body_too(document):
    logs_in = [("u", UNSET), (UNSET, "m")]
    for names in itertools.product(("u", None, UNSET), ("m", None, UNSET)):
        body = {"password": "p"} | given(username=names[0], email=names[1])
        schema = {"$ref": "#/components/schemas/Credentials"}
        assert valid(document, schema, body) is (names in logs_in), body
    for completed, status in itertools.product((True, False, UNSET), (*Status, UNSET)):
        said = given(completed=completed, status=status)
        agree = len(said) < 2 or completed is (status is Status.COMPLETED)
        for name in ("NewOwnTask", "OwnTaskChanges"):
            schema = {"$ref": f"#/components/schemas/{name}"}
            assert valid(document, schema, {"title": "t"} | said) is agree, said


def given(**fields):
    return {name: value for name, value in fields.items() if value is not UNSET}
