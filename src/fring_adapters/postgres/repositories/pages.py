"""Pages and counts, as statements are asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_adapters.postgres.sql.entities import FRONT
from fring_core import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row, Statement

NO_PAGE: Final = Page(limit=0)  # of what is counted


def asked_page(page: Page) -> dict[str, object]:
    """Return what is asked for a page: one row more than it has, to know whether others follow."""
    after = page.after
    place = {} if after is None else {"after": after.id, "after_value": after.value}
    return {**place, "skip": page.skip, "limit": page.limit + 1}


def is_front(page: Page) -> bool:
    """Tell whether a page is one of the first `FRONT` rows."""
    return page.skip + page.limit < FRONT


async def rows_of(
    executor: Executor, statement: Statement, asked: Mapping[str, object], *, is_quick: bool
) -> list[Row]:
    """Return the rows of a page: what may look at many is not to have other calls wait for it."""
    if is_quick:
        return await executor.ask(statement, asked)
    return await alone(executor, statement, asked)


async def alone(executor: Executor, statement: Statement, asked: Mapping[str, object]) -> list[Row]:
    """Return what a statement tells one call that goes by itself, whomever it could serve."""
    if not statement.arrays:
        return await executor.run(statement, asked)
    [rows] = await executor.ask_each(statement, [asked])
    return rows
