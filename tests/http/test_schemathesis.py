"""Requests drawn from the server's own OpenAPI document: it keeps every promise made there."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS as BOARD

# One store will do: PostgreSQL, which would fail where the memory store accepts anything.
on_postgres = pytest.mark.parametrize("server", ["postgres"], indirect=True)

EXAMPLES = 15
FEW = 4  # where every answer is the same 401
ENDPOINTS = [
    *((method, f"/api/v1{path}") for method, path, _ in BOARD),
    *((method, path) for method, path, _ in PERSONAL),
]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


ACCOUNTS = ("register", "login")


def _operations(url):
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    found = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        found[operation.method.upper(), _shape(operation.path)] = operation
    return found


def _shape(path: str) -> tuple[str, ...]:
    return tuple("{}" if step.startswith("{") else step for step in path.strip("/").split("/"))


@pytest.fixture(scope="module")
def operations(server):
    return _operations(server)


def _run(operation, url, mode, examples=EXAMPLES):
    answered = []

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        answered.append(case.call_and_validate(base_url=url, checks=CHECKS))

    run()
    assert answered


by_mode = pytest.mark.parametrize(
    "mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name
)


@on_postgres
@by_mode
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_answers_are_as_documented(operations, server, method, path, mode):
    _run(operations[method, _shape(path)], server, mode)


@by_mode
@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_answers_are_as_documented_where_tokens_are_wanted(secured, mode):
    found = _operations(secured.url)
    for path in ACCOUNTS:
        _run(found["POST", ("api", "v1", "auth", path)], secured.url, mode)
    for method, path in ENDPOINTS:
        _run(found[method, _shape(path)], secured.url, mode, FEW)
