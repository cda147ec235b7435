"""Hypothesis strategies for the steps of a random history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import neg
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from fring_core import Cause, Page, Place, Role, Side, TaskFilter, TaskOrder, UserFilter
from fring_core.ids import MAX_CHOSEN_ID
from fring_core.testing import strategies as values
from fring_core.testing.contract.examples import OWNERS
from fring_core.testing.contract.moments import MOMENTS as EDGES
from fring_core.testing.histories.steps import Block, Call

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def _one_of(strategies: Sequence[st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """Draw from a strategy as often as it is named, where `st.one_of` drops what it has already."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def _pool(few: Sequence[T], others: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """Draw one of a few mostly, so that names clash and filters find something."""
    return _one_of([*[st.sampled_from(few)] * 4, others])


NAMES = _pool(("ann", "Ann", "bob", "a%", "a_", "a\u0301", "7", "07", "a "), values.usernames())
EMAILS = _pool(("a@e.o", "A@e.o", "b@e.o", "a_@e.o", "a%@e.o", "a+b@e.o"), values.emails())
TITLES = _pool(
    ("a", "A", " a", "a%b", "a_b", "a\\b", "\ufffd", "😀", "10", "9", "1e1", "a\n"), values.titles()
)
# Two are the lists of users, if these have passwords.
LISTS = (*OWNERS, "1", "2")
OWNER = st.sampled_from((*[None] * 6, *OWNERS * 2, *LISTS[-2:], "", "ann ", "null", "01"))
START = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
# Beyond what 64 bits hold, too; some are 1 to a careless column.
IMPOSSIBLE_IDS = (0, -1, 2**63, -(2**63) - 1, 2**64 + 1, 10**30)
HASHES = st.sampled_from(("", "a", "b"))
# The clock may stand still, or go back, by a microsecond or by an hour.
TICKS = st.sampled_from((0, 0, 1, -1)) | st.integers(-(10**6), 36 * 10**8)
# A version that is expected: any mostly, else one that a row may have, or has had.
VERSION = _one_of([*[st.none()] * 4, st.integers(1, 3)])
MOMENTS = _one_of(
    [*[TICKS.map(lambda ticks: START + timedelta(microseconds=ticks))] * 5, st.sampled_from(EDGES)]
)
CAUSES = st.builds(Cause, MOMENTS, st.sampled_from((None, "ann")), st.sampled_from((None, "a")))


def _known(kind: str) -> st.SearchStrategy[int]:
    """Draw ids of rows that there are: the machine that runs the history knows them."""
    return st.runner().flatmap(lambda machine: st.sampled_from(machine.ids[kind]))


def _ids(kind: str) -> st.SearchStrategy[int]:
    """Draw ids that are there mostly, else some that are not."""
    return _one_of([*[_known(kind)] * 12, st.integers(1, 30)])


def _and_impossible(ids: st.SearchStrategy[int]) -> st.SearchStrategy[int]:
    """Draw these ids mostly, else some that no row can have."""
    impossible = (st.sampled_from(IMPOSSIBLE_IDS), ids.map(neg), ids.map(_far_beyond))
    return _one_of([*[ids] * 12, *impossible])


def _far_beyond(number: int) -> int:
    return 2**64 + number  # the same in 64 bits


def _pages_after(kind: str, order: TaskOrder = TaskOrder.BY_ID) -> st.SearchStrategy[Page]:
    """Draw pages behind a place in an order, where a row stands at times."""
    places = st.builds(Place, _ids(kind), VALUES[order])
    return st.builds(Page, st.integers(0, 1), st.integers(0, 3), places)


def _tasks_after(order: TaskOrder) -> st.SearchStrategy[tuple[Any, ...]]:
    """Draw what a list of tasks in an order is asked for, behind a place."""
    return st.tuples(TASK_FILTERS, _pages_after("task", order), OWNER, st.just(order))


def _chosen(kind: str) -> st.SearchStrategy[int | None]:
    """Draw None mostly, else an id in use or one that a sequence will come to."""
    ahead = st.tuples(_known(kind), st.integers(0, 3)).map(
        lambda known_and_step: min(sum(known_and_step), MAX_CHOSEN_ID)
    )
    small = st.integers(1, 30)
    return _one_of([*[st.none(), st.none(), ahead, small] * 2, st.just(MAX_CHOSEN_ID)])


# What a place in an order names beside an id.
VALUES: dict[TaskOrder, st.SearchStrategy[Any]] = {
    TaskOrder.BY_ID: st.none(),
    TaskOrder.NEWEST_FIRST: MOMENTS,
    TaskOrder.BY_TITLE: TITLES,
}
USER, TASK = _ids("user"), _ids("task")
ANY_USER, ANY_TASK = (_and_impossible(each) for each in (USER, TASK))
SIDES = st.sampled_from(Side)
NEW_USER = values.new_users(NAMES, EMAILS, _chosen("user"))
NEW_TASK = values.new_tasks(TITLES, _chosen("task"))
USER_CHANGES, TASK_CHANGES = values.user_changes(NAMES, EMAILS), values.task_changes(TITLES)
SHORT = st.builds(Page, st.integers(0, 2), st.integers(0, 3))
PAGES = _one_of([*[st.just(Page())] * 2, SHORT, values.pages()])
STATUS = values.statuses()
NEEDLES = _pool(("a", "A", "%", "_", "\\", "*", ".", " ", "1", "+", "\n"), values.needles())
# Few conditions mostly: what meets many is nothing, and an empty list shows little.
USER_FILTERS = _one_of(
    [
        st.just(UserFilter()),
        *[st.builds(UserFilter, username=NEEDLES)] * 2,
        st.builds(UserFilter, email=NEEDLES),
        values.user_filters(NEEDLES),
    ]
)
TASK_FILTERS = _one_of(
    [
        *[st.just(TaskFilter())] * 3,
        *[st.builds(TaskFilter, title=NEEDLES)] * 2,
        st.builds(TaskFilter, STATUS),
        st.builds(TaskFilter, assigned=st.booleans()),
        st.builds(TaskFilter, completed=st.booleans()),
        values.task_filters(NEEDLES),
    ]
)


def _calls(
    method: str, *arguments: st.SearchStrategy[Any], **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[Call]:
    return _calls_with(method, st.tuples(*arguments), **options)


def _calls_with(
    method: str, arguments: st.SearchStrategy[tuple[Any, ...]], **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[Call]:
    return st.builds(Call, st.just(method), arguments, st.fixed_dictionaries(options), MOMENTS)


ADD_USER = _calls("store.users.add", NEW_USER, CAUSES, st.none() | HASHES)
ADD_TASK = _calls("store.tasks.add", NEW_TASK, OWNER, CAUSES)
NEW_TASKS = st.lists(NEW_TASK, max_size=4)
ADD_TASKS = _calls("store.tasks.add_many", NEW_TASKS, OWNER, CAUSES)
ASSIGN = _calls("store.assignments.add", USER, TASK, CAUSES)
LIST_USERS = _calls("store.users.list", USER_FILTERS, PAGES)
LIST_TASKS = _calls("store.tasks.list", TASK_FILTERS, PAGES, OWNER, values.task_orders())
CHANGE_USER = _calls("change_user", USER, USER_CHANGES, refused=st.booleans())
CHANGE_TASK = _calls("change_task", TASK, OWNER, TASK_CHANGES, refused=st.booleans())
CHANGE_TASKS = _calls(
    "change_tasks", st.lists(TASK, max_size=4), OWNER, TASK_CHANGES, refused=st.booleans()
)
# At a moment that is between those of all reminders, by any clock.
REMIND = _calls("store.tasks.remind", st.integers(0, 3) | st.just(1000), st.just(Cause(START)))
FIND_CREDENTIAL = _calls("store.credentials.find", st.none() | NAMES, st.none() | EMAILS)
REPLACE_HASH = _calls("replace_hash", USER, HASHES, stale=st.booleans())
SET_ROLE = _calls("store.credentials.set_role", USER, st.sampled_from(Role))
CREATE_USER = _calls("fring.users.create", NEW_USER)
CREATE_TASK = _calls("fring.tasks.create", NEW_TASK, owner=OWNER)
ASSIGN_TASK = _calls("fring.assignments.add", user=ANY_USER, task=ANY_TASK, first=SIDES)
FIND_USERS = _calls("fring.users.list", USER_FILTERS, PAGES)
FIND_TASKS = _calls(
    "fring.tasks.list", TASK_FILTERS, PAGES, owner=OWNER, order=values.task_orders()
)
UPDATE_TASK = _calls("fring.tasks.update", ANY_TASK, TASK_CHANGES, owner=OWNER, version=VERSION)
USE_CASES = (
    CREATE_USER,
    FIND_USERS,
    _calls("fring.users.get", ANY_USER),
    _calls("fring.users.get_with_tasks", ANY_USER),
    _calls("fring.users.find", username=NAMES),
    _calls("fring.users.count", USER_FILTERS),
    _calls("fring.users.update", ANY_USER, USER_CHANGES, version=VERSION),
    _calls("fring.users.delete", ANY_USER, version=VERSION),
    _calls("fring.assignments.tasks_of", ANY_USER, st.none() | STATUS, st.none() | PAGES),
    ASSIGN_TASK,
    _calls("fring.assignments.remove", user=ANY_USER, task=ANY_TASK, first=SIDES),
    CREATE_TASK,
    FIND_TASKS,
    _calls("fring.tasks.get", ANY_TASK, owner=OWNER),
    _calls("fring.tasks.get_with_users", ANY_TASK, owner=OWNER),
    _calls("fring.tasks.count", TASK_FILTERS, owner=OWNER),
    UPDATE_TASK,
    _calls("fring.tasks.set_status", ANY_TASK, STATUS, owner=OWNER, version=VERSION),
    _calls("fring.tasks.toggle", ANY_TASK, owner=OWNER, version=VERSION),
    _calls("fring.tasks.delete", ANY_TASK, owner=OWNER, version=VERSION),
    _calls("fring.assignments.users_of", ANY_TASK, st.none() | PAGES),
)
CALLS = (
    *[ADD_USER, ADD_TASK, ADD_TASK, ASSIGN, ASSIGN] * 2,  # or too little would be there to find
    *[LIST_USERS, LIST_TASKS] * 6,  # which have the most ways to be wrong
    *[ADD_TASKS, CHANGE_TASKS, REMIND] * 2,
    *[CHANGE_USER, CHANGE_TASK, FIND_CREDENTIAL, REPLACE_HASH, SET_ROLE] * 2,
    *[_calls_with("store.tasks.list", values.task_orders().flatmap(_tasks_after))] * 3,
    *[_calls("store.users.list", USER_FILTERS, _pages_after("user"))] * 2,
    _calls("store.credentials.get", USER),
    _calls("store.users.get", USER),
    _calls("store.users.count", USER_FILTERS),
    _calls("store.tasks.count", TASK_FILTERS, OWNER),
    _calls("store.users.get_with_tasks", USER),
    _calls("store.users.remove", USER, CAUSES, version=VERSION),
    _calls("store.tasks.get", TASK, OWNER),
    _calls("store.tasks.get_with_users", TASK, OWNER),
    _calls("store.tasks.remove", TASK, OWNER, CAUSES, version=VERSION),
    _calls("store.assignments.remove", USER, TASK, CAUSES),
    _calls("store.assignments.tasks_of", USER, st.none() | STATUS),
    _calls("store.assignments.users_of", TASK),
    _calls("store.assignments.tasks_of", USER, st.none() | STATUS, _pages_after("task")),
    _calls("store.assignments.users_of", TASK, _pages_after("user")),
    # Not among the use cases: what has Fring's methods, as a client, may refuse these.
    _calls("fring.tasks.create_many", NEW_TASKS, owner=OWNER),
    _calls("fring.tasks.update_many", st.lists(ANY_TASK, max_size=4), TASK_CHANGES, owner=OWNER),
    *USE_CASES,
)


def additions() -> st.SearchStrategy[Call]:
    """Draw calls that add a user or a task."""
    return ADD_USER | ADD_TASK


def assignment(user_id: int, task_id: int) -> Call:
    """Return the call that assigns a task to a user."""
    return Call("store.assignments.add", (user_id, task_id, Cause(START)), {}, START)


def removal(kind: str, number: int) -> Call:
    """Return the call that removes a user or a shared task."""
    return Call(f"fring.{kind}s.delete", (number,), {}, START)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Draw a call."""
    call: Call = draw(_one_of(CALLS))
    return call


@st.composite
def use_cases(draw: st.DrawFn) -> Call:
    """Draw a call of a use case."""
    frequent = [CREATE_USER, CREATE_TASK, ASSIGN_TASK, FIND_USERS, FIND_TASKS, UPDATE_TASK]
    call: Call = draw(_one_of([*frequent * 3, *USE_CASES]))
    return call


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> Block:
    """Draw a transaction, with transactions inside it down to a depth."""
    call: st.SearchStrategy[Call | Block] = calls()
    steps = call if depth == 1 else _one_of([call, call, call, blocks(depth - 1)])
    return Block(draw(st.lists(steps, max_size=6)), draw(st.booleans()))
