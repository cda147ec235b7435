"""One random history on two stores in lockstep: the store under test, and an oracle."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from itertools import chain, product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from fring_core import Store, TaskFilter, UserFilter, run_sync
from fring_core.testing.contract.examples import Undo
from fring_core.testing.histories.comparing import (
    check_answers,
    check_contents,
    check_events,
    check_told,
)
from fring_core.testing.histories.history import HistoryMachine
from fring_core.testing.histories.operations import (
    LISTS,
    additions,
    assignment,
    blocks,
    calls,
    removal,
)
from fring_core.testing.histories.steps import Block, Call, Target
from fring_core.testing.recording import Apart
from fring_core.testing.snapshot import EVERYTHING, outcome_of, snapshot

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from fring_core.testing.histories.steps import Id, Step


class StoreMachine(HistoryMachine):
    """Compare a store with an oracle, call by call: results, errors, order, rollbacks, events.

    Inherit it and override `make_store`, `make_oracle`, `run` if the store's calls suspend, and
    `teardown` if a store is to be closed. Pytest runs the class's `TestCase`, whose `settings`
    say how many histories there are and how long. A history that fails is made shorter, for at
    most `shorten_seconds`, and shown as a test to be pasted, which calls `replay`.

    Which id the store draws is its own business, if no row has ever had it; the oracle adopts it.
    """

    def make_store(self) -> Store:
        """Return the store under test, empty; called at the start of every history."""
        raise NotImplementedError("make_store is missing: override it")

    def make_oracle(self) -> Store:
        """Return an empty store that keeps the contract and never suspends."""
        raise NotImplementedError("make_oracle is missing: override it")

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine to its end; by default with `run_sync`."""
        run_sync(coroutine)

    def __init__(self) -> None:
        super().__init__()
        self.store: Store = self.make_store()
        self.oracle: Store = self.make_oracle()
        # The ids of the rows that there are, for strategies to draw from.
        self.ids: dict[str, list[int]] = {"user": [1], "task": [1]}
        # The ids that rows have had, but for what was rolled back.
        self.had: set[Id] = set()
        # The ids and lists of the tasks that there are, and have been.
        self.places: dict[tuple[int, str | None], None] = {}

    @initialize(
        first=st.lists(st.tuples(additions(), additions()), max_size=8), gap=st.integers(1, 5)
    )
    def populate(self, first: list[tuple[Call, Call]], gap: int) -> None:
        """Add rows and assignments, so that most calls find some, and remove the last rows."""
        for call in chain.from_iterable(first):
            self.one_call(call)
        self.stores_are_equal()
        # Their ids, if these were chosen, are those that the store comes to next.
        self.one_call(removal("user", max(self.ids["user"])))
        self.one_call(removal("task", max(self.ids["task"])))
        self.stores_are_equal()
        for pair in [*product(self.ids["user"], self.ids["task"])][::gap]:
            self.one_call(assignment(*pair))

    @rule(call=calls())
    def one_call(self, call: Call) -> None:
        """Make one call, atomic by itself."""
        self.checked(partial(self.make, call))

    @rule(block=blocks())
    def transaction(self, block: Block) -> None:
        """Make calls in a transaction, then commit or roll back."""
        self.checked(partial(self.make, block))

    @invariant()
    def stores_are_equal(self) -> None:
        """Compare everything that the two stores hold."""
        self.checked(self.compare)

    def make(self, step: Step) -> None:
        """Make a step on both stores, and compare what they answer."""
        self.run(self._step(self.store, self.oracle, step, self.had, self.history))

    def compare(self) -> None:
        """Compare everything that the two stores hold."""
        self.run(self._compare())

    async def _compare(self) -> None:
        check_contents(await snapshot(self.store, LISTS), await snapshot(self.oracle, LISTS))
        users = await self.oracle.users.list(UserFilter(), EVERYTHING)
        lists = [await self.oracle.tasks.list(TaskFilter(), EVERYTHING, owner) for owner in LISTS]
        self.places |= {(task.id, task.owner): None for tasks in lists for task in tasks}
        await check_events(self.store, self.oracle, self.places)
        self.ids["user"] = [user.id for user in users] or [1]
        self.ids["task"] = [task.id for tasks in lists for task in tasks] or [1]

    async def _step(
        self, store: Store, oracle: Store, step: Step, had: set[Id], history: list[Step]
    ) -> None:
        if isinstance(step, Call):
            call = step.on_ids(self.now_drawn)
            history.append(call)
            target, oracles = Target(store, call.now), Target(oracle, call.now)
            outcome = await outcome_of(call.on(target))
            same = call.adopting(outcome, had)
            self.now_drawn.update(zip(step.drew, call.drew, strict=False))
            check_answers(call, outcome, await outcome_of(same.on(oracles)))
            check_told(call, target.heard, oracles.heard)
            return
        block = Block([], step.commits)
        history.append(block)
        had_inside = set(had)
        with suppress(Undo):
            async with (
                Apart(store.transaction()) as inner,
                Apart(oracle.transaction()) as inner_oracle,
            ):
                for inside in step.steps:
                    await self._step(inner, inner_oracle, inside, had_inside, block.steps)
                await check_events(inner, inner_oracle, self.places)
                await self._compare()  # from outside, where none of it is to be seen yet
                if not step.commits:
                    raise Undo
            had |= had_inside
