"""The API's description and its pages: complete, and never from another host."""

import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.api.documents.openapi import configuration
from fring_http.api.documents.pages import ASSETS, with_documentation

VENDORED = files("fring_http") / "assets"
PAGES = ["/docs", "/docs/", "/redoc", "/redoc/"]
MEDIA_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "svg": "image/svg+xml",
}


@pytest.fixture(scope="module")
def client():
    app: Any = create_app(Fring(MemoryStore(), clock=utc_now))
    with TestClient(app) as client:
        yield client


class Loads(HTMLParser):
    """Collect what a browser fetches for a page, and any script or style written into it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.inline = ""
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._in_script = tag in {"script", "style"}
        self.urls += [value or "" for name, value in attrs if name in {"src", "href", "spec-url"}]
        self.inline += "".join(
            name for name, _ in attrs if name.startswith("on") or name == "style"
        )

    def handle_endtag(self, tag):
        self._in_script = False

    def handle_data(self, data):
        if self._in_script:
            self.inline += data.strip()


def media_type(response: Response) -> str:
    return response.headers["content-type"].partition(";")[0]


def policy(response: Response) -> dict[str, set[str]]:
    directives = response.headers["content-security-policy"].split(";")
    return {name: set(sources) for name, *sources in map(str.split, directives)}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_html_from_either_form_of_its_path(client, path):
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, media_type(answer)) == (200, "text/html")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_lets_a_page_reach_this_host_only(client, path):
    # The bundles are full of addresses that nobody loads and of some that they would: to search
    # them proves nothing. What holds is that the browser refuses, and this is what it goes by.
    granted = policy(client.get(path))
    assert granted.pop("default-src") == {"'none'"}
    assert granted.pop("script-src") == {"'self'"}
    sources = set().union(*granted.values())
    hashes = {source for source in sources if source.startswith("'sha256-")}
    assert hashes <= granted["style-src"]
    assert sources - hashes <= {"'none'", "'self'", "data:", "blob:"}
    assert {
        "base-uri",
        "form-action",
        "frame-ancestors",
    } <= granted.keys()  # no default covers them


@pytest.mark.parametrize("path", PAGES)
def test_everything_that_a_page_names_is_here(client, path):
    loads = Loads(client.get(path).text)
    assert loads.inline == ""
    assert any(url.endswith(".js") for url in loads.urls)
    for url in loads.urls:
        assert re.match(r"(\.\./)?\w+(\.|/\w)", url), f"{url} is not relative to the page"
        answer = client.get(urljoin(path, url))
        expected = MEDIA_TYPES[url.rpartition(".")[2]]
        assert (answer.status_code, media_type(answer)) == (200, expected)


@pytest.mark.parametrize("name", ASSETS)
def test_an_asset_is_its_file_and_may_be_kept(client, name):
    answer = client.get(f"/assets/{name}")
    assert answer.content == (VENDORED / name).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=86400"


def test_style_sheets_bring_their_images_with_them(client):
    sheets = [client.get(f"/assets/{name}").text for name in ASSETS if name.endswith(".css")]
    images = re.findall(r"url\(\s*[\"']?([^:)]*:?)", "".join(sheets))
    assert set(images) == {"data:"}


def test_swagger_ui_asks_for_our_document_and_no_validator(client):
    script = client.get("/assets/docs.js").text
    assert 'new URL("../openapi.json", document.currentScript.src)' in script
    assert "validatorUrl: null" in script


@pytest.mark.parametrize(
    "name",
    [
        "",
        "unknown.js",
        "DOCS.JS",
        "docs.js%00",
        "docs.html",
        "README.md",
        "LICENSE.redoc",
        # The client would resolve a bare `..`; escaped, it reaches the application as `..`.
        "%2e%2e/documentation.py",
        "%2e%2e%2fdocumentation.py",
        "%252e%252e%252fdocumentation.py",
        "..%5cdocumentation.py",
        "x/%2e%2e/%2e%2e/documentation.py",
        "%2fetc%2fpasswd",
    ],
)
def test_no_other_file_can_be_had(client, name):
    answer = client.get(f"/assets/{name}")
    assert (answer.status_code, media_type(answer)) == (404, "application/json")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/assets/docs.js"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_reading_is_allowed(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_the_document_describes_the_api_and_not_its_description(client):
    answer = client.get("/openapi.json")
    assert media_type(answer) == "application/json"
    assert answer.json()["openapi"].startswith("3.1.")
    assert not {"/docs", "/redoc", "/openapi.json"} & answer.json()["paths"].keys()


@pytest.mark.parametrize("path", ["/schema", "/schema/openapi.json", "/docs/unknown", "/redoc/x"])
def test_the_pages_of_litestar_are_gone(client, path):
    answer = client.get(path)
    assert (answer.status_code, media_type(answer)) == (404, "application/json")


def test_a_document_is_made_once_for_each_application(client, monkeypatch):
    before = client.get("/openapi.json").content
    monkeypatch.setattr("fring_http.api.documents.pages.document", lambda _: {"made": "anew"})
    assert client.get("/openapi.json").content == before
    another = Litestar(openapi_config=with_documentation(configuration()), logging_config=None)
    with TestClient(another) as other:
        assert other.get("/openapi.json").json() == {"made": "anew"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("LICENSE.swagger-ui", "Apache License"),
        ("NOTICE.swagger-ui", "SmartBear"),
        ("LICENSE.redoc", "The MIT License"),
        ("swagger-ui-bundle.js.LICENSE.txt", "DOMPurify"),
        ("redoc.standalone.js.LICENSE.txt", "DOMPurify"),
        ("d87bcbdbea8f8f5aa26f.worker.js.LICENSE.txt", "lunr"),
    ],
)
def test_what_is_vendored_has_its_licence_beside_it(name, words):
    assert words in (VENDORED / name).read_text(encoding="utf-8")


def test_every_licence_that_a_bundle_points_to_is_there():
    scripts = [(VENDORED / name).read_text(encoding="utf-8") for name in ASSETS]
    named = set(re.findall(r"license information please see (\S+)", "\n".join(scripts)))
    assert len(named) == 3
    assert all((VENDORED / name).is_file() for name in named)


def test_redoc_has_no_image_of_another_host(client):
    assert "logo-mini" not in client.get("/assets/redoc.standalone.js").text
