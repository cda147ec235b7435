"""Many tasks at once: the statements of one, each for all of them, in one transaction.

Rows are locked by ascending id, whoever comes: so two of these wait for each other, and never both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_adapters.postgres.repositories.changing import following
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.rows import TASKS
from fring_adapters.postgres.sql.tasks import ADD, LOCK, STATEMENTS
from fring_core import IdTaken, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import NewTask, Task


async def added(
    new: Sequence[NewTask], owner: str | None, now: datetime, executor: Executor
) -> list[Task | IdTaken]:
    """Store new tasks, those with chosen ids first, and return what became of each."""
    calls = [TASKS.parameters(each.as_task(0, owner, now)) | {"id": each.id} for each in new]
    chosen = {place: each.id for place, each in enumerate(new) if each.id is not None}
    first = sorted(chosen, key=chosen.__getitem__)
    told = await executor.ask_each(STATEMENTS.add_with_id, [calls[place] for place in first])
    ids = {place: rows[0][0] for place, rows in zip(first, told, strict=True) if rows}
    left = {place: call for place, call in enumerate(calls) if place not in chosen}
    ids |= await _drawn(left, executor)
    return [
        each.as_task(ids[place], owner, now) if place in ids else IdTaken(chosen[place])
        for place, each in enumerate(new)
    ]


async def _drawn(calls: Mapping[int, Mapping[str, object]], executor: Executor) -> dict[int, int]:
    """Store tasks with drawn ids, and return these, by the places of the tasks."""
    ids: dict[int, int] = {}
    for clashes in range(MAX_ROUNDS):
        left = [place for place in calls if place not in ids]
        if not left:
            return ids
        if clashes:
            await executor.run(STATEMENTS.skip_ahead, steps_after(clashes - 1))
        told = await executor.ask_each(ADD, [calls[place] for place in left])
        ids |= {place: rows[0][0] for place, rows in zip(left, told, strict=True) if rows}
    raise StoreUnavailable(f"No free ids of {len(calls)} tasks in {MAX_ROUNDS} attempts")


async def changed(
    task_ids: Sequence[int], owner: str | None, verb: Callable[[Task], Task], executor: Executor
) -> list[Task | Exception | None]:
    """Change tasks, and return what became of each."""
    keys = [{"id": task_id, "owner": owner} for task_id in dict.fromkeys(task_ids)]
    found = [TASKS.entity(row) for rows in await executor.ask_each(LOCK, keys) for row in rows]
    present = {task.id: task for task in found}
    made = dict(present)
    results: list[Task | Exception | None] = []
    for task_id in task_ids:
        before = made.get(task_id)
        if before is None:
            results.append(None)
            continue
        try:
            made[task_id] = following(present[task_id], before, verb(before))
        except Exception as error:  # noqa: BLE001  # it is told in its place
            results.append(error)
        else:
            results.append(made[task_id])
    await executor.ask_each(
        STATEMENTS.save,
        [
            TASKS.parameters(task) | {"was": present[task.id].version}
            for task in made.values()
            if task is not present[task.id]
        ],
    )
    return results
