"""No spelling of CORS_ORIGINS lets every page of the world call with credentials."""

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from fring_http.server.modes import SettingsError
from fring_http.server.settings import Settings

SPELLINGS = [
    *(
        "*",
        " * ",
        "**",
        "*,*",
        "*, https://a.example",
        "https://a.example,*",
        '["*"]',
        '["*", "*"]',
    ),
    *("*:*", "*://*", "*://*:*", "//*", "http://*", "https://*", "HTTPS://*", "https://*:443"),
    *(
        "https://*.",
        "https://*.*",
        "https://*.com",
        "https://*.com.",
        "https://*.*.com",
        "http*://a.b",
    ),
    *("https://**.a.example", "https://[*]", "https://a.*", "null", '["null"]'),
    *(
        ".*",
        "https://.*",
        "^.*$",
        "%2A",
        "https://%2A.a.example",
        "\uff0a",
        "\u2217",
        "https://\uff0a",
    ),
    *('"*"', "'*'", "all", "any", "true", "?", "https://?.a.example", "https://+"),
]
STRANGERS = [
    "https://evil.example",
    "http://evil.example",
    "https://a.com",
    "null",
    "*",
    "https://*",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_admits_everybody(spelling):
    with pytest.raises(SettingsError, match=r"^CORS_ORIGINS"):
        Settings.from_mapping({"CORS_ORIGINS": spelling})
    with pytest.raises(ValueError, match="origin"):
        application([spelling])


def application(origins):
    return create_app(Fring(MemoryStore(), clock=utc_now), cors_origins=origins)


@pytest.mark.parametrize("origins", [None, [], ["https://app.example"], ["https://*.app.example"]])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_no_answer_has_an_asterisk_or_a_stranger(origins, stranger):
    with TestClient(application(origins)) as client:
        for method in ("GET", "OPTIONS", "POST"):
            headers = {"origin": stranger, "access-control-request-method": "PUT"}
            answer = client.request(method, "/api/v1/tasks", headers=headers)
            assert "access-control-allow-origin" not in answer.headers
            assert "access-control-allow-credentials" not in answer.headers
            assert "*" not in answer.headers.get("access-control-allow-headers", "")
