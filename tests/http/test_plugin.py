"""Fring inside a Litestar application, by the plugin."""

import pytest
from click.testing import CliRunner
from litestar import Litestar, get
from litestar.cli.main import litestar_group
from litestar.testing import TestClient

from fring_http.server.modes import SettingsError
from fring_http.server.plugin import FringPlugin
from fring_http.server.settings import Settings
from tests.http.tokens import SECRET, bearer, token


@get("/")
async def home() -> str:
    return "home"


def application(**settings):
    return Litestar([home], plugins=[FringPlugin("/board", Settings(**settings))])


def test_all_of_it_is_below_the_path(new_database):
    with TestClient(
        application(database_url=new_database(), pool_size=2), base_url="http://shop.localhost"
    ) as client:
        assert client.get("/").text == "home"
        made = client.post("/board/api/v1/tasks", json={"title": "x"})
        assert (made.status_code, made.headers["location"]) == (201, "../../api/v1/tasks/1")
        assert made.headers["x-request-id"]
        assert client.get("/board/api/v1/tasks").json() == [made.json()]
        assert client.head("/board/api/v1/tasks").status_code == 200
        for path in ("/health", "/health/ready", "/docs", "/openapi.json", "/metrics", "/"):
            assert client.get(f"/board{path}").status_code == 200, path
        nowhere = client.get("/board/api/v1/nowhere")
        assert nowhere.json() == {"detail": "Not Found", "code": "not_found"}
        assert 'route="/api/v1/tasks"' in client.get("/board/metrics").text
        assert client.get("/api/v1/tasks").status_code == 404
        assert "x-request-id" not in client.get("/").headers


def test_it_has_settings_of_its_own():
    with TestClient(
        application(database_url="memory://", secret=SECRET), base_url="http://shop.localhost"
    ) as client:
        assert client.get("/board/api/v1/tasks").status_code == 401
        own = client.get("/board/api/v1/tasks", headers=bearer(token(role="viewer")))
        assert own.status_code == 200
    with TestClient(
        application(database_url="memory://"), base_url="http://shop.localhost"
    ) as client:  # and another beside it
        assert client.get("/board/api/v1/tasks").status_code == 200


def test_what_cannot_be_served_is_refused_at_once():
    with pytest.raises(SettingsError, match="DATABASE_URL is not set"):
        application()


def test_its_commands_are_litestars_too(tmp_path, monkeypatch):
    (tmp_path / "shop.py").write_text(
        "from litestar import Litestar\n"
        "from fring_http.server.plugin import FringPlugin\n"
        "app = Litestar([], plugins=[FringPlugin()])\n"
    )
    monkeypatch.setenv("DATABASE_URL", "memory://")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    ran = CliRunner().invoke(litestar_group, ["--app", "shop:app", "fring", "config", "check"])
    assert (ran.exit_code, ran.output.strip().splitlines()[-1]) == (
        0,
        "fring: the settings will do",
    )
