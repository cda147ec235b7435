"""The tables: set up once, refused when they are not ours, equal to what the code believes."""

import re
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from psycopg.conninfo import conninfo_to_dict

from fring_adapters.postgres import SchemaError, prepare
from fring_adapters.postgres.setup import alone
from fring_adapters.postgres.setup.revisions import newest
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.sql.task_lists import listing
from fring_adapters.postgres.wire.cursors import FringCursor
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable, TaskOrder, TaskStatus
from tests.stores.older import at_revision, execute, migrate

HEAD = "0012"


def to_database(url):
    return conninfo_to_dict(to_conninfo(url))["dbname"]


def test_an_empty_database_is_set_up_once(new_database):
    url = new_database()
    assert prepare(url) == prepare(url)


def test_workers_that_start_together_do_not_collide(new_database):
    url = new_database()
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(prepare, [url] * 8))) == 1


def test_threads_that_prepare_several_databases_do_not_collide(new_database):
    urls = [new_database() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(prepare, urls)) == {HEAD}
    for url in urls:
        assert execute(url, "SELECT count(*) FROM tasks, fring_version").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("locked", "held"),
    [
        (f"SELECT pg_advisory_xact_lock({alone.LOCK})", None),
        ("LOCK TABLE tasks IN SHARE MODE", "0001"),
    ],
)
def test_a_lock_is_waited_for_so_long_and_no_longer(new_database, monkeypatch, locked, held):
    url = new_database()
    if held:
        at_revision(url, held)
    monkeypatch.setattr(alone, "LOCK_SECONDS", 0.2)
    with psycopg.connect(to_conninfo(url)) as other:
        other.execute(locked)
        with pytest.raises(StoreUnavailable, match=r"keeps a lock in .* for over 0\.2 s: another"):
            prepare(url, upgrade=True)
    assert prepare(url, upgrade=True) == HEAD


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_JP"])
def test_a_database_that_cannot_store_every_character_is_refused(postgres, new_database, encoding):
    url = new_database()
    name = to_database(url)
    execute(postgres, f'DROP DATABASE "{name}"')
    execute(
        postgres, f"CREATE DATABASE \"{name}\" ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"
    )
    with pytest.raises(SchemaError, match=f"stores text as {encoding}.*ENCODING 'UTF8'"):
        prepare(url, upgrade=True)


def test_migrations_make_what_the_code_believes(new_database):
    url = new_database()
    prepare(url)
    with alone.engine(url).connect() as connection:
        options: dict[str, object] = {"compare_type": True, "compare_server_default": True}
        options["version_table"] = "fring_version"
        # Expressions come back in PostgreSQL's own words: the test after this one compares them.
        options["include_name"] = lambda name, kind, _: kind != "index" or "pieces" not in name
        options["include_object"] = lambda _, name, kind, *__: (
            kind != "index" or "pieces" not in name
        )
        assert (
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        )
        inspected = MigrationContext.configure(connection, opts=options).get_current_revision()
    assert inspected == prepare(url)


def test_migrations_make_the_constraints_and_indexes_that_the_code_believes(new_database):
    migrated, created = new_database(), new_database()
    prepare(migrated)
    with alone.engine(created).begin() as connection:
        metadata.create_all(connection)
    found = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    found += " WHERE connamespace = 'public'::regnamespace AND conname NOT LIKE 'fring%'"
    assert set(execute(migrated, found)) == set(execute(created, found))
    found = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    found += " AND indexname NOT LIKE 'fring%'"
    assert set(execute(migrated, found)) == set(execute(created, found))


def test_texts_sort_by_code_point(new_database):
    url = new_database()
    prepare(url)
    execute(url, "INSERT INTO tasks (title) VALUES ('b'), ('Z'), ('a'), ('Ä')")
    with psycopg.connect(to_conninfo(url)) as connection:
        found = connection.execute("SELECT title FROM tasks ORDER BY title").fetchall()
    assert [title for (title,) in found] == sorted(["b", "Z", "a", "Ä"])


def test_plain_sql_loads_the_columns_of_the_specification(new_database):
    url = new_database()
    prepare(url)
    execute(url, "INSERT INTO users (username, email) VALUES ('ann', 'a@b.c')")
    execute(url, "INSERT INTO tasks (title, description, status) VALUES ('t', 'd', 'todo')")
    execute(url, "INSERT INTO user_tasks (user_id, task_id) VALUES (1, 1)")


def test_the_database_refuses_an_unknown_status(new_database):
    url = new_database()
    prepare(url)
    with pytest.raises(psycopg.errors.CheckViolation):
        execute(url, "INSERT INTO tasks (title, status) VALUES ('t', 'done')")


def test_a_newer_database_is_refused(new_database):
    url = new_database()
    prepare(url)
    execute(url, "UPDATE fring_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer Fring"):
        prepare(url, upgrade=True)


LOAD = """
    INSERT INTO users (id, username, email) VALUES (7, 'ann', 'a@b.c'), (8, 'bob', 'b@b.c');
    INSERT INTO tasks (id, title, status, owner, due_date, version)
        VALUES (7, 't', 'completed', NULL, '2024-02-29', 3), (8, 'u', 'todo', 'ann', NULL, 1);
    INSERT INTO user_tasks VALUES (7, 7);
"""
ROWS = (
    "SELECT id, username, email, created_at, version FROM users ORDER BY id",
    "SELECT to_jsonb(tasks) - '{told,remind_at,disarmed}'::text[] FROM tasks ORDER BY id",
    "SELECT * FROM user_tasks",
)


def everything(url):
    with psycopg.connect(to_conninfo(url)) as connection:
        return [connection.execute(sql).fetchall() for sql in ROWS]


def test_an_older_database_is_refused_unless_it_may_be_upgraded(new_database):
    url = new_database()
    at_revision(url, "0001")
    execute(url, LOAD)
    before = everything(url)
    assert [len(rows) for rows in before] == [2, 2, 1]
    with pytest.raises(SchemaError, match=r"revision 0001.*fring db upgrade.*FRING_MIGRATE=auto"):
        prepare(url)
    assert execute(url, "SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    head = prepare(url, upgrade=True)
    assert everything(url) == before
    accounts = execute(url, "SELECT password_hash, role FROM users").fetchall()
    assert accounts == [(None, "member")] * 2
    assert prepare(url) == head == newest()


def test_an_upgrade_mends_rows_that_no_fring_could_read(new_database, caplog):
    url = new_database()
    at_revision(url, "0002")
    execute(
        url,
        "INSERT INTO users (username, email, created_at) VALUES ('ann', 'a@b.c', '0044-03-15 BC')",
    )
    execute(
        url,
        "INSERT INTO tasks (title, created_at, updated_at, due_date) VALUES"
        " ('a', '-infinity', 'infinity', 'infinity'), ('b', '10000-01-01', now(), '-infinity'),"
        " ('c', '2024-02-29 12:00+00', '2024-02-29 12:00+00', '2024-02-29')",
    )
    assert prepare(url, upgrade=True) == HEAD
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        users = connection.execute("SELECT created_at::text FROM users").fetchall()
        tasks = connection.execute(
            "SELECT created_at::text, updated_at::text, due_date::text FROM tasks ORDER BY id"
        ).fetchall()
    first, last = "0001-01-02 00:00:00+00", "9999-12-30 00:00:00+00"
    assert users == [(first,)]
    assert tasks[0] == (first, last, "9999-12-31")
    assert tasks[1][::2] == (last, "0001-01-01")
    assert tasks[2] == ("2024-02-29 12:00:00+00", "2024-02-29 12:00:00+00", "2024-02-29")
    assert "2 rows of tasks had a created_at out of range" in caplog.text
    assert caplog.text.count("out of range") == 4


def test_an_upgraded_database_is_as_a_new_one(new_database):
    old, new = new_database(), new_database()
    at_revision(old, "0001")
    prepare(old, upgrade=True)
    prepare(new)
    columns = "SELECT table_name, column_name, data_type, is_nullable, column_default, "
    columns += "collation_name FROM information_schema.columns WHERE table_schema = 'public'"
    indexes = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    for sql in (columns, indexes):
        assert set(execute(old, sql).fetchall()) == set(execute(new, sql).fetchall())


def test_a_downgrade_keeps_the_rows(new_database):
    url = new_database()
    at_revision(url, "0001")
    execute(url, LOAD)
    before = everything(url)
    prepare(url, upgrade=True)
    migrate(url, command.downgrade, "0001")
    assert everything(url) == before


@pytest.mark.parametrize("skip", [0, 500])
def test_a_personal_list_is_read_from_its_index(new_database, skip):
    url = new_database()
    prepare(url)
    execute(
        url,
        "INSERT INTO tasks (title, owner, created_at)"
        " SELECT 't', CASE n % 3 WHEN 0 THEN 'ann' WHEN 1 THEN 'bob' END,"
        " now() - n * interval '1 minute' FROM generate_series(1, 20000) AS n",
    )
    execute(url, "ANALYZE tasks")
    statement = listing(shared=False, order=TaskOrder.NEWEST_FIRST, front=True)
    asked = statement.asked_by([{"owner": "ann", "limit": 100, "skip": skip}])
    with psycopg.connect(to_conninfo(url)) as connection:
        cursor = FringCursor(connection)
        found = cursor.execute(b"EXPLAIN " + statement.within(None), asked).fetchall()
    plan = "\n".join(line for (line,) in found)
    assert plan.count("Index Scan using ix_tasks_owner_status_created_at_id") == len(TaskStatus)
    assert plan.count("->  Sort") <= plan.count("Sort Key: asked.n"), "each page is merged"


def test_tables_of_others_are_left_alone(new_database):
    url = new_database()
    execute(url, "CREATE TABLE tasks (name text)")
    execute(url, "INSERT INTO tasks VALUES ('theirs')")
    with pytest.raises(SchemaError, match="not Fring's: tasks"):
        prepare(url, upgrade=True)
    with psycopg.connect(to_conninfo(url)) as connection:
        assert connection.execute("SELECT name FROM tasks").fetchall() == [("theirs",)]
        assert connection.execute("SELECT to_regclass('users')").fetchone() == (None,)


def test_a_role_that_may_not_create_tables_is_told_so(new_database):
    url = new_database()
    execute(url, "CREATE ROLE fring_test_guest LOGIN")
    try:
        guest = re.sub("//([^/@]*@)?", "//fring_test_guest@", url, count=1)
        with pytest.raises(SchemaError, match="permission denied for schema public"):
            prepare(guest)
    finally:
        execute(url, "DROP ROLE fring_test_guest")


def test_a_database_that_is_away_is_named_without_its_password():
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1") as caught:
        prepare("postgresql://ann:secret@127.0.0.1:1/fring")
    assert "secret" not in str(caught.value)
