"""Nothing is left out of the OpenAPI document, and nothing in it is more than is so."""

import itertools
from http import HTTPStatus

import pytest
from litestar.testing import TestClient

from tests.http.documented import JSON, application, operations_of, valid

SAFE_IN_JAVASCRIPT = 2**53
TAGS = ["board", "personal", "events", "tasks", "webhooks", "accounts", "health"]


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


def nodes(value):
    """Yield every object within a value, itself included."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        yield from itertools.chain.from_iterable(map(nodes, value))


def test_every_operation_has_its_words(document, operations, mode):
    assert len(operations) >= {"off": 27, "secret": 29, "jwks": 27}[mode]
    usual = {status.description for status in HTTPStatus} | {
        "Request fulfilled, document follows",
        "Document created, URL follows",
        "Request fulfilled, nothing follows",
    }
    for key, operation in operations.items():
        assert operation["summary"][0].isupper(), key
        assert " " in operation["summary"], key
        assert not operation["summary"].endswith("."), key
    for name, schema in document["components"]["schemas"].items():
        assert "\n " not in schema.get("description", ""), name
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


OPEN_ACCOUNTS = [f"/api/v1/auth/{name}" for name in ("register", "login", "logout")]


def test_every_operation_says_whether_it_wants_a_token(document, operations, mode):
    for (method, path), operation in operations.items():
        open_to_all = mode == "off" or operation["tags"] == ["health"] or path in OPEN_ACCOUNTS
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
        for each in named:
            expected = "string" if each["name"] == "owner" else "integer"
            assert each["schema"]["type"] == expected


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
    for (_, path), operation in operations_of(document).items():
        for parameter in operation.get("parameters", []):
            assert isinstance(parameter["schema"]["type"], str)
            # Where a parameter may be left out, it may be empty, but on `/api/v2`.
            choices = parameter["schema"].get("enum", [])
            may_be_empty = not parameter["required"] and not path.startswith("/api/v2/")
            assert ("" in choices) is (bool(choices) and may_be_empty)
