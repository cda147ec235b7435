"""Backups: what is restored is what was there, and only Fring's; the folder keeps the newest."""

import re
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Event, Thread

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, SchemaError, prepare, state
from fring_adapters.postgres.backup import BackupError, back_up, restore, restoring
from fring_adapters.postgres.backup.archive import count, lines
from fring_adapters.postgres.backup.programs import programs
from fring_adapters.postgres.setup.older import OLDER
from fring_adapters.postgres.setup.revisions import newest
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import (
    Cause,
    NewTask,
    NewUser,
    Page,
    Receipt,
    Role,
    TaskFilter,
    UserFilter,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE
from tests.serving import await_condition
from tests.stores.older import at_revision, execute

ODD = "tab\t line\n return\r back\\slash \\N \\. 'quoted' \"so\" 😀 ü \x01 %s :name"
DAY = timedelta(days=1)
TABLES = {
    "users",
    "tasks",
    "user_tasks",
    "spent_ids",
    "events",
    "feed",
    "receipts",
    "webhooks",
    "deliveries",
    "rate_limits",
    "fring_version",
}
DROP = (
    "DROP TABLE IF EXISTS {0}users, {0}tasks, {0}user_tasks, {0}spent_ids, {0}events, {0}feed, {0}receipts,"
    " {0}webhooks, {0}deliveries, {0}rate_limits, {0}fring_version"
)


def fill(store):
    """Store something of each kind; return the ids that tasks have had."""
    run_sync(keep(store))
    ann = run_sync(
        store.users.add(NewUser("ann", "ann@example.org"), Cause(utc_now()), "$argon2id$ \\x")
    )
    bob = run_sync(store.users.add(NewUser("bob", "bob@example.org"), Cause(utc_now())))
    run_sync(store.credentials.set_role(ann.id, Role.ADMIN))
    add = store.tasks.add
    shared = [
        run_sync(
            add(
                NewTask("Pack", description=ODD, due_date=date(2024, 2, 29)), None, Cause(utc_now())
            )
        ),
        run_sync(add(NewTask("\\."), None, Cause(utc_now()))),
    ]
    own = run_sync(add(NewTask("\\N", description=""), "ann", Cause(utc_now())))
    run_sync(store.assignments.add(ann.id, shared[0].id, CAUSE))
    run_sync(store.assignments.add(bob.id, shared[0].id, CAUSE))
    ahead = run_sync(add(NewTask("Gone", id=own.id + 2), None, Cause(utc_now())))
    run_sync(store.tasks.remove(ahead.id, None, CAUSE))
    return {*(task.id for task in shared), own.id, ahead.id}


def everything(store):
    """Return all that Fring reads, but for the writer's list."""
    users = run_sync(store.users.list(UserFilter(), Page()))
    shared = run_sync(store.tasks.list(TaskFilter(), Page(), None))
    return [
        list(users),
        list(shared),
        list(run_sync(store.tasks.list(TaskFilter(), Page(), "ann"))),
        [run_sync(store.tasks.get_with_users(task.id, None)) for task in shared],
        [run_sync(store.users.get_with_tasks(user.id)) for user in users],
        [credential(store, user.id) for user in users],
        run_sync(kept(store)),
    ]


async def keep(store):
    async with store.transaction() as inner:
        await inner.receipts.keep(Receipt("ann", "key", ODD, "1", utc_now() + DAY), utc_now())


async def kept(store):
    async with store.transaction() as inner:
        found = await inner.receipts.hold("ann", "key", utc_now())
    assert found is not None
    return found


def credential(store, user_id):
    found = run_sync(store.credentials.get(user_id))
    return found.user, found.password_hash, found.role


@contextmanager
def writing(url, tasks):
    """Put a task of the writer in the place of its last one, over and over."""
    begun, ended = Event(), Event()

    def write():
        with psycopg.connect(to_conninfo(url)) as connection:
            while not ended.is_set():
                connection.execute(f"DELETE FROM {tasks} WHERE owner = 'writer'")
                connection.execute(f"INSERT INTO {tasks} (title, owner) VALUES ('more', 'writer')")
                connection.commit()
                begun.set()

    thread = Thread(target=write)
    thread.start()
    begun.wait()
    yield
    ended.set()
    thread.join()


@pytest.mark.parametrize("schema", [None, "fring", 'My "100%s" :schema\\'])
def test_what_is_restored_is_what_was_there(new_database, tmp_path, schema):
    url = new_database()
    prepare(url, schema=schema)
    with BlockingPostgresStore(url, schema=schema) as store:
        had = fill(store)
        before = everything(store)
    name = '"{}".'.format((schema or "public").replace('"', '""'))
    with writing(url, f"{name}tasks"):
        file = back_up(url, tmp_path, schema=schema)
    execute(url, DROP.format(name))
    assert restore(url, file, schema=schema) == newest()
    assert prepare(url, schema=schema) == newest()
    with BlockingPostgresStore(url, schema=schema) as store:
        assert everything(store) == before
        [last] = run_sync(store.tasks.list(TaskFilter(), Page(), "writer"))
        new = [
            run_sync(store.tasks.add(NewTask("new"), None, Cause(utc_now()))).id for _ in range(5)
        ]
    assert not had & set(new)
    assert min(new) > last.id


def test_no_id_comes_back(new_database, tmp_path):
    url, other = new_database(), new_database()
    prepare(url)
    with BlockingPostgresStore(url) as store:
        had = fill(store)
    restore(other, back_up(url, tmp_path))
    with BlockingPostgresStore(other) as store:
        new = [
            run_sync(store.tasks.add(NewTask("new"), None, Cause(utc_now()))).id for _ in range(2)
        ]
    assert new[0] == max(had) - 1
    assert new[1] > max(had), "that one was given up before it was drawn"


def test_a_table_that_is_rewritten_meanwhile_is_not_empty(new_database, tmp_path):
    url = new_database()
    prepare(url)
    execute(url, "INSERT INTO tasks (title) VALUES ('task')")
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as thread, psycopg.connect(to_conninfo(url)) as other:
        other.execute("ALTER TABLE tasks ALTER COLUMN version TYPE numeric")
        made = thread.submit(back_up, url, tmp_path)
        await_condition(lambda: execute(url, waiting).fetchone() == (1,))
        other.commit()
    assert count(made.result())["public", "tasks"] == 1


def test_a_connection_string_will_do(new_database, tmp_path):
    url = new_database()
    prepare(url)
    words = make_conninfo("", **conninfo_to_dict(to_conninfo(url)))
    file = back_up(words, str(tmp_path))
    execute(url, DROP.format(""))
    assert restore(words, str(file)) == newest()


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_database_can_be_restored_and_upgraded(new_database, tmp_path, revision):
    url, other = new_database(), new_database()
    at_revision(url, revision)
    execute(url, "INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org')")
    execute(url, "INSERT INTO tasks (title) VALUES ('task'); INSERT INTO user_tasks VALUES (1, 1)")
    file = back_up(url, tmp_path)
    assert state(url).revision == revision
    assert execute(url, "SELECT to_regclass('fring_version')").fetchone() == (None,), "unchanged"
    assert restore(other, file) == revision
    assert prepare(other, upgrade=True) == newest()
    with BlockingPostgresStore(other) as store:
        found = run_sync(store.tasks.get_with_users(1, None))
        assert found is not None
        assert [user.username for user in found.users] == ["ann"]


def test_a_backup_holds_fring_and_nothing_else(new_database, tmp_path):
    url, other = new_database(), new_database()
    for place in (url, other):
        execute(place, "CREATE TABLE users (id int); CREATE TABLE alembic_version (x int)")
    prepare(url, schema="fring")
    execute(url, "CREATE TABLE fring.orders (task bigint REFERENCES fring.tasks)")
    file = back_up(url, tmp_path, schema="fring")
    assert count(file) == {("fring", name): int(name == "fring_version") for name in TABLES}
    assert restore(other, file, schema="fring") == newest()
    assert prepare(other, schema="fring") == newest()
    assert execute(other, "SELECT to_regclass('fring.orders')").fetchone() == (None,)


def test_a_restore_leaves_no_setting_behind(new_database, tmp_path):
    """A PgBouncer would hand it on to whoever comes next."""
    url, other = new_database(), new_database()
    prepare(url)
    file = back_up(url, tmp_path)
    settings = "SELECT name, setting FROM pg_settings ORDER BY name"
    with psycopg.connect(to_conninfo(other)) as connection:
        before = connection.execute(settings).fetchall()
        connection.commit()
        restoring._run(lines(file), connection)
        connection.commit()
        assert connection.execute(settings).fetchall() == before
    assert prepare(other) == newest()


def test_roles_and_rights_stay_behind(new_database, tmp_path):
    url, other = new_database(), new_database()
    prepare(url)
    execute(url, "CREATE ROLE fring_backup_guest")
    try:
        execute(url, "GRANT SELECT ON tasks TO fring_backup_guest")
        execute(url, "ALTER TABLE users OWNER TO fring_backup_guest")
        file = back_up(url, tmp_path)
    finally:
        execute(url, "ALTER TABLE users OWNER TO CURRENT_USER")
        execute(url, "DROP OWNED BY fring_backup_guest; DROP ROLE fring_backup_guest")
    assert restore(other, file) == newest()


def test_a_restore_is_refused_where_something_is_in_the_way(new_database, tmp_path):
    url, other = new_database(), new_database()
    prepare(url)
    prepare(url, schema="fring")
    file, of_schema = back_up(url, tmp_path), back_up(url, tmp_path, schema="fring")
    with pytest.raises(
        SchemaError, match=r"tables already: deliveries, events, .*fring_version, .*drop these"
    ):
        restore(url, file)
    with pytest.raises(SchemaError, match=r"the schema 'fring', .* stands for 'public': restore"):
        restore(other, of_schema)
    with pytest.raises(SchemaError, match=r"the schema 'public', .* stands for 'todo': restore"):
        restore(other, file, schema="todo")
    execute(url, "UPDATE fring_version SET version_num = '0004'")
    execute(url, "ALTER TABLE tasks DROP COLUMN owner")
    ghost = back_up(url, tmp_path)
    execute(other, "CREATE TABLE tasks (name text)")
    with pytest.raises(SchemaError, match="tables already: tasks"):
        restore(other, ghost)
    execute(other, "DROP TABLE tasks; CREATE TABLE uq_users_email (name text)")
    with pytest.raises(SchemaError, match=r"Cannot restore .*uq_users_email.* already exists"):
        restore(other, file)
    found = "SELECT to_regclass('users'), to_regclass('fring_version'), to_regnamespace('todo')"
    assert execute(other, found).fetchone() == (None, None, None)


def test_a_backup_of_a_newer_fring_is_refused(new_database, tmp_path, monkeypatch):
    url, other = new_database(), new_database()
    prepare(url)
    file = back_up(url, tmp_path)
    for module in ("checks", "schema"):
        monkeypatch.setattr(f"fring_adapters.postgres.setup.{module}.revisions", lambda: ("0001",))
    with pytest.raises(SchemaError, match="newer Fring"):
        restore(other, file)
    with pytest.raises(SchemaError, match="newer Fring"):
        back_up(url, tmp_path)
    assert execute(other, "SELECT to_regclass('users')").fetchone() == (None,)


@pytest.mark.parametrize("schema", [None, "fring"])
def test_nothing_is_no_backup(new_database, tmp_path, schema):
    with pytest.raises(SchemaError, match="there is nothing to back up"):
        back_up(new_database(), tmp_path, schema=schema)
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_backups_are_refused(new_database, tmp_path):
    url = new_database()
    letter = tmp_path / "letter.txt"
    letter.write_text("mine")
    for file in (letter, tmp_path / "absent.dump"):
        with pytest.raises(BackupError, match=rf"{file} is no whole backup: pg_restore failed"):
            restore(url, file)


def test_a_backup_of_something_else_is_refused(new_database, tmp_path):
    url, other = new_database(), new_database()
    theirs = tmp_path / "theirs.dump"
    execute(url, "CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num varchar(32))")
    pg_dump = programs().path("pg_dump")
    subprocess.run([pg_dump, "-Fc", f"--file={theirs}", to_conninfo(url)], check=True)
    execute(other, "CREATE SCHEMA app")
    with pytest.raises(SchemaError, match=r"Cannot restore .* schema \"app\" already exists"):
        restore(other, theirs, schema="app")
    with pytest.raises(SchemaError, match=r"the schema 'app', .* stands for 'public'"):
        restore(other, theirs)
    subprocess.run(
        [pg_dump, "-Fc", "--table=app.*", f"--file={theirs}", to_conninfo(url)], check=True
    )
    with pytest.raises(BackupError, match="holds no tables of Fring's"):
        restore(other, theirs, schema="app")
    assert execute(other, "SELECT to_regclass('app.alembic_version')").fetchone() == (None,)


def test_a_file_is_for_its_owner_alone(new_database, tmp_path):
    url = new_database()
    prepare(url)
    file = back_up(url, tmp_path / "new" / "backups")
    assert re.fullmatch(r"fring-20\d{6}T\d{6}Z\.dump", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_newest_are_kept_and_what_is_not_a_backup_too(new_database, tmp_path):
    url = new_database()
    prepare(url)
    old = [f"fring-2024010{number}T000000Z.dump" for number in range(1, 5)]
    later = "fring-29990101T000000Z.dump"  # the clock was wrong
    others = ["fring-2024.dump", "fring-20240101T000000Z.dump.gpg", "xfring-20240101T000000Z.dump"]
    for name in [*old, later, *others]:
        (tmp_path / name).write_text("old")
    made = back_up(url, tmp_path, keep=3)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {made.name, old[-1], later, *others}
    assert count(made)
    made = back_up(url, tmp_path, keep=1)
    assert {path.name for path in tmp_path.iterdir()} == {made.name, *others}
    with pytest.raises(ValueError, match="keep must be at least 1, not 0"):
        back_up(url, tmp_path, keep=0)


def test_backups_of_the_same_second_do_not_clash(new_database, tmp_path):
    url = new_database()
    prepare(url)
    with ThreadPoolExecutor(3) as threads:
        made = set(threads.map(lambda _: back_up(url, tmp_path), range(3)))
    assert made == set(tmp_path.iterdir())
    assert len(made) == 3
