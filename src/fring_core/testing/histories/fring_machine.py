"""One random history of use cases on two Frings in lockstep: the one under test, and an oracle."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from fring_core import Fring, TaskOrder, UserFilter, run_sync
from fring_core.queries import TaskFilter
from fring_core.testing.histories.comparing import check_answers, check_contents
from fring_core.testing.histories.history import HistoryMachine
from fring_core.testing.histories.operations import LISTS, START, use_cases
from fring_core.testing.histories.steps import Call
from fring_core.testing.snapshot import EVERYTHING, outcome_of, plain

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from fring_core import Clock
    from fring_core.testing.histories.steps import Id, Step


class FringMachine(HistoryMachine):
    """Compare anything that has Fring's use cases with an oracle: a client, a decorator, a fake.

    Inherit it and override `make_fring`, `make_oracle`, `run` if the calls suspend, `fitted` if
    not everything can be asked of it, and `teardown` if it is to be closed. Results and errors
    are compared, but not versions, nor transactions; pytest runs the class's `TestCase`.
    """

    def make_fring(self, clock: Clock) -> Any:
        """Return what is under test, with an empty store and this clock, for one history."""
        raise NotImplementedError

    def make_oracle(self, clock: Clock) -> Fring:
        """Return a Fring with this clock on an empty store that never suspends."""
        raise NotImplementedError

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end; by default with `run_sync`."""
        run_sync(coroutine)

    def fitted(self, call: Call) -> Call:
        """Return the call to make for one that was drawn; by default the same."""
        return call

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.fring: Any = self.make_fring(self._clock)
        self.oracle: Fring = self.make_oracle(self._clock)
        # The ids of the rows that there are, for strategies to draw from.
        self.ids: dict[str, list[int]] = {"user": [1], "task": [1]}
        self.had: set[Id] = set()

    def _clock(self) -> datetime:
        return self.now

    @initialize(first=st.lists(use_cases(), max_size=12))
    def populate(self, first: list[Call]) -> None:
        """Make calls on nothing, so that later ones find something."""
        self.make_calls(first)

    @rule(calls=st.lists(use_cases(), min_size=5, max_size=20))
    def make_calls(self, calls: list[Call]) -> None:
        """Make calls, one after another."""
        for call in calls:
            self.checked(partial(self.make, self.fitted(call)))

    @invariant()
    def both_hold_the_same(self) -> None:
        """Compare everything that the two show."""
        self.checked(self.compare)

    def make(self, step: Step) -> None:
        """Make a call on both, and compare what they answer."""
        assert isinstance(step, Call), "there are no transactions among use cases"
        self.run(self._call(step))

    def compare(self) -> None:
        """Compare everything that the two show."""
        self.run(self._compare())

    async def _call(self, step: Call) -> None:
        call = step.on_ids(self.now_drawn)
        self.history.append(call)
        self.now = call.now
        target, oracle = SimpleNamespace(fring=self.fring), SimpleNamespace(fring=self.oracle)
        outcome = await outcome_of(call.on(target), versions=False)
        same = call.adopting(outcome, self.had)
        self.now_drawn.update(zip(step.drew, call.drew, strict=False))
        check_answers(call, outcome, await outcome_of(same.on(oracle), versions=False))

    async def _compare(self) -> None:
        users = await self.oracle.users.list(UserFilter(), EVERYTHING)
        tasks = [
            task
            for owner in LISTS
            for task in await self.oracle.tasks.list(TaskFilter(), EVERYTHING, owner=owner)
        ]
        self.ids = {
            "user": [user.id for user in users] or [1],
            "task": [task.id for task in tasks] or [1],
        }
        check_contents(await _everything(self.fring), await _everything(self.oracle))


async def _everything(fring: Any) -> object:
    """Return every user with its tasks, and every task with its users, in two orders."""
    users = await fring.users.list(UserFilter(), EVERYTHING)
    lists = [
        await fring.tasks.list(
            TaskFilter(),
            EVERYTHING,
            owner=owner,
            order=TaskOrder.BY_ID if owner is None else TaskOrder.NEWEST_FIRST,
        )
        for owner in LISTS
    ]
    with_tasks = [await fring.users.get_with_tasks(user.id) for user in users]
    with_users = [await fring.tasks.get_with_users(task.id) for task in lists[0]]
    return plain([users, lists, with_tasks, with_users], versions=False)
