"""What `/` shows: JSON to programs, a page to those who ask for one by name."""

from html.parser import HTMLParser

import pytest

from tests.http.test_v1_meta import Loads

HTML, JSON = "text/html", "application/json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/*", JSON),
        ("application/json, text/plain, */*", JSON),
        (BROWSER, HTML),
        ("text/html", HTML),
        ("TEXT/HTML; charset=utf-8", HTML),
        ("text/html, application/json", HTML),
        ("text/html, */*", HTML),
        ("text/html;q=0", JSON),
        ("text/html;q=0.000, */*;q=0.1", JSON),
        ("text/html ; q=0.4, application/json; Q=0.5", JSON),
        ("text/html;q=0.5, application/*;q=0.4, */*", HTML),
        ("text/html;q=0.5, */*", JSON),
        ("application/json;q=0.5, text/html", HTML),
        ("image/png", JSON),
        ("texthtml, ;;, q=1", JSON),
    ],
)
def test_html_is_for_those_who_name_it(client, accept, media_type):
    headers = {"accept": "" if accept is None else accept}
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/", headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert "accept" in answer.headers["vary"].lower().split(", ")
        assert {"service-doc", "service-desc"} <= answer.links.keys()
        assert bool(answer.content) is (method == "GET")


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/"])
def test_the_api_s_own_root_is_json_for_everybody(client, path):
    answer = client.get(path, headers={"accept": BROWSER})
    assert answer.json() == client.get("/").json()
    assert {"service-doc", "service-desc"} <= answer.links.keys()


class Page(HTMLParser):
    """Collect the tags of a page with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def test_the_page_says_where_everything_is_and_loads_nothing_from_elsewhere(client):
    answer = client.get("/", headers={"accept": BROWSER})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not Loads(answer.text).inline
    tags = Page(answer.text).tags
    assert dict(tags)["html"] == {"lang": "en"}
    assert [tag for tag, _ in tags].count("h1") == 1
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    named = {"docs", "redoc", "openapi.json", "health", "docs#/personal"}
    assert named <= set(links)
    for link in links:
        assert client.get(f"/{link}").status_code == 200
