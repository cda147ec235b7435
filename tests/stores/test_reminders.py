"""Reminders in PostgreSQL: of rows that plain SQL has written, by what index, at which cost."""

import io

import psycopg
import pytest

from fring_adapters import open_postgres
from fring_adapters.postgres.bulk.exporting import export_to
from fring_adapters.postgres.bulk.importing import import_from
from fring_adapters.postgres.sql.reminders import REMIND
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import TaskStatus

LOAD = """
    INSERT INTO tasks (id, title, status, owner, remind_at) VALUES
        (1, 'due', 'todo', NULL, '2024-02-29'), (2, 'due', 'in_progress', 'ann', '2024-03-01'),
        (3, 'done', 'completed', NULL, '2024-02-29'), (4, 'later', 'todo', NULL, '2924-02-29'),
        (5, 'none', 'todo', NULL, NULL), (6, 'done later', 'todo', NULL, '2024-02-29');
    UPDATE tasks SET status = 'canceled' WHERE id = 6;
"""


@pytest.fixture
def connection(database_url, empty):
    empty()
    with psycopg.connect(to_conninfo(database_url), autocommit=True) as connection:
        connection.execute(LOAD)
        yield connection


@pytest.fixture
def fring(database_url, connection):
    with open_postgres(database_url) as fring:
        yield fring


def reminded(fring):
    """Remind of all that is due; return which it was."""
    before = fring.events.latest()
    fring.reminders.fire()
    return [event.task_id for event in fring.events.page(before).items]


def test_what_plain_sql_has_loaded_is_reminded_of_unless_it_is_final(fring):
    assert reminded(fring) == [1, 2]
    for task_id in (3, 6):
        fring.tasks.set_status(task_id, TaskStatus.TODO)
    assert reminded(fring) == [], "it was final"


def test_who_came_from_a_file_is_reminded_of_what_was_not(fring, database_url, empty):
    fring.reminders.fire(1)
    file = io.BytesIO()
    export_to(database_url, file)
    empty()
    import_from(database_url, io.BytesIO(file.getvalue()))
    assert reminded(fring) == [2]
    assert fring.tasks.get(4).reminds_at is not None


def test_those_that_are_still_to_come_are_found_in_an_index(connection):
    connection.execute(
        "INSERT INTO tasks (id, title, remind_at, disarmed)"
        " SELECT n, 't', now() + n * interval '1 s', n < 3000 FROM generate_series(100, 5000) AS n"
    )
    connection.execute("ANALYZE tasks")
    asked = {"limit": 100, "actor": None, "request_id": None, "wordy": True}
    plan = connection.execute(f"EXPLAIN {REMIND.anywhere.decode()}", asked).fetchall()
    assert any("ix_tasks_remind_at_id" in line for (line,) in plan)


@pytest.mark.parametrize("task_id", [4, 5])
def test_a_change_of_something_else_touches_no_index(connection, task_id):
    with connection.transaction():
        connection.execute(
            "UPDATE tasks SET description = 'x', remind_at = remind_at, disarmed = disarmed"
            " WHERE id = %s",
            (task_id,),
        )
        [(number,)] = connection.execute(
            "SELECT n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'tasks'"
        )
    assert number == 1


@pytest.mark.parametrize("moment", ["infinity", "-infinity", "10000-01-01", "0001-01-01"])
def test_what_python_has_no_moment_for_is_refused(connection, moment):
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_tasks_remind_at"):
        connection.execute("UPDATE tasks SET remind_at = %s WHERE id = 1", (moment,))
