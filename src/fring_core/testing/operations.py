"""The steps of a random history, as data: which call, with which arguments."""

from __future__ import annotations

from copy import copy
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from hypothesis import strategies as st

from fring_core import PERMISSIVE, Credential, Fring, NewTask, NewUser, Page
from fring_core.ids import MAX_CHOSEN_ID, is_possible
from fring_core.testing import strategies as values
from fring_core.testing.contract_base import IMPOSSIBLE_IDS, OWNERS, ghost_task, ghost_user

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence

    from fring_core import Store, Task, TaskChanges, User, UserChanges

T = TypeVar("T")


@attrs.frozen
class Target:
    """Hold all that a call can be made on: a store's ports, the use cases, and two saves."""

    store: Store
    now: datetime

    @property
    def fring(self) -> Fring:
        """Return the use cases, at one moment."""
        return Fring(self.store, clock=lambda: self.now)

    async def save_user(self, user_id: int, changes: UserChanges, shift: int) -> User | None:
        """Save a changed user, as if it had been read `shift` versions later."""
        user = await self.store.users.get(user_id) or ghost_user(user_id)
        return await self.store.users.save(
            attrs.evolve(user.change(changes), version=user.version + shift)
        )

    async def save_task(
        self, task_id: int, owner: str | None, changes: TaskChanges, shift: int
    ) -> Task | None:
        """Save a changed task, as if it had been read `shift` versions later."""
        task = await self.store.tasks.get(task_id, owner) or ghost_task(task_id, owner)
        changed = task.change(changes, PERMISSIVE, self.now)
        return await self.store.tasks.save(attrs.evolve(changed, version=task.version + shift))

    async def replace_hash(self, user_id: int, password_hash: str, *, stale: bool) -> bool:
        """Replace a user's password hash, as it is or as if another had been found."""
        user = await self.store.users.get(user_id) or ghost_user(user_id)
        found = await self.store.credentials.find(user.username, None)
        credential = found or Credential(user, None)
        if stale:
            credential = attrs.evolve(credential, password_hash="stale")  # noqa: S106  # of nobody
        return await self.store.credentials.replace(credential, password_hash)


@attrs.frozen
class Call:
    """Hold one call: a method of `Target`, its arguments, and what the clock says."""

    method: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    now: datetime

    def on(self, target: object) -> Coroutine[Any, Any, object]:
        """Return the call as a coroutine, on whatever has the method."""
        method = attrgetter(self.method)(target)
        coroutine: Coroutine[Any, Any, object] = method(*self.arguments, **self.options)
        return coroutine

    def adopting(self, outcome: object) -> Call:
        """Return the call that creates the same with the id that another store drew, if it did."""
        match self.arguments, outcome:
            case (NewUser(id=None) | NewTask(id=None) as new, *others), {"id": int() as drawn}:
                return attrs.evolve(self, arguments=(_with_id(new, drawn), *others))
            case _:
                return self


def _with_id(new: T, drawn: int) -> T:
    """Return what creates the same with an id that a store drew."""
    assert is_possible(drawn), f"no store may draw {drawn} for an id"
    same = copy(new)
    object.__setattr__(same, "id", drawn)  # past the rule: callers may not choose any so great
    return same


@attrs.frozen
class Block:
    """Hold steps that are made in a transaction, and whether it commits or rolls back."""

    steps: list[Call | Block]
    commits: bool


# Small pools, so that names clash, ids are met again, and filters find something.
NAMES = st.sampled_from(("ann", "Ann", "bob", "a%", "a_")) | values.usernames()
EMAILS = st.sampled_from(("a@e.o", "A@e.o", "b@e.o", "a_@e.o", "a%@e.o")) | values.emails()
TITLES = st.sampled_from(("a", "A", "a%b", "a_b", "a\\b")) | values.titles()
OWNER = st.sampled_from((None, None, None, *OWNERS))
SHIFTS = st.sampled_from((0, 0, 0, -1, 1))
START = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
HASHES = st.sampled_from(("", "a", "b"))
# The clock may stand still, or go back, by a microsecond or by an hour.
TICKS = st.sampled_from((0, 0, 1, -1)) | st.integers(-(10**6), 36 * 10**8)
MOMENTS = TICKS.map(lambda ticks: START + timedelta(microseconds=ticks))


def _known(kind: str) -> st.SearchStrategy[int]:
    """Draw ids of rows that there are: the machine that runs the history knows them."""
    return st.runner().flatmap(lambda machine: st.sampled_from(machine.ids[kind]))


def _ids(kind: str) -> st.SearchStrategy[int]:
    return st.one_of(*[_known(kind)] * 8, st.integers(1, 30), st.sampled_from(IMPOSSIBLE_IDS))


def _chosen(kind: str) -> st.SearchStrategy[int | None]:
    """Draw None mostly, else an id in use or one that a sequence will come to."""
    ahead = st.tuples(_known(kind), st.integers(0, 3)).map(
        lambda known_and_step: min(sum(known_and_step), MAX_CHOSEN_ID)
    )
    return st.one_of(st.none(), st.none(), ahead, st.integers(1, 30))


USER, TASK = _ids("user"), _ids("task")
NEW_USER = values.new_users(NAMES, EMAILS, _chosen("user"))
NEW_TASK = values.new_tasks(TITLES, _chosen("task"))
USER_CHANGES, TASK_CHANGES = values.user_changes(NAMES, EMAILS), values.task_changes(TITLES)
SHORT = st.builds(Page, st.integers(0, 2), st.integers(0, 3))
PAGES = st.one_of(st.just(Page()), st.just(Page()), SHORT, values.pages())
STATUS = values.statuses()
NEEDLES = st.sampled_from((None, "a", "A", "%", "_", "\\")) | values.needles()
USER_FILTERS, TASK_FILTERS = values.user_filters(NEEDLES), values.task_filters(NEEDLES)


def _calls(
    method: str, *arguments: st.SearchStrategy[Any], **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[Call]:
    return st.builds(
        Call, st.just(method), st.tuples(*arguments), st.fixed_dictionaries(options), MOMENTS
    )


ADD_USER = _calls("store.users.add", NEW_USER, MOMENTS, st.none() | HASHES)
ADD_TASK = _calls("store.tasks.add", NEW_TASK, OWNER, MOMENTS)
ASSIGN = _calls("store.assignments.add", USER, TASK)
LIST_USERS = _calls("store.users.list", USER_FILTERS, PAGES)
LIST_TASKS = _calls("store.tasks.list", TASK_FILTERS, PAGES, OWNER, values.task_orders())
CREATE_USER = _calls("fring.create_user", NEW_USER)
CREATE_TASK = _calls("fring.create_task", NEW_TASK, owner=OWNER)
ASSIGN_TASK = _calls("fring.assign_task", USER, TASK)
FIND_USERS = _calls("fring.list_users", USER_FILTERS, PAGES)
FIND_TASKS = _calls(
    "fring.list_tasks", TASK_FILTERS, PAGES, owner=OWNER, order=values.task_orders()
)
UPDATE_TASK = _calls("fring.update_task", TASK, TASK_CHANGES, owner=OWNER)
USE_CASES = (
    CREATE_USER,
    FIND_USERS,
    _calls("fring.get_user", USER),
    _calls("fring.update_user", USER, USER_CHANGES),
    _calls("fring.delete_user", USER),
    _calls("fring.list_tasks_of_user", USER, st.none() | STATUS),
    ASSIGN_TASK,
    _calls("fring.unassign_task", USER, TASK),
    CREATE_TASK,
    FIND_TASKS,
    _calls("fring.get_task", TASK, owner=OWNER),
    UPDATE_TASK,
    _calls("fring.set_status", TASK, STATUS, owner=OWNER),
    _calls("fring.toggle_task", TASK, owner=OWNER),
    _calls("fring.delete_task", TASK, owner=OWNER),
    _calls("fring.list_users_of_task", TASK),
    _calls("fring.assign_user", TASK, USER),
    _calls("fring.unassign_user", TASK, USER),
)
CALLS = (
    *[ADD_USER, ADD_TASK, ASSIGN, ASSIGN] * 2,  # or too little would be there to find
    *[LIST_USERS, LIST_TASKS] * 4,  # which have the most ways to be wrong
    _calls("store.users.get", USER),
    _calls("store.users.get_with_tasks", USER),
    _calls("save_user", USER, USER_CHANGES, SHIFTS),
    _calls("store.users.remove", USER),
    _calls("store.credentials.find", st.none() | NAMES, st.none() | EMAILS),
    _calls("replace_hash", USER, HASHES, stale=st.booleans()),
    _calls("store.tasks.get", TASK, OWNER),
    _calls("store.tasks.get_with_users", TASK, OWNER),
    _calls("save_task", TASK, OWNER, TASK_CHANGES, SHIFTS),
    _calls("store.tasks.remove", TASK, OWNER),
    _calls("store.assignments.remove", USER, TASK),
    _calls("store.assignments.tasks_of", USER, st.none() | STATUS),
    _calls("store.assignments.users_of", TASK),
    *USE_CASES,
)


def _one_of(strategies: Sequence[st.SearchStrategy[T]]) -> st.SearchStrategy[T]:
    """Draw from a strategy as often as it is named, where `st.one_of` drops what it has already."""
    return st.sampled_from(strategies).flatmap(lambda strategy: strategy)


def additions() -> st.SearchStrategy[Call]:
    """Draw calls that add a user or a task."""
    return ADD_USER | ADD_TASK


def assignment(user_id: int, task_id: int) -> Call:
    """Return the call that assigns a task to a user."""
    return Call("store.assignments.add", (user_id, task_id), {}, START)


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
def blocks(draw: st.DrawFn, depth: int = 2) -> Block:
    """Draw a transaction, with transactions inside it down to a depth."""
    call: st.SearchStrategy[Call | Block] = calls()
    steps = call if depth == 1 else _one_of([call, call, call, blocks(depth - 1)])
    return Block(draw(st.lists(steps, max_size=6)), draw(st.booleans()))
