"""Every revision of the tables: up and down on data, by `prepare`, `downgrade` and by SQL."""

import subprocess

import psycopg
import pytest

from fring_adapters.postgres import (
    BlockingPostgresStore,
    SchemaError,
    State,
    downgrade,
    prepare,
    state,
    upgrade_sql,
)
from fring_adapters.postgres.backup.programs import programs
from fring_adapters.postgres.setup import alone
from fring_adapters.postgres.setup.revisions import newest, revisions
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Page, StoreUnavailable, UserFilter, run_sync
from tests.stores.older import at_revision, execute

HEAD = newest()
LOAD = """
    INSERT INTO users (username, email) VALUES ('ann', 'a@b.c'), ('bob', 'b@b.c');
    INSERT INTO tasks (id, title, status, owner, due_date, version)
        VALUES (7, E'a\\tb\\n', 'completed', NULL, '2024-02-29', 3), (8, 'u', 'todo', 'ann', NULL, 1);
    INSERT INTO user_tasks VALUES (1, 7);
"""
ROWS = (
    "SELECT id, username, email, created_at, version FROM users ORDER BY id",
    "SELECT to_jsonb(tasks) - '{told,remind_at,disarmed}'::text[] FROM tasks ORDER BY id",
    "SELECT * FROM user_tasks",
)
# What revisions have added, and so what is lost by going back behind them.
ADDED = {
    "0002": ("UPDATE users SET password_hash = '$hash' || id", "SELECT password_hash FROM users"),
    "0003": ("INSERT INTO spent_ids VALUES ('tasks', 99)", "SELECT * FROM spent_ids"),
    "0005": ("UPDATE users SET role = 'admin' WHERE id = 1", "SELECT role FROM users ORDER BY id"),
    "0006": (
        "INSERT INTO receipts VALUES ('ann', 'key', 'POST /', '1', '2030-01-01')",
        "SELECT * FROM receipts",
    ),
    "0007": (r"INSERT INTO rate_limits VALUES ('\x01', 7, true)", "SELECT * FROM rate_limits"),
    "0009": (
        """INSERT INTO events (type, at, version, before, after)
            VALUES ('task.created', '2030-01-01', 1, '{}', '{}')""",
        "SELECT type, before::text FROM events",
    ),
    "0010": (
        "INSERT INTO feed VALUES (true, 3, 'here', 'epoch', 0, 9, 0, 0, 0, '{}', '{}', '{}')",
        "SELECT step, identity, top FROM feed",
    ),
    "0011": (
        """WITH hook AS (
            INSERT INTO webhooks (url, types, description, secret, place)
            VALUES ('https://example.com', '{*}', '', 'whsec_', 'here') RETURNING id
        )
        INSERT INTO deliveries (webhook_id, message_id, type, at)
            SELECT id, 'msg', 'webhook.test', '2030-01-01' FROM hook""",
        "SELECT url, types, message_id, state FROM webhooks JOIN deliveries ON webhook_id = webhooks.id",
    ),
    "0012": (
        "UPDATE tasks SET remind_at = '2030-01-01 12:00+00', disarmed = true WHERE id = 8",
        "SELECT remind_at, disarmed FROM tasks ORDER BY id",
    ),
}


def everything(url):
    return [execute(url, query).fetchall() for query in ROWS]


def shape(url, schema="public"):
    """Return all that there is in a schema."""
    named = f"(SELECT oid FROM pg_namespace WHERE nspname = '{schema}')"
    columns = "table_name, column_name, data_type, is_nullable, column_default, collation_name"
    queries = (
        f"SELECT {columns} FROM information_schema.columns WHERE table_schema = '{schema}'",
        f"SELECT tablename, indexname FROM pg_indexes WHERE schemaname = '{schema}'",
        f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = {named}",
        f"SELECT sequencename FROM pg_sequences WHERE schemaname = '{schema}'",
    )
    return {row for query in queries for row in execute(url, query)}


def psql(url, script):
    subprocess.run(
        [programs().path("psql"), "--no-psqlrc", "--set=ON_ERROR_STOP=1", to_conninfo(url)],
        input=script,
        text=True,
        capture_output=True,
        check=True,
    )


@pytest.fixture
def at(new_database):
    """Give a function that sets up a database at a revision, with rows, as Fring notes it now."""

    def set_up(revision):
        url = new_database()
        prepare(url)
        downgrade(url, revision)
        execute(url, LOAD)
        for number, (fill, _) in ADDED.items():
            if number <= revision:
                execute(url, fill)
        return url

    return set_up


@pytest.mark.parametrize("revision", revisions())
def test_data_survive_the_way_up_and_all_the_way_down(at, revision):
    url = at(revision)
    rows = everything(url)
    kept = {
        number: execute(url, query).fetchall()
        for number, (_, query) in ADDED.items()
        if number <= revision
    }
    assert [len(found) for found in rows] == [2, 2, 1]
    assert prepare(url, upgrade=True) == HEAD
    assert everything(url) == rows
    for number, found in kept.items():
        assert execute(url, ADDED[number][1]).fetchall() == found
    for older in reversed(revisions()):
        assert downgrade(url, older) == older
        assert everything(url) == rows
        assert state(url) == State(older, HEAD)
        for number, found in kept.items():
            if number <= older:
                assert execute(url, ADDED[number][1]).fetchall() == found
    assert prepare(url, upgrade=True) == HEAD
    assert everything(url) == rows
    assert (
        execute(url, "SELECT password_hash, role FROM users").fetchall() == [(None, "member")] * 2
    ), "the way down has lost them, as it says"
    for table in ("spent_ids", "receipts"):
        assert execute(url, f"SELECT * FROM {table}").fetchall() == []


@pytest.mark.parametrize("revision", revisions())
def test_a_downgrade_leaves_the_tables_as_they_were(new_database, revision):
    url, older = new_database(), new_database()
    prepare(url)
    downgrade(url, revision)
    at_revision(older, revision)
    execute(older, "ALTER TABLE alembic_version RENAME TO fring_version")
    execute(
        older,
        "ALTER TABLE fring_version RENAME CONSTRAINT alembic_version_pkc TO fring_version_pkc",
    )
    assert shape(url) == shape(older)


def test_a_downgrade_that_cannot_hold_the_rows_changes_nothing(at):
    url = at(HEAD)
    execute(url, "UPDATE tasks SET version = 2147483648 WHERE id = 7")
    before = shape(url)
    with pytest.raises(SchemaError, match=r"Cannot downgrade to 0003 database .*out of range"):
        downgrade(url, "0003")
    assert (shape(url), prepare(url)) == (before, HEAD)


def test_a_downgrade_refuses_what_it_cannot_do(at, new_database):
    url = at("0003")
    for revision, said in {
        "base": "'base' would drop all tables",
        "0004": "has revision 0003, which is older than 0004: that is an upgrade",
        "9999": "knows no revision '9999'; there are 0001, ",
        "": "knows no revision ''",
    }.items():
        with pytest.raises(SchemaError, match=said):
            downgrade(url, revision)
    assert state(url).revision == "0003"
    empty = new_database()
    with pytest.raises(SchemaError, match="no tables of Fring's: there is nothing to downgrade"):
        downgrade(empty, "0003", schema="fring")
    assert execute(empty, "SELECT to_regnamespace('fring')").fetchone() == (None,)
    execute(empty, "CREATE TABLE tasks (name text)")
    for ask in (lambda: downgrade(empty, "0003"), lambda: state(empty)):
        with pytest.raises(SchemaError, match="not Fring's: tasks"):
            ask()


def test_a_downgrade_takes_a_schema_and_waits_for_the_lock(new_database, monkeypatch):
    url = new_database()
    prepare(url)
    prepare(url, schema="fring")
    monkeypatch.setattr(alone, "LOCK_SECONDS", 0.2)
    with psycopg.connect(to_conninfo(url)) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [alone.LOCK])
        for ask in (lambda: downgrade(url, "0002", schema="fring"), lambda: state(url)):
            with pytest.raises(StoreUnavailable, match="keeps a lock"):
                ask()
    assert downgrade(url, "0002", schema="fring") == "0002"
    assert state(url, schema="fring") == State("0002", HEAD)
    assert state(url) == State(HEAD, HEAD)


def test_to_ask_for_the_state_changes_nothing(new_database):
    url, former = new_database(), new_database()
    assert state(url) == state(url, schema="fring") == State(None, HEAD)
    assert execute(url, "SELECT to_regnamespace('fring')").fetchone() == (None,)
    at_revision(former, "0004")
    before = shape(former)
    assert state(former) == State("0004", HEAD)
    assert shape(former) == before
    prepare(former, upgrade=True)
    execute(former, "DROP TABLE user_tasks")
    with pytest.raises(SchemaError, match="not all of them; missing: user_tasks"):
        state(former)
    execute(former, "UPDATE fring_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer Fring"):
        state(former)
    with pytest.raises(StoreUnavailable):
        state("postgresql://127.0.0.1:1/fring")


def test_the_state_of_a_database_that_only_reads(at):
    url = at("0004")
    name = execute(url, "SELECT current_database()").fetchone()[0]
    execute(url, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    assert state(url) == State("0004", HEAD)


@pytest.mark.parametrize("schema", [None, "fring", 'My "100%s" :schema'])
def test_a_script_sets_up_what_prepare_does(new_database, schema):
    by_script, by_prepare = new_database(), new_database()
    psql(by_script, upgrade_sql(schema=schema))
    assert prepare(by_script, schema=schema) == prepare(by_prepare, schema=schema) == HEAD
    assert shape(by_script, schema or "public") == shape(by_prepare, schema or "public")
    assert state(by_script).revision == (None if schema else HEAD)


@pytest.mark.parametrize("revision", revisions())
def test_a_script_upgrades_from_each_revision(at, revision):
    url, other = at(revision), at(HEAD)
    rows = everything(url)
    execute(url, upgrade_sql(current=revision))
    assert prepare(url) == HEAD
    assert everything(url) == rows
    assert shape(url) == shape(other)
    with BlockingPostgresStore(url) as store:
        users = run_sync(store.users.list(UserFilter(), Page()))
        assert [user.username for user in users] == ["ann", "bob"]


def test_a_script_mends_rows_that_no_fring_could_read(at):
    url = at("0003")
    execute(url, "UPDATE tasks SET due_date = 'infinity' WHERE id = 7")
    execute(url, upgrade_sql(current="0003"))
    due = execute(url, "SELECT due_date::text FROM tasks WHERE id = 7").fetchone()
    assert due == ("9999-12-31",)


def test_a_script_gives_a_sequence_its_name(at):
    url = at("0002")
    execute(url, 'ALTER SEQUENCE tasks_id_seq RENAME TO "Old ids"')
    execute(url, upgrade_sql(current="0002"))
    assert execute(url, "SELECT to_regclass('tasks_id_seq') IS NULL").fetchone() == (False,)


def test_a_script_for_another_revision_changes_nothing(at, new_database):
    url = at("0003")
    before = shape(url)
    for current, said in {
        None: "already exists",
        "0002": "not of revision 0002, for which this script was written",
        "0004": "not of revision 0004",
    }.items():
        with pytest.raises(psycopg.Error, match=said):
            execute(url, upgrade_sql(current=current))
    assert shape(url) == before
    former = new_database()
    at_revision(former, "0003")
    with pytest.raises(psycopg.Error, match=r"There is no fring_version here.*rename it first"):
        execute(former, upgrade_sql(current="0003"))
    with pytest.raises(SchemaError, match="knows no revision '0'"):
        upgrade_sql(current="0")
    with pytest.raises(ValueError, match="schema is empty"):
        upgrade_sql(schema="")
