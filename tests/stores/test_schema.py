"""The tables: set up once, refused when they are not ours, equal to what the code believes."""

import re
import shutil
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from fring_adapters.postgres import SchemaError, prepare, schema
from fring_adapters.postgres.tables import metadata
from fring_adapters.postgres.urls import to_conninfo
from fring_core import StoreUnavailable


def execute(url, sql):
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        return connection.execute(sql)


def test_an_empty_database_is_set_up_once(new_database):
    url = new_database()
    assert prepare(url) == prepare(url)


def test_workers_that_start_together_do_not_collide(new_database):
    url = new_database()
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(prepare, [url] * 8))) == 1


def test_migrations_make_what_the_code_believes(new_database):
    url = new_database()
    prepare(url)
    with schema._engine(url).connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert (
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
        )
        inspected = MigrationContext.configure(connection).get_current_revision()
    assert inspected == prepare(url)


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
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer Fring"):
        prepare(url, upgrade=True)


NEXT = """
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.execute("ALTER TABLE tasks ADD COLUMN color text")
"""


def test_an_older_database_is_refused_unless_it_may_be_upgraded(
    new_database, tmp_path, monkeypatch
):
    url = new_database()
    prepare(url)
    shutil.copytree(schema.MIGRATIONS, tmp_path / "migrations")
    (tmp_path / "migrations" / "versions" / "0002_next.py").write_text(NEXT)
    monkeypatch.setattr(schema, "MIGRATIONS", tmp_path / "migrations")
    with pytest.raises(SchemaError, match=r"revision 0001.*fring db upgrade.*FRING_MIGRATE=auto"):
        prepare(url)
    assert prepare(url, upgrade=True) == "0002"
    execute(url, "INSERT INTO tasks (title, color) VALUES ('t', 'red')")


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
