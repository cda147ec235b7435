"""What the URL, its service and the environment set wins over what Fring would choose."""

import psycopg
import pytest

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PoolSettings, prepare
from fring_adapters.postgres.wire.parameters import arguments
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, run_sync

OURS = {
    "application_name": "fring",
    "connect_timeout": "2",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
    "client_encoding": "utf8",
}


@pytest.mark.parametrize("name", sorted(OURS.keys() - {"client_encoding"}))
def test_the_url_wins_over_the_environment_and_that_over_us(name, monkeypatch, tmp_path):
    def found(url):
        return arguments(to_conninfo(url), connect_timeout=2)

    (tmp_path / "services").write_text(f"[todo]\n{name}=7\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    assert found("postgresql://db/fring") == OURS
    assert found(f"postgresql://db/fring?{name}=8") == {**OURS, name: "8"}
    assert found("postgresql://db/fring?service=todo") == {**OURS, name: "7"}
    monkeypatch.setenv("PGAPPNAME", "shell")
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "9")
    theirs = {**OURS, "application_name": "shell", "connect_timeout": "9"}
    assert found("postgresql://db/fring") == theirs
    assert found(f"postgresql://db/fring?{name}=8") == {**theirs, name: "8"}
    assert found("postgresql://db/fring?service=todo") == {**theirs, name: "7"}


def with_parameters(url, query):
    return f"{url}{'&' if '?' in url else '?'}{query}"


def test_the_url_wins_in_a_pool(new_database):
    url = with_parameters(new_database(), "application_name=my-todo&keepalives_idle=77")
    with BlockingPostgresStore(url, PoolSettings(size=1, timeout=10)) as store:
        with store._pool.connection() as connection:
            given = connection.info.get_parameters()
        assert given["application_name"] == "my-todo"
        assert given["keepalives_idle"] == "77"
        assert given["tcp_user_timeout"] == "5000"
        assert given["client_encoding"] == "utf8"


def test_texts_are_utf8_on_the_way_whatever_anybody_says(new_database, monkeypatch):
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    url = with_parameters(new_database(), "client_encoding=SQL_ASCII")
    prepare(url)
    with BlockingPostgresStore(url) as store:
        fring = Fring(store, clock=utc_now)
        task = run_sync(fring.tasks.create(NewTask("日本 😀")))
        assert run_sync(fring.tasks.get_with_users(task.id)).task.title == "日本 😀"


@pytest.mark.parametrize(("query", "seconds"), [("connect_timeout=30", "30"), ("", "10")])
def test_the_url_wins_in_prepare(query, seconds, monkeypatch):
    asked = []

    def connect(conninfo, **given):
        asked.append(given["connect_timeout"])
        raise psycopg.OperationalError("nobody opens")

    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(StoreUnavailable, match="nobody opens"):
        prepare(f"postgresql://db/fring?{query}")
    assert asked == [seconds]
