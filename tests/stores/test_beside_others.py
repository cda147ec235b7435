"""Fring's revision is in a table of its own, beside programs that use Alembic as well."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from alembic.config import Config

from fring_adapters.postgres import SchemaError, prepare
from fring_adapters.postgres.setup.alone import engine
from fring_adapters.postgres.setup.older import OLDER
from tests.stores.older import at_revision, execute

HEAD = "0012"
HOSTS: tuple[list[str], ...] = ([], ["0001"], ["0002"], [HEAD], ["abc123"], ["0001", "0002"])
ROWS = "SELECT version_num FROM alembic_version ORDER BY 1"
OURS = "SELECT version_num FROM fring_version"
LOAD = """
    INSERT INTO users (username, email) VALUES ('ann', 'ann@example.org');
    INSERT INTO tasks (title, version) VALUES ('task', 3);
    INSERT INTO user_tasks VALUES (1, 1);
"""
LOADED = "SELECT username, title, tasks.version, user_id FROM users, tasks, user_tasks"


def host(url, revisions):
    execute(
        url,
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
    )
    execute(url, "CREATE TABLE invoices (id int)")
    for revision in revisions:
        execute(url, f"INSERT INTO alembic_version VALUES ('{revision}')")


def is_there(url, table):
    return execute(url, f"SELECT to_regclass('{table}') IS NOT NULL").fetchone() == (True,)


@pytest.mark.parametrize("revisions", HOSTS)
def test_a_host_that_was_there_first_has_to_be_lived_with_by_name(new_database, revisions):
    url = new_database()
    host(url, revisions)
    for upgrade in (True, False):
        with pytest.raises(SchemaError, match=r"not Fring's: alembic_version; FRING_SCHEMA=fring"):
            prepare(url, upgrade=upgrade)
    assert not is_there(url, "tasks")
    for name in ("fring", "public"):
        assert prepare(url, schema=name) == HEAD
    assert prepare(url) == HEAD
    assert execute(url, ROWS).fetchall() == [(revision,) for revision in revisions]


@pytest.mark.parametrize("revisions", HOSTS)
def test_a_host_may_come_later(new_database, revisions):
    url = new_database()
    prepare(url)
    host(url, revisions)
    assert prepare(url) == prepare(url, upgrade=True) == HEAD
    assert execute(url, ROWS).fetchall() == [(revision,) for revision in revisions]


def test_alembic_of_a_host_goes_on_before_and_after(new_database, tmp_path):
    url = new_database()
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(
        "from alembic import context\n"
        "context.configure(connection=context.config.attributes['connection'])\n"
        "context.run_migrations()\n"
    )
    for number, before in ((1, None), (2, "0001"), (3, "0002")):
        (tmp_path / "versions" / f"{number}.py").write_text(
            f"from alembic import op\nrevision, down_revision = '000{number}', {before!r}\n"
            f"def upgrade(): op.execute('CREATE TABLE theirs_{number} ()')\n"
        )

    def upgrade(revision):
        config = Config()
        config.set_main_option("script_location", str(tmp_path))
        with engine(url).begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)

    upgrade("0002")
    assert prepare(url, schema="public") == HEAD
    upgrade("0003")
    assert prepare(url) == HEAD
    assert is_there(url, "theirs_3")
    assert execute(url, ROWS).fetchall() == [("0003",)]


@pytest.mark.parametrize("revision", OLDER)
def test_an_older_database_is_moved_over_with_its_data(new_database, revision):
    url = new_database()
    at_revision(url, revision)
    execute(url, LOAD)
    execute(url, "GRANT SELECT ON alembic_version TO public")
    execute(url, "CREATE EXTENSION pg_stat_statements")  # its views are no program's
    assert prepare(url, upgrade=revision != HEAD) == HEAD
    assert execute(url, LOADED).fetchall() == [("ann", "task", 3, 1)]
    assert not is_there(url, "alembic_version")
    granted = "SELECT has_table_privilege('pg_monitor', 'fring_version', 'SELECT')"
    assert execute(url, granted).fetchone() == (True,)
    host(url, ["0001"])  # whose names must be free
    assert prepare(url) == HEAD


@pytest.mark.parametrize(
    "theirs",
    [
        "CREATE TABLE invoices (id int)",
        "CREATE SCHEMA app; CREATE VIEW app.open AS SELECT 1 AS one",
        "ALTER TABLE tasks ADD COLUMN estimate int",
    ],
)
def test_a_table_that_others_may_share_keeps_its_row(new_database, caplog, theirs):
    url = new_database()
    at_revision(url, "0004")
    execute(url, theirs)
    assert prepare(url, upgrade=True) == HEAD
    assert execute(url, OURS).fetchall() == [(HEAD,)]
    assert execute(url, ROWS).fetchall() == [("0004",)]
    assert "alembic_version still says 0004" in caplog.text
    caplog.clear()
    assert prepare(url) == HEAD
    assert "alembic_version" not in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE alembic_version SET version_num = 'abc123'",
        "UPDATE alembic_version SET version_num = '0002'",
        "INSERT INTO alembic_version VALUES ('abc123')",
        "DELETE FROM alembic_version",
        "ALTER TABLE tasks DROP COLUMN due_date",
        "ALTER TABLE users ALTER COLUMN username TYPE text",
        "ALTER TABLE users DROP CONSTRAINT uq_users_email",
        "DROP TABLE spent_ids",
    ],
)
def test_what_may_be_somebody_elses_is_not_moved_over(new_database, change):
    url = new_database()
    at_revision(url, HEAD)
    execute(url, change)
    with pytest.raises(SchemaError, match=r"not Fring's: .*tasks.*FRING_SCHEMA=fring"):
        prepare(url, upgrade=True)
    assert is_there(url, "alembic_version")
    assert not is_there(url, "fring_version")
    assert prepare(url, schema="fring") == HEAD


def test_an_older_database_that_may_not_be_upgraded_is_not_moved_either(new_database):
    url = new_database()
    at_revision(url, "0004")
    with pytest.raises(SchemaError, match="older Fring"):
        prepare(url)
    assert not is_there(url, "fring_version")


def test_starts_at_once_move_an_older_database_over_once(new_database):
    url = new_database()
    at_revision(url, "0001")
    execute(url, LOAD)
    with ThreadPoolExecutor(4) as threads:
        heads = threads.map(lambda _: prepare(url, upgrade=True), range(4))
        assert set(heads) == {HEAD}
    assert execute(url, OURS).fetchall() == [(HEAD,)]
    assert execute(url, LOADED).fetchall() == [("ann", "task", 3, 1)]


def test_tables_that_are_gone_are_missed(new_database):
    url = new_database()
    prepare(url)
    execute(url, "DROP TABLE user_tasks")
    with pytest.raises(SchemaError, match=r"not all of them; missing: user_tasks; restore"):
        prepare(url, upgrade=True)
