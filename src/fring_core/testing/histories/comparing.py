"""Two answers to one call, and all that two stores hold: that they are equal, or how not."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fring_core.testing.rendering import LONGEST, code
from fring_core.testing.replaying import by_subject, check_replay, events_of, shown, timeless
from fring_core.testing.snapshot import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fring_core import Event, Store
    from fring_core.testing.histories.steps import Call

SHOWN = 10  # differences


def check_contents(stored: object, expected: object) -> None:
    """Raise `AssertionError`, which tells the fields that differ, unless both hold the same."""
    if stored != expected:
        raise AssertionError(_listed("The two hold different things:", stored, expected))


def check_answers(call: Call, outcome: object, expected: object) -> None:
    """Raise `AssertionError`, which tells the fields that differ, unless both answer the same."""
    if outcome == expected:
        return
    head = f"{call.method} answers differently:"
    if _is_error(outcome) or _is_error(expected):
        head = f"{head}\n  it {_told(outcome)}, but the oracle {_told(expected)}"
        raise AssertionError(head)
    raise AssertionError(_listed(head, outcome, expected))


def check_told(call: Call, told: Iterable[Event], expected: Iterable[Event]) -> None:
    """Raise `AssertionError` unless both told of the same events, cursors aside."""
    stored, due = (
        shown(by_subject(timeless(events)), cursors=False) for events in (told, expected)
    )
    if stored != due:
        raise AssertionError(_listed(f"{call.method} tells of other events:", stored, due))


async def check_events(
    store: Store, oracle: Store, places: Iterable[tuple[int, str | None]]
) -> None:
    """Raise `AssertionError` unless the events of these tasks are the same, and tell what they are."""
    for task_id, owner in places:
        expected = shown(timeless(await check_replay(oracle, task_id, owner)), cursors=False)
        stored = shown(timeless(await events_of(store, task_id, owner)), cursors=False)
        if stored != expected:
            head = f"The events of task {task_id} of {owner!r} are different:"
            raise AssertionError(_listed(head, stored, expected))


def _is_error(outcome: object) -> bool:
    return isinstance(outcome, tuple)  # of its type and its fields


def _listed(head: str, stored: object, expected: object) -> str:
    lines = [*differences(stored, expected)]
    more = len(lines) - SHOWN
    rows = [f"  {line}" for line in lines[:SHOWN]] + [f"  and {more} more"] * (more > 0)
    return "\n".join([head, *rows])


def _told(outcome: object) -> str:
    match outcome:
        case (type() as error, tuple()):
            return (
                f"raises {error.__name__}{code(cast('tuple[object, object]', outcome)[1], LONGEST)}"
            )
        case _:
            return f"returns {code(outcome, LONGEST)}"
