"""What a connection keeps from one statement to the next: its cursor, and the plan of a statement."""

import pytest
from psycopg import _queries

from fring_adapters.clock import utc_now
from fring_adapters.postgres import PoolSettings
from fring_adapters.postgres.wire.cursors import MOST_KEPT
from fring_adapters.postgres.wire.statement import Statement
from fring_core import Fring, NewTask, NewUser, Page, TaskFilter, UsernameTaken
from tests.stores.test_deadlines import opened_as

CUSTOM_PLANS = 5  # that PostgreSQL makes before it weighs one plan for all


@pytest.fixture(params=["async", "blocking"])
def opened(request, database_url, sql):
    """Give Fring on one connection, that connection, and a function that runs a coroutine."""
    with opened_as(request.param, database_url, PoolSettings(size=1)) as (store, run):
        [connection] = store._pool._pool
        yield Fring(store, clock=utc_now), connection, run


def test_a_cursor_is_kept_unless_it_holds_much(opened):
    fring, connection, run = opened
    run(fring.tasks.create_many([NewTask("task")] * (MOST_KEPT + 1)))
    run(fring.tasks.list(page=Page(limit=MOST_KEPT - 1)))  # one row more is read
    kept = connection.kept_cursor()
    assert not kept.closed
    assert run(fring.tasks.count()) == MOST_KEPT + 1
    assert connection.kept_cursor() is kept
    assert len(run(fring.tasks.list(page=Page(limit=MOST_KEPT)))) == MOST_KEPT
    assert kept.closed
    assert run(fring.tasks.count()) == MOST_KEPT + 1
    assert connection.kept_cursor() is not kept


def test_a_cursor_goes_on_after_an_error(opened):
    fring, _, run = opened
    ann = NewUser("ann", "ann@example.org")
    user = run(fring.users.create(ann))
    with pytest.raises(UsernameTaken):
        run(fring.users.create(ann))
    assert run(fring.users.get(user.id)) == user


def test_a_statement_is_not_planned_for_each_call(opened, sql):
    fring, connection, run = opened
    [task, *_] = run(fring.tasks.create_many([NewTask("task")] * 1000))
    sql.execute("ANALYZE tasks")
    sql.commit()
    for _ in range(2 * CUSTOM_PLANS):
        run(fring.tasks.get(task.id))
    plans = Statement(
        b"SELECT custom_plans, generic_plans FROM pg_prepared_statements"
        b" WHERE statement LIKE '%%FROM unnest%%JOIN tasks%%' AND statement NOT LIKE '%%users%%'",
        reads=True,
    )
    [(custom, generic)] = run(fring._store._pool.execute(connection, plans, {}))
    assert custom <= CUSTOM_PLANS < custom + generic


def test_a_statement_is_taken_apart_once(opened, monkeypatch):
    """What psycopg finds too long to keep, it would take apart for each call."""
    fring, _, run = opened
    parts: list[bytes] = []
    split = _queries._split_query

    def splitting(query, *more):
        parts.append(query)
        return split(query, *more)

    monkeypatch.setattr(_queries, "_split_query", splitting)

    def all_of_it():
        user = run(fring.users.create(NewUser("ann", "ann@example.org")))
        task = run(fring.tasks.create(NewTask("task")))
        run(fring.tasks.toggle(task.id))
        run(fring.assignments.add(user=user.id, task=task.id))
        run(fring.tasks.list(TaskFilter(assigned=True), Page(skip=1)))
        run(fring.assignments.remove(user=user.id, task=task.id))
        run(fring.tasks.delete(task.id))
        run(fring.users.delete(user.id))

    all_of_it()
    parts.clear()
    all_of_it()
    assert parts == []
