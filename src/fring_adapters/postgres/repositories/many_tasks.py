"""Many tasks at once: the statements of one, each for all of them, in one transaction.

Rows are locked by ascending id, whoever comes: so two of these wait for each other, and never both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from fring_adapters.postgres.repositories.changing import following
from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.rows import TASKS
from fring_adapters.postgres.sql.tasks import ADD, LOCK, STATEMENTS
from fring_core import IdTaken, StoreUnavailable
from fring_core.events import created, state, updated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row
    from fring_core import Cause, Event, NewTask, Task

# Events, each with its number.
Told: TypeAlias = "list[tuple[Event, int]]"


async def added(
    new: Sequence[NewTask], owner: str | None, cause: Cause, executor: Executor
) -> tuple[list[Task | IdTaken], Told]:
    """Store new tasks, those with chosen ids first; return what became of each, and the events."""
    tasks = [each.as_task(0, owner, cause.at) for each in new]
    events = [created(task, cause) for task in tasks]
    calls = [
        TASKS.parameters(task) | {"id": each.id, "events": sent(event)}
        for each, task, event in zip(new, tasks, events, strict=True)
    ]
    chosen = {place: each.id for place, each in enumerate(new) if each.id is not None}
    first = sorted(chosen, key=chosen.__getitem__)
    told = await executor.ask_each(STATEMENTS.add_with_id, [calls[place] for place in first])
    ids = {place: rows[0] for place, rows in zip(first, told, strict=True) if rows}
    left = {place: call for place, call in enumerate(calls) if place not in chosen}
    ids |= await _drawn(left, executor)
    results = [
        attrs.evolve(task, id=ids[place][0]) if place in ids else IdTaken(chosen[place])
        for place, task in enumerate(tasks)
    ]
    return results, [
        (attrs.evolve(event, task_id=ids[place][0]), ids[place][1])
        for place, event in enumerate(events)
        if place in ids
    ]


async def _drawn(calls: Mapping[int, Mapping[str, object]], executor: Executor) -> dict[int, Row]:
    """Store tasks with drawn ids; return these with the numbers of events, by the tasks' places."""
    ids: dict[int, Row] = {}
    for clashes in range(MAX_ROUNDS):
        left = [place for place in calls if place not in ids]
        if not left:
            return ids
        if clashes:
            await executor.run(STATEMENTS.skip_ahead, steps_after(clashes - 1))
        told = await executor.ask_each(ADD, [calls[place] for place in left])
        ids |= {place: rows[0] for place, rows in zip(left, told, strict=True) if rows}
    raise StoreUnavailable(f"No free ids of {len(calls)} tasks in {MAX_ROUNDS} attempts")


async def changed(
    task_ids: Sequence[int],
    owner: str | None,
    verb: Callable[[Task], Task],
    cause: Cause,
    executor: Executor,
) -> tuple[list[Task | Exception | None], Told]:
    """Change tasks; return what became of each, and the events."""
    keys = [{"id": task_id, "owner": owner} for task_id in dict.fromkeys(task_ids)]
    rows = [row for rows in await executor.ask_each(LOCK, keys) for row in rows]
    present = {row[0]: TASKS.entity(row[:-1]) for row in rows}
    # Of what nobody was told of yet, the first event tells all.
    known = {row[0]: state(present[row[0]], cause, row[-1]) for row in rows if row[-1] is not None}
    made = dict(present)
    events: dict[int, list[Event]] = {}
    results: list[Task | Exception | None] = []
    for task_id in task_ids:
        before = made.get(task_id)
        if before is None:
            results.append(None)
            continue
        try:
            after = following(present[task_id], before, verb(before))
        except Exception as error:  # noqa: BLE001  # it is told in its place
            results.append(error)
            continue
        made[task_id] = after
        events.setdefault(task_id, []).append(
            updated(before, after, cause, known.pop(task_id, None))
        )
        results.append(after)
    told = await executor.ask_each(
        STATEMENTS.save,
        [
            TASKS.parameters(made[task_id])
            | {"was": present[task_id].version, "events": sent(*its)}
            for task_id, its in events.items()
        ],
    )
    return results, [
        (event, number)
        for its, rows in zip(events.values(), told, strict=True)
        for event, (_, number) in zip(its, rows, strict=True)
    ]
