"""The document's examples of errors are what the server says."""

import json

import pytest
from litestar.testing import TestClient

from fring_http.api.reading.unknown import HEADER
from tests.http.documented import JSON, PROBLEM, application, operations_of, valid
from tests.http.tokens import as_user, bearer

REFERENCE = {"$ref": f"#/components/headers/{HEADER}"}
READ_BY_ALL = ("board", "events", "tasks")
EXAMPLE_ID = "0d6c1a44b58d1f3900000001"
NAMES = {"user_id": "1001", "task_id": "2001", "owner": "ann"}
NAMES |= {"webhook_id": "1", "delivery_id": "1"}


@pytest.fixture(scope="module")
def client():
    with TestClient(application("secret")) as client:
        yield client


@pytest.fixture(scope="module")
def document(client):
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def operations(document):
    """Give each operation that may be refused, by its method and path."""
    found = operations_of(document)
    return {key: each for key, each in found.items() if each["tags"] != ["health"]}


def examples(operation, status):
    """Return the bodies that an operation's answers with a status have, by the document."""
    content = operation["responses"].get(status, {}).get("content", {}).values()
    return [example["value"] for each in content for example in each["examples"].values()]


def wrong_requests(method, path, operation):  # noqa: C901  # one line a fault
    """Yield what may be wrong with a request, as the status of the answer, headers, URL, body."""
    url, secured = path.format(**NAMES), bool(operation["security"])
    right = as_user("ann", "admin") if secured else {}
    if secured:
        yield 401, {}, url, b""
        yield 401, bearer("a.b.c"), url, b""
        if method != "GET" or operation["tags"][0] not in READ_BY_ALL:
            yield 403, as_user("stranger", "viewer"), url, b""
    if method != "GET":
        yield 403, {"Origin": "https://page.example"}, url, b""
    if operation["tags"] == ["personal"]:
        yield 404, right, path.format(**NAMES | {"owner": "v3"}), b""
    if operation["tags"] == ["accounts"] and secured:
        return  # a token of an account would be needed
    body = {}
    if operation.get("requestBody", {}).get("required"):
        shown = operation["requestBody"]["content"][JSON]["examples"]
        body = next(iter(shown.values()))["value"]
        yield 415, right | {"Content-Type": "text/plain"}, url, b"{}"
        yield 413, right | {"Content-Type": JSON}, url, b" " * (2**20 + 1)
    for example in examples(operation, "422"):
        if example["code"] == "idempotency_key_reused":
            continue  # tests/http/test_receipts.py sees what is said
        where, name = _place(operation, example)
        if where == "body":
            wrong = json.dumps(body | {name: []}).encode()
            yield 422, right | {"Content-Type": JSON}, url, wrong
        elif where == "query":
            yield 422, right, f"{url}?{name}=x", b""
        else:
            yield 422, right, path.format(**NAMES | {name: "x"}), b""


def _place(operation, example):
    """Return where an example says that something is wrong: body, query or path, and the name."""
    if "errors" not in example:
        return example["detail"][0]["loc"]
    if "pointer" in example["errors"][0]:
        return "body", example["errors"][0]["pointer"].removeprefix("/")
    name = example["errors"][0]["parameter"]
    [place] = {each["in"] for each in operation["parameters"] if each["name"] == name}
    return place, name


def test_an_error_s_example_is_what_is_said(client, operations):
    for (method, path), operation in operations.items():
        for status, headers, url, content in wrong_requests(method, path, operation):
            answer = client.request(method, url, headers=headers, content=content)
            assert answer.status_code == status, (method, url, answer.text)
            said = answer.json()
            if answer.headers["content-type"] == PROBLEM:
                assert said["request_id"] == answer.headers["x-request-id"]
                said |= {"request_id": EXAMPLE_ID}
            assert said in examples(operation, str(status)), (method, url)


def test_every_error_has_an_example_that_is_valid(document, operations):
    for key, operation in operations.items():
        for status, response in operation["responses"].items():
            if status >= "400":
                assert examples(operation, status), (key, status)
                [content] = response["content"].values()
                schema = content["schema"]
                for example in examples(operation, status):
                    assert valid(document, schema, example), (key, status)


def test_what_a_code_may_be_is_in_the_document(document, operations):
    of_texts, of_faults = (
        document["components"]["schemas"][kind]["properties"]["code"]["enum"]
        for kind in ("Error", "ValidationError")
    )
    assert of_texts == sorted({*of_texts})
    assert of_faults == ["validation"]
    assert not {*of_texts} & {*of_faults}, "or a code would not tell which body it is"
    codes = of_texts + of_faults
    of_problems = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert {*of_problems} == {*codes, "unknown_field", "unknown_parameter", "not_yet"}
    shown = {
        example["code"]
        for operation in operations.values()
        for status in operation["responses"]
        if status >= "400"
        for example in examples(operation, status)
    }
    assert shown < set(codes)
    assert {"internal", "method_not_allowed", "misdirected_request"} < set(codes)
    schema = {"$ref": "#/components/schemas/Error"}
    assert not valid(document, schema, {"detail": "x", "code": "none_such"})


def test_the_header_that_names_what_is_ignored_is_on_every_answer(document, operations):
    assert document["components"]["headers"][HEADER]["schema"] == {"type": "string"}
    for (method, path), operation in operations.items():
        for status, response in operation["responses"].items():
            if path.startswith("/api/v2/"):  # where what is not known is refused
                assert HEADER not in response.get("headers", {})
            else:
                assert response["headers"][HEADER] == REFERENCE, (method, path, status)
