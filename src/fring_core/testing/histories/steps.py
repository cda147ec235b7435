"""The steps of a random history, as data: which call, with which arguments."""

from __future__ import annotations

from copy import copy
from functools import cache
from inspect import signature
from itertools import zip_longest
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar, cast

import attrs

from fring_core import PERMISSIVE, Cause, Credential, Forbidden, Fring, NewTask, NewUser, ports
from fring_core.ids import is_possible
from fring_core.testing.contract.examples import ghost_user
from fring_core.use_cases.assignments import AssignmentUseCases
from fring_core.use_cases.tasks import TaskUseCases
from fring_core.use_cases.users import UserUseCases

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from datetime import datetime

    from fring_core import Event, Store, Task, TaskChanges, User, UserChanges

T = TypeVar("T")
Id: TypeAlias = "tuple[type[NewUser | NewTask], int]"


@attrs.frozen
class Target:
    """Hold all that a call can be made on, and which events it told of.

    A store's ports, the use cases, and verbs that may refuse.
    """

    store: Store
    now: datetime
    heard: list[Event] = attrs.field(factory=list["Event"])

    @property
    def fring(self) -> Fring:
        """Return the use cases, at one moment."""
        return Fring(self.store, clock=lambda: self.now, on_commit=self.heard.append)

    @property
    def cause(self) -> Cause:
        """Return what tells this of events, at one moment."""
        return Cause(self.now, "ann", on_commit=self.heard.append)

    async def change_user(
        self, user_id: int, changes: UserChanges, *, refused: bool
    ) -> User | None:
        """Change a user, or refuse to at the last moment."""

        def verb(user: User) -> User:
            return _refuse() if refused else user.change(changes)

        return await self.store.users.change(user_id, verb, self.cause)

    async def change_task(
        self, task_id: int, owner: str | None, changes: TaskChanges, *, refused: bool
    ) -> Task | None:
        """Change a task, or refuse to at the last moment."""

        def verb(task: Task) -> Task:
            return _refuse() if refused else task.change(changes, PERMISSIVE, self.now)

        return await self.store.tasks.change(task_id, owner, verb, self.cause)

    async def change_tasks(
        self, task_ids: Sequence[int], owner: str | None, changes: TaskChanges, *, refused: bool
    ) -> Sequence[Task | Exception | None]:
        """Change tasks at once, or refuse to change those that have been changed an odd time."""

        def verb(task: Task) -> Task:
            if refused and task.version % 2 == 0:
                _refuse()
            return task.change(changes, PERMISSIVE, self.now)

        return await self.store.tasks.change_many(task_ids, owner, verb, self.cause)

    async def replace_hash(self, user_id: int, password_hash: str, *, stale: bool) -> bool:
        """Replace a user's password hash, as it is or as if another had been found."""
        user = await self.store.users.get(user_id) or ghost_user(user_id)
        found = await self.store.credentials.find(user.username, None)
        credential = found or Credential(user, None)
        if stale:
            credential = attrs.evolve(credential, password_hash="stale")  # noqa: S106  # of nobody
        return await self.store.credentials.replace(credential, password_hash)


def _refuse() -> NoReturn:
    raise Forbidden("the verb refuses")


_IDS: dict[str, type[NewUser | NewTask]] = {
    "user_id": NewUser,
    "user": NewUser,
    "task_id": NewTask,
    "task_ids": NewTask,
    "task": NewTask,
}
_PORTS: dict[str, type] = {
    "": Target,
    "fring.users": UserUseCases,
    "fring.tasks": TaskUseCases,
    "fring.assignments": AssignmentUseCases,
    "store.users": ports.Users,
    "store.credentials": ports.Credentials,
    "store.tasks": ports.Tasks,
    "store.assignments": ports.Assignments,
}


@attrs.frozen
class Call:
    """Hold one call: a method of `Target`, its arguments, and what the clock says."""

    method: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    now: datetime
    # The id that the store under test drew for it, once it has been made.
    drew: list[Id] = attrs.field(factory=list["Id"], eq=False, repr=False)

    def on(self, target: Any) -> Coroutine[Any, Any, object]:
        """Return the call as a coroutine, on whatever has the method."""
        method = attrgetter(self.method)(target)
        arguments = (
            given.telling(target.heard.append) if isinstance(given, Cause) else given
            for given in self.arguments
        )
        coroutine: Coroutine[Any, Any, object] = method(*arguments, **self.options)
        return coroutine

    def on_ids(self, now_drawn: Mapping[Id, Id]) -> Call:
        """Return a call that has not been made yet, on the rows that now have other ids."""
        kinds = _kinds_of_ids(self.method)
        arguments = tuple(
            _now_id(kind, value, now_drawn)
            for kind, value in zip_longest(kinds[: len(self.arguments)], self.arguments)
        )
        options = {
            name: _now_id(_IDS.get(name), value, now_drawn) for name, value in self.options.items()
        }
        return Call(self.method, arguments, options, self.now)

    def adopting(self, outcome: object, had: set[Id]) -> Call:
        """Return the call that creates the same with the id that another store drew, if it did.

        `had` are the ids that rows have had, this one from now on. No store may draw one of them.
        """
        match self.arguments, outcome:
            case (NewUser() | NewTask() as new, *others), {"id": int() as given}:
                first: object = self._adopted(new, given, had)
            case (list(), *others), list():
                told = zip(self.arguments[0], cast("list[object]", outcome), strict=True)
                first = [self._as_told(new, row, had) for new, row in told]
            case _:
                return self
        return attrs.evolve(self, arguments=(first, *others))

    def _as_told(self, new: object, outcome: object, had: set[Id]) -> object:
        """Return one of several that are created, with the id that the store drew, if it did."""
        match new, outcome:
            case NewTask(), {"id": int() as given}:
                return self._adopted(new, given, had)
            case _:
                return new

    def _adopted(self, new: NewUser | NewTask, given: int, had: set[Id]) -> NewUser | NewTask:
        """Return what creates a row with the id that a store gave it."""
        drawn, row = new.id is None, (type(new), given)
        assert not (drawn and row in had), f"no store may draw {given}, which a row has had"
        had.add(row)
        if not drawn:
            return new
        self.drew.append(row)
        return _with_id(new, given)


def _now_id(kind: type[NewUser | NewTask] | None, value: Any, now_drawn: Mapping[Id, Id]) -> Any:
    """Return an argument with the ids that the rows it names have now."""
    if isinstance(value, list):
        return [_now_id(kind, each, now_drawn) for each in cast("list[object]", value)]
    return now_drawn[kind, value][1] if kind and (kind, value) in now_drawn else value


@cache
def _kinds_of_ids(method: str) -> tuple[type[NewUser | NewTask] | None, ...]:
    """Return, for each argument of a method, whose id it is; None for what is no id."""
    port, _, name = method.rpartition(".")
    found = getattr(_PORTS.get(port), name, None)
    parameters = [*signature(found).parameters][1:] if found else []
    return tuple(_IDS.get(parameter) for parameter in parameters)


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


Step: TypeAlias = Call | Block
