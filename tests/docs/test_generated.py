"""What the pages say of the code is what the code says."""

import re

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from msgspec.structs import fields

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import (
    PERMISSIVE,
    STRICT,
    VIEWS,
    Accounts,
    Causes,
    Fring,
    FringError,
    TaskStatus,
    Workflow,
)
from fring_core.testing import StoreContract
from fring_http.api.documents.openapi import configuration, document
from fring_http.api.door.cors import EXPOSED
from fring_http.api.personal import personal_router
from fring_http.api.personal.schemas import NewOwnTask, OwnTask, OwnTaskChanges
from fring_http.api.refusals.errors import CODES, EVERY_CODE, STATUSES_OF_KEYS
from fring_http.api.v1 import auth_router, v1_router
from fring_http.api.v1.schemas import TaskWithUsers
from tests.docs.pages import PAGES, README, ROOT, between, relative_links, table
from tests.docs.status_table import status_table

LISTS = ROOT / "docs/personal-lists.md"
APIS = ROOT / "docs/two-apis.md"
API = ROOT / "docs/http-api.md"
DOMAIN = ROOT / "docs/domain.md"
BOARD = ("request", "does", "answers")
PERSONAL = ("request to a personal list", "does", "answers")
ACCOUNTS = ("request for an account", "does", "answers")


@pytest.fixture(scope="module")
def app():
    """Return an application with every route that there can be."""
    store, tokens = MemoryStore(), SecretTokens("thirty-two bytes, or a few more of them")
    accounts = Accounts(store, passwords=Argon2Passwords(), issuer=tokens, causes=Causes(utc_now))
    return Litestar(
        [
            v1_router(Fring(store, clock=utc_now), tokens),
            personal_router(Fring(store, clock=utc_now), tokens),
            auth_router(accounts, tokens),
        ],
        openapi_config=configuration(),
        logging_config=None,  # it would change the level for the tests that follow
    )


@pytest.fixture(scope="module")
def operations(app):
    """Return the OpenAPI document's operations below /api, as method and path."""
    return {
        (method.upper(), path): operation
        for path, item in document(app)["paths"].items()
        for method, operation in item.items()
    }


def test_status_table():
    workflows = {"`permissive` (the default)": PERMISSIVE, "`strict`": STRICT}
    expected = status_table(workflows)
    shown = between(DOMAIN, "<!-- status table -->", "<!-- end -->")
    assert shown == expected, f"docs/domain.md should have\n{expected}"


def test_views():
    columns = ("status", "is completed", "when completed", "when reopened", "when toggled")
    assert table(DOMAIN, *columns) == [
        [
            status,
            "yes" if view.completed else "no",
            view.when_completed,
            view.when_reopened,
            view.toggled,
        ]
        for status, view in VIEWS.items()
    ]


@pytest.mark.parametrize("written", ["run_sync(", "clock="])
def test_what_hardly_anybody_needs_is_on_one_page(written):
    elsewhere = {
        ROOT / "CHANGELOG.md",
        *ROOT.glob("docs/decisions/*"),
        *ROOT.glob("docs/reference/*"),
    }
    pages = [page for page in PAGES if page not in elsewhere]
    assert len([page for page in pages if written in page.read_text()]) == 1


def test_readme_is_short():
    assert len(README.read_text().splitlines()) <= 130


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


def _leaves(kind):
    children = [sub for sub in kind.__subclasses__() if sub.__module__ == FringError.__module__]
    return {kind} if not children else set().union(*map(_leaves, children))


def _declared(app, *, personal):
    """Return the codes that the operations of one API declare, with their statuses."""
    return {
        (leaf.code, str(status))
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format.startswith("/api/")
        if personal == ("{user_id}/tasks" in route.path_format and "/v1/" not in route.path_format)
        for handler in route.route_handlers
        for status, texts in handler.opt.get("errors", {}).items()
        for leaf in texts
    }


def test_error_codes(app):
    # Whatever an operation does; Litestar's 400 is a 422 by the time that it is answered.
    general = {(code, str(status)) for status, code in CODES.items() if status != 400}
    general |= {(error.code, str(status)) for error, status in STATUSES_OF_KEYS.items()}
    board = general | _declared(app, personal=False)
    personal = general | _declared(app, personal=True)
    rows = table(API, "code", "`/api/v1`", "personal list", "when")
    assert sorted((code, status) for code, status, _, _ in rows if status) == sorted(board)
    assert sorted((code, status) for code, _, status, _ in rows if status) == sorted(personal)


def test_every_error_is_shown():
    shown = {row[0] for row in table(API, "code", "`/api/v1`", "personal list", "when")}
    assert {leaf.code for leaf in _leaves(FringError)} <= shown
    assert sorted(shown) == EVERY_CODE


def test_every_header_that_pages_may_read_is_shown():
    shown = [name for name, _, _ in table(APIS, "header", "on", "says")]
    assert shown == EXPOSED.split(", ")


def test_endpoints(operations):
    shown = [row for header in (BOARD, PERSONAL, ACCOUNTS) for row in table(API, *header)]
    assert [len(table(API, *header)) for header in (BOARD, PERSONAL, ACCOUNTS)] == [17, 6, 6]
    expected = {
        (f"{method} {path}", next(status for status in operation["responses"] if status < "300"))
        for (method, path), operation in operations.items()
    }
    assert {(request, status) for request, _, status in shown} == expected


@pytest.mark.parametrize("header", [BOARD, PERSONAL, ACCOUNTS])
def test_query_parameters_of_the_endpoints(operations, header):
    for request, does, _ in table(API, *header):
        method, path = request.split()
        parameters = operations[method, path].get("parameters", [])
        names = [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
        _, colon, listed = does.partition(": ")
        assert (listed.split(", ") if colon and names else []) == names, request


def test_parameters_of_personal_lists(operations):
    parameters = {
        parameter["name"]: parameter["schema"]
        for parameter in operations["GET", "/api/{owner}/tasks"]["parameters"]
        if parameter["in"] == "query"
    }
    rows = table(LISTS, "parameter", "values", "default")
    assert {name: default.replace(",", "") for name, _, default in rows} == {
        name: str(schema.get("default", "")) for name, schema in parameters.items()
    }


def test_fields_of_personal_tasks():
    rows = table(LISTS, "field", "in an answer", "in POST", "in PUT")
    assert sorted(name for name, *_ in rows) == sorted(OwnTask.__struct_fields__)
    for shape, column in ((NewOwnTask, 2), (OwnTaskChanges, 3)):
        taken = {row[0] for row in rows if row[column] != "ignored"}
        assert taken == set(shape.__struct_fields__)
        required = {row[0] for row in rows if row[column] == "required"}
        assert required == {field.name for field in fields(shape) if field.required}


def test_the_two_apis_side_by_side(operations):
    shown = re.findall(r"`([A-Z]+) (/api/\S+)`: (\d+)", APIS.read_text())
    assert len(shown) == 12
    for method, path, status in shown:
        assert status in operations[method, path]["responses"], f"{method} {path}"


def test_the_fields_of_the_two_apis():
    rows = table(APIS, "fields of a task", "`/api/v1`", "`/api/{owner}/tasks`")
    for column, shape in ((1, TaskWithUsers), (2, OwnTask)):
        named = {name for row in rows if row[column] != "no" for name in row[0].split(", ")}
        assert named - {"a chosen id in POST"} == set(shape.__struct_fields__)


def test_the_beginnings_of_the_names_of_clauses():
    rows = table(ROOT / "docs/write-a-store.md", "tests", "what they prove")
    beginnings = {f"test_{name.split('_')[1]}_" for name in dir(StoreContract) if "test_" in name}
    assert {beginning for beginning, _ in rows} == beginnings


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
