"""Every field of an entity survives the way into a row and back."""

from datetime import UTC, date, datetime, timedelta, timezone

import attrs
from hypothesis import given
from hypothesis import strategies as st

from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_core import Task, TaskStatus, User
from fring_core.testing import texts

moments = st.datetimes(timezones=st.just(UTC))
anything = texts(50)
users = st.builds(User, st.integers(1), anything, anything, moments, st.integers(1, 2**31 - 1))
tasks = st.builds(
    Task,
    id=st.integers(1),
    title=anything,
    description=st.none() | anything,
    status=st.sampled_from(TaskStatus),
    created_at=moments,
    updated_at=moments,
    owner=st.none() | anything,
    due_date=st.none() | st.dates(),
    version=st.integers(1, 2**31 - 1),
)


@given(users)
def test_user_round_trip(user):
    columns = [column.name for column in USERS.columns]
    back = USERS.entity(tuple(USERS.parameters(user)[name] for name in columns))
    assert attrs.asdict(back) == attrs.asdict(user)  # version included


@given(tasks)
def test_task_round_trip(task):
    columns = [column.name for column in TASKS.columns]
    parameters = TASKS.parameters(task)
    assert type(parameters["status"]) is str
    back = TASKS.entity(tuple(parameters[name] for name in columns))
    assert type(back.status) is TaskStatus
    assert attrs.asdict(back) == attrs.asdict(task)


def test_rows_name_every_field():
    assert {c.name for c in USERS.columns} == {field.name for field in attrs.fields(User)}
    assert {c.name for c in TASKS.columns} == {field.name for field in attrs.fields(Task)}


def test_times_of_another_zone_are_turned_to_utc():
    there = timezone(timedelta(hours=5, minutes=45))
    moment = datetime(2024, 1, 1, 2, 30, tzinfo=there)
    user = USERS.entity((1, "ann", "a@b.c", moment, 1))
    assert user.created_at == moment
    assert user.created_at.tzinfo is UTC


def test_dates_are_dates():
    row = (1, "t", None, "todo", datetime.now(UTC), datetime.now(UTC), None, date(2024, 2, 29), 1)
    assert TASKS.entity(row).due_date == date(2024, 2, 29)
