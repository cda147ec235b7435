"""The contract of commits that were overtaken unnoticed: long ago, at depth, of what was not read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fring_core import FringError
from fring_core.testing.agreement import LISTS
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.commits import OVERTAKEN, check_overtaken
from fring_core.testing.contract.examples import Undo, add_task
from fring_core.testing.contract.overtaking import either_way, overtaking
from fring_core.testing.contract.writes import settle
from fring_core.testing.snapshot import snapshot

if TYPE_CHECKING:
    from fring_core import Store
    from fring_core.testing.contract.commits import Write
    from fring_core.testing.contract.overtaking import Begin

MANY = 100
# Whoever takes a name need not have read who has it.
NAMES = {name: both for name, both in OVERTAKEN.items() if "name" in name or "e-mail" in name}


class OvertakenTests(StoreTests):
    """Test transactions that others were faster than, where it is easily overlooked."""

    @pytest.mark.parametrize(("outside", "inside"), NAMES.values(), ids=NAMES)
    @either_way
    async def test_overtaken_by_a_name(
        self, store: Store, outside: Write, inside: Write, begin: Begin
    ) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Usernames and e-mails MUST be unique as they stand. Nobody has read who has which. If it is
        not refused, all is as if it had begun later.
        """
        await check_overtaken(self, store, begin, outside, inside)

    @pytest.mark.parametrize("name", ["save, save", "save a task, save it", "replace, replace"])
    @either_way
    async def test_overtaken_inside_another(self, store: Store, name: str, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Those of a transaction inside come about with the outer one's, whose commit it is.
        """
        faster, inside = OVERTAKEN[name]
        await settle(store)
        theirs: object = None
        with suppress(FringError, Undo):
            async with overtaking(self, store, begin) as (outer, outside):
                async with outer.transaction() as inner:
                    await outside(faster(store, "theirs"))
                    theirs = await snapshot(store, LISTS)
                    if not await inside(inner, "mine"):
                        raise Undo
                await add_task(outer, "mine", 8)
        assert theirs in (None, await snapshot(store, LISTS))

    @either_way
    async def test_overtaken_among_many(self, store: Store, begin: Begin) -> None:
        """A commit that would undo another's work MUST raise `TransactionConflict` and do nothing.

        Others commit a hundred times before what is in its way, and after it.
        """
        faster, inside = OVERTAKEN["save, save"]
        await settle(store)
        theirs: object = None
        with suppress(FringError, Undo):
            async with overtaking(self, store, begin) as (inner, outside):
                for number in range(2 * MANY + 1):
                    await outside(add_task(store) if number != MANY else faster(store, "theirs"))
                theirs = await snapshot(store, LISTS)
                if not await inside(inner, "mine"):
                    raise Undo
        assert theirs in (None, await snapshot(store, LISTS))
