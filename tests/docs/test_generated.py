"""What the pages say of the code is what the code says."""

import json

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    STRICT,
    Conflict,
    Fring,
    FringError,
    Invalid,
    InvalidInput,
    NotFound,
    TaskStatus,
    Workflow,
)
from fring_core.testing import StoreContract
from fring_http.app import create_app
from fring_http.errors import CODES
from fring_http.settings import VARIABLES, Settings
from tests.docs.pages import PAGES, README, ROOT, between, relative_links, table
from tests.docs.status_table import status_table


@pytest.fixture(scope="module")
def operations():
    """Return the OpenAPI document's operations below /api/v1, as method and path."""
    app = create_app(Fring(MemoryStore(), clock=utc_now))
    with TestClient(app) as client:
        document = json.loads(client.get("/openapi.json").content)
    return {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if path.startswith("/api/v1/") and path != "/api/v1/health"
    }


def test_status_table():
    workflows = {"`permissive` (the default)": PERMISSIVE, "`strict`": STRICT}
    expected = status_table(workflows)
    shown = between(README, "<!-- status table -->", "<!-- end -->")
    assert shown == expected, f"README.md should have\n{expected}"


def test_a_status_table_shows_any_workflow():
    moves = Workflow({TaskStatus.TODO: {TaskStatus.TODO, TaskStatus.COMPLETED}})
    assert status_table({"mine": moves}).splitlines() == [
        "| from | mine |",
        "|---|---|",
        "| `todo` | `completed` |",
        "| `in_progress` | none |",
        "| `completed` | none |",
        "| `canceled` | none |",
    ]


def test_settings():
    rows = table(README, "variable", "default", "meaning")
    assert [name for name, _, _ in rows] == [name for name, _ in VARIABLES.values()]
    for (name, default, _), field in zip(rows, VARIABLES, strict=True):
        assert bool(default) == (getattr(Settings(), field) not in ("", None)), name
        # What the table calls the default, when it is set, changes nothing.
        assert Settings.from_mapping({name: default}) == Settings(), name


def _leaves(kind):
    children = kind.__subclasses__()
    return {kind} if not children else set().union(*map(_leaves, children))


def _status_on_v1(leaf):
    if issubclass(leaf, NotFound | Conflict) or (
        issubclass(leaf, Invalid) and leaf is not InvalidInput
    ):
        return 400
    return 422 if leaf is InvalidInput else 503


def test_error_codes():
    expected = {(leaf.code, str(_status_on_v1(leaf))) for leaf in _leaves(FringError)}
    # Litestar's 400 is a 422 by the time that it is answered.
    expected |= {(code, str(status)) for status, code in CODES.items() if status != 400}
    shown = [(code, status) for code, status, _ in table(README, "code", "status", "when")]
    assert sorted(shown) == sorted(expected)


def test_endpoints(operations):
    shown = table(README, "request", "does", "answers")
    assert len(shown) == 17
    expected = {
        (f"{method} {path}", next(status for status in operation["responses"] if status < "300"))
        for (method, path), operation in operations.items()
    }
    assert {(request, status) for request, _, status in shown} == expected


def test_query_parameters_of_the_endpoints(operations):
    for request, does, _ in table(README, "request", "does", "answers"):
        method, path = request.split()
        parameters = operations[method, path].get("parameters", [])
        names = [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
        _, colon, listed = does.partition(": ")
        assert (listed.split(", ") if colon and names else []) == names, request


def test_the_parts_of_the_contract():
    rows = table(ROOT / "docs/write-a-store.md", "part", "what it proves")
    assert [name for name, _ in rows] == [part.__name__ for part in StoreContract.__bases__]


def test_decisions_are_listed():
    folder = ROOT / "docs/decisions"
    pages = sorted(page.name for page in folder.glob("[0-9]*.md"))
    assert sorted(relative_links(folder / "README.md")) == pages
    for page in pages:
        text = (folder / page).read_text()
        headings = [line for line in text.splitlines() if line.startswith("#")]
        assert headings[0].startswith(f"# {page[:4]} "), page
        assert headings[1:] == ["## Context", "## Decision", "## Consequences"], page
        assert len(text.splitlines()) < 40, page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page):
    missing = [
        link for link in relative_links(page) if not (page.parent / link.partition("#")[0]).exists()
    ]
    assert not missing
