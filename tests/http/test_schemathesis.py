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

from tests.http.test_v1_paths import ENDPOINTS

EXAMPLES = 15
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def operations(server):
    schema = schemathesis.openapi.from_url(f"{server}/openapi.json")
    found = {}
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        found[operation.method.upper(), _shape(operation.path)] = operation
    return found


def _shape(path: str) -> tuple[str, ...]:
    return tuple("{}" if step.startswith("{") else step for step in path.strip("/").split("/"))


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.name)
@pytest.mark.parametrize(("method", "path"), [endpoint[:2] for endpoint in ENDPOINTS])
def test_answers_are_as_documented(operations, server, method, path, mode):
    operation = operations[method, _shape(f"/api/v1{path}")]
    answered = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case):
        answered.append(case.call_and_validate(base_url=server, checks=CHECKS))

    run()
    assert answered
