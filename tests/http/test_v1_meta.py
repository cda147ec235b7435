"""Health, metadata, OpenAPI and the documentation pages."""

import datetime as dt
import re
from html.parser import HTMLParser
from importlib.metadata import version
from urllib.parse import urljoin

import pytest

from tests.http.documented import operations
from tests.http.test_personal_paths import ENDPOINTS as PERSONAL
from tests.http.test_v1_paths import ENDPOINTS
from tests.http.wire import TIMESTAMP

# The query parameters of each endpoint, and whether they are required.
PARAMETERS = {
    ("GET", "/users"): dict.fromkeys(("skip", "limit", "after", "username", "email"), False),
    ("GET", "/users/{user}/tasks"): dict.fromkeys(("skip", "limit", "after", "status"), False),
    ("GET", "/tasks"): dict.fromkeys(
        ("skip", "limit", "after", "status", "title", "assigned"), False
    ),
    ("GET", "/tasks/{task}/users"): dict.fromkeys(("skip", "limit", "after"), False),
    ("PATCH", "/tasks/{task}/status"): {"status": True},
}


@pytest.mark.parametrize("path", ["/health", "/health/", "/api/v1/health", "/api/v1/health/"])
def test_health(client, path):
    before = dt.datetime.now(dt.UTC)
    response = client.get(path)
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"status", "timestamp"}
    assert body["status"] == "healthy"
    assert TIMESTAMP.fullmatch(body["timestamp"])
    told = dt.datetime.fromisoformat(body["timestamp"])
    assert abs(told - before) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("path", ["", "/", "/api/v1", "/api/v1/"])
def test_metadata(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.json() == {
        "name": "Fring API",
        "version": version("fring"),
        "endpoints": {"users": "/api/v1/users", "tasks": "/api/v1/tasks"},
    }


def test_openapi_names_every_endpoint(client):
    response = client.get("/openapi.json")
    assert response.status_code == 200
    assert "json" in response.headers["content-type"]
    document = response.json()
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), re.sub(r"\{(\w+)\}", "{}", path).rstrip("/")): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    for method, path, status in ENDPOINTS:
        operation = described[method, re.sub(r"\{(\w+)\}", "{}", f"/api/v1{path}")]
        answers = set(operation["responses"])
        assert str(status) in answers
        if "{" in path:
            assert {"400", "422"} <= answers
        if (method in {"POST", "PUT"} and not path.endswith("}")) or method == "PUT":
            assert {"408", "413", "415", "422"} <= answers
            assert list(operation["requestBody"]["content"]) == ["application/json"]
        query = {
            parameter["name"]: parameter.get("required", False)
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query"
        }
        assert query == PARAMETERS.get((method, path), {})
        if status == 204:
            assert "content" not in operation["responses"]["204"]
    for path in ("/health", "/api/v1/health", "/api/v1"):
        assert ("GET", path) in described


def test_openapi_names_every_endpoint_of_personal_lists(server):
    found = operations(server)
    for method, path, status in PERSONAL:
        at = path.format(owner="{owner}", task="{task_id}")
        operation = found[method, at]
        answers = set(operation["responses"])
        assert {str(status), "404", "422", "503"} <= answers
        assert "401" not in answers
        assert ("400" in answers) is (method != "GET")  # of a key
        assert ("403" in answers) is (method != "GET")  # to a page of a foreign origin
        assert ("409" in answers) is (method != "GET")  # of the workflow, or of a key
        takes = {"POST": True, "PUT": True, "PATCH": False}.get(method)
        assert operation.get("requestBody", {}).get("required") is takes
        assert ("408" in answers) is (takes is not None)
        assert ({"413", "415"} <= answers) is (takes is True)
        query = {
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "query"
        }
        listing = (method, path) == ("GET", "/api/{owner}/tasks")
        assert query == (
            {"skip", "limit", "after", "status", "completed", "sort"} if listing else set()
        )
        assert operation["security"] == []
    # Without authentication there are no accounts.
    assert not [path for _, path in found if "auth" in path]


class Loads(HTMLParser):
    """Collect the addresses in a page's tags, and its inline scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._in = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self._in = tag
        for name, value in attrs:
            if name in {"src", "data", "poster", "spec-url"} or (tag, name) == ("link", "href"):
                self.addresses.append(value)
            elif name in {"style", "srcset"} or name.startswith("on"):
                self.inline.append(value)

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in in {"script", "style"}:
            self.inline.append(data)


@pytest.mark.parametrize("page", ["/docs", "/docs/", "/redoc", "/redoc/"])
def test_documentation_loads_nothing_from_elsewhere(client, page):
    response = client.get(page)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    # What the bundled scripts would load at run time, only the browser can stop: by this policy.
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert not re.search(r"\w+://|\*", response.headers["content-security-policy"])
    loads = Loads(response.text)
    assert not [text for text in loads.inline if re.search(r"(https?:)?//[\w.-]+\.\w+", text)]
    scripts = [address for address in loads.addresses if address.endswith(".js")]
    assert scripts
    for address in loads.addresses:
        assert re.match(r"data:|(\.\./)*\w", address), f"{address} is on another host"
        assert not re.match(r"https?:", address)
        if not address.startswith("data:"):
            asset = client.get(urljoin(page, address))
            assert asset.status_code == 200, address
            assert asset.content
