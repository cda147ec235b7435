"""Rows that SQL puts there: refused by the tables, or shown, changed and removed as any other."""

from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, PostgresStore, prepare
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Fring, NewTask, StoreUnavailable, TaskChanges, run_sync
from fring_http.api.app import create_app

OUT_OF_RANGE = ("infinity", "-infinity", "10000-01-01", "0044-03-15 BC")
MOMENTS = (("users", "created_at"), ("tasks", "created_at"), ("tasks", "updated_at"))


@pytest.fixture(scope="module")
def url(new_database):
    url = new_database()
    prepare(url)
    return url


@pytest.fixture
def sql(url):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        yield connection.execute
        connection.execute("TRUNCATE users, tasks, user_tasks, events RESTART IDENTITY")


def one_of_each(sql):
    sql("INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org')")
    sql("INSERT INTO tasks (title) VALUES ('task')")
    sql("INSERT INTO user_tasks VALUES (1, 1)")


@pytest.mark.parametrize("value", [*OUT_OF_RANGE, "9999-12-31 23:59:59+00", "0001-01-01 00:00+00"])
@pytest.mark.parametrize(("table", "column"), MOMENTS)
def test_a_moment_out_of_range_is_refused(sql, table, column, value):
    one_of_each(sql)
    with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_{table}_{column}"):
        sql(f"UPDATE {table} SET {column} = '{value}'")


@pytest.mark.parametrize("value", OUT_OF_RANGE)
def test_a_receipt_is_kept_until_a_moment_in_range(sql, value):
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_receipts_expires_at"):
        sql(f"INSERT INTO receipts VALUES ('', 'key', '', '1', '{value}')")


@pytest.mark.parametrize("value", OUT_OF_RANGE)
def test_a_date_out_of_range_is_refused(sql, value):
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_tasks_due_date"):
        sql(f"INSERT INTO tasks (title, due_date) VALUES ('task', '{value}')")


@pytest.mark.parametrize("table", ["users", "tasks"])
def test_a_version_at_its_end_is_refused(sql, table):
    one_of_each(sql)
    with pytest.raises(psycopg.errors.CheckViolation, match=f"ck_{table}_version"):
        sql(f"UPDATE {table} SET version = 9223372036854775807")


def exercise(client):
    """Call whatever reads or writes the rows; expect no fault of the server."""
    statuses = set()

    def call(method, path, **more):
        answer = client.request(method, path, **more)
        statuses.add(answer.status_code)
        return answer

    for number, kind in enumerate(("users", "tasks")):
        rows = call("GET", f"/api/v1/{kind}", params={"limit": 1000}).json()
        assert rows
        for row in rows:
            there = f"/api/v1/{kind}/{row['id']}"
            other = f"{there}/{('tasks', 'users')[number]}"
            body = ({"username": f"name {row['id']}"}, {"title": "changed"})[number]
            call("PUT", there, json={})
            call("PUT", there, json=body)
            call("GET", there)
            call("GET", other)
    for owner in ("ann", "list%20of", "me"):
        for row in call("GET", f"/api/{owner}/tasks").json():
            there = f"/api/{owner}/tasks/{row['id']}"
            call("PUT", there, json={"due_date": "0001-01-01"})
            call("PATCH", f"{there}/complete")
            call("DELETE", there)
    for kind in ("users", "tasks"):
        for row in client.get(f"/api/v1/{kind}", params={"limit": 1000}).json():
            call("DELETE", f"/api/v1/{kind}/{row['id']}")
    return statuses


def load_oddities(sql):
    """Put everything there that the tables take and Fring itself would not write."""
    for day in ("0001-01-02 00:00+00", "9999-12-30 00:00+00", "1582-10-10 00:00:00.000001+00"):
        sql(f"INSERT INTO tasks (title, created_at, updated_at) VALUES ('t', '{day}', '{day}')")
        sql(f"INSERT INTO tasks (title, owner, created_at) VALUES ('t', 'ann', '{day}')")
    for day in ("0001-01-01", "9999-12-31"):
        sql(f"INSERT INTO tasks (title, owner, due_date) VALUES ('t', 'list of', '{day}')")
    for number in (0, -5, 2**31, 2**63 - 1, -(2**63)):
        sql(f"INSERT INTO users (id, username, email) VALUES ({number}, {number}, {number})")
        sql(f"INSERT INTO tasks (id, title) VALUES ({number}, '')")
        sql(f"INSERT INTO user_tasks VALUES ({number}, {number})")
    for number in (2**31 - 1, 2**31, 2**62 - 9, 0, -1, -(2**63)):
        sql(f"INSERT INTO tasks (title, version) VALUES ('t', {number})")
        name = f"'version {number}'"
        sql(f"INSERT INTO users (username, email, version) VALUES ({name}, {name}, {number})")
    for text in ("''", "'  '", r"E'a\nb\x1b\x7f'", "repeat('x', 2000)", r"U&'\FFFE \+10FFFF'"):
        sql(f"INSERT INTO tasks (title, description, owner) VALUES ({text}, {text}, {text})")
        sql(f"INSERT INTO tasks (title, description) VALUES ({text}, {text})")
        sql(f"INSERT INTO users (username, email, password_hash) VALUES ({text}, {text}, {text})")


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "Etc/GMT%2B12", "America/New_York"]
)
def test_whatever_is_not_refused_is_served(url, sql, zone):
    one_of_each(sql)
    load_oddities(sql)
    there = f"{url}{'&' if '?' in url else '?'}options=-ctimezone%3D{zone}"
    store = PostgresStore(there)
    app: Any = create_app(Fring(store, clock=utc_now), lifespan=[store])
    with TestClient(app) as client:
        assert exercise(client) <= {200, 204, 400, 404, 422}


@pytest.mark.parametrize("version", [2**31 - 1, 2**40])
def test_versions_go_beyond_32_bits(url, sql, version):
    one_of_each(sql)
    sql(f"UPDATE tasks SET version = {version}")
    with BlockingPostgresStore(url) as store:
        fring = Fring(store, clock=utc_now)
        assert run_sync(fring.tasks.update(1, TaskChanges(title="new"))).version == version + 1


def test_an_identity_at_its_end_is_said(url, sql):
    sql("SELECT setval('tasks_id_seq', 9223372036854775807)")
    with BlockingPostgresStore(url) as store:
        fring = Fring(store, clock=utc_now)
        with pytest.raises(StoreUnavailable, match="nextval: reached maximum value"):
            run_sync(fring.tasks.create(NewTask("task")))
