"""Removals of a row that must have a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_core import StoreUnavailable, VersionConflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement


async def removed_at(
    version: int, executor: Executor, statement: Statement, parameters: Mapping[str, object]
) -> list[Row]:
    """Return what was removed, nothing if no row was there; raise `VersionConflict`.

    The statement tells what `sql.removal_at` says.
    """
    for _ in range(MAX_ROUNDS):
        rows = await executor.ask(statement, {**parameters, "was": version})
        if not rows:
            return []
        [(seen, *removed)] = rows
        if removed[0] is not None:
            return [tuple(removed)]
        if seen != version:
            raise VersionConflict(seen)
    raise StoreUnavailable(f"A row came and went {MAX_ROUNDS} times")
