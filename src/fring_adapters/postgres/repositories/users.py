"""Users in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.repositories.pages import (
    NO_PAGE,
    alone,
    asked_page,
    is_front,
    rows_of,
)
from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.repositories.user_places import UserPlace, check_unique
from fring_adapters.postgres.repositories.user_removal import removed
from fring_adapters.postgres.sql import users as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.pieces import needle
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.users import STATEMENTS
from fring_core import IdTaken, Slice, StoreUnavailable, UserWithTasks
from fring_core.events import created

if TYPE_CHECKING:
    from collections.abc import Callable

    from fring_adapters.postgres.repositories.changing import Changing
    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Cause, NewUser, Page, User, UserFilter


@attrs.frozen
class PostgresUsers:
    """Keep users, as `fring_core.Users` says."""

    _executor: Executor
    _changing: Changing

    async def add(self, new: NewUser, cause: Cause, password_hash: str | None = None) -> User:
        user = new.as_user(0, cause.at)
        event = created(user, cause)
        parameters = USERS.parameters(user) | {"id": new.id, "password_hash": password_hash}
        parameters["events"] = sent(event)
        for clashes in range(MAX_ROUNDS):
            rows = await self._executor.ask(
                sql.ADD if new.id is None else STATEMENTS.add_with_id, parameters
            )
            if rows:
                [(user_id, number)] = rows
                cause.tell(event, str(number), user_id=user_id)
                return new.as_user(user_id, cause.at)
            id_taken = await check_unique(
                self._executor, new.username, new.email, new.id, besides=None
            )
            if new.id is None:
                await self._executor.run(STATEMENTS.skip_ahead, steps_after(clashes))
            elif id_taken:
                raise IdTaken(new.id)
        raise StoreUnavailable(f"No free user id in {MAX_ROUNDS} attempts")

    async def get(self, user_id: int) -> User | None:
        rows = await self._executor.ask(STATEMENTS.get, {"id": user_id})
        return USERS.entity(rows[0]) if rows else None

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        rows = await self._executor.ask(sql.GET_WITH_TASKS, {"id": user_id})
        if not rows:
            return None
        width = USERS.width
        tasks = [TASKS.entity(row[width:]) for row in rows if row[width] is not None]
        return UserWithTasks(USERS.entity(rows[0][:width]), tasks)

    async def list(self, where: UserFilter, page: Page) -> Slice[User]:
        statement = sql.listing(
            username=where.username is not None,
            email=where.email is not None,
            after=page.after is not None,
            front=is_front(page),
        )
        asked = _meant(where) | asked_page(page)
        is_quick = where.username is where.email is None and is_front(page)
        rows = await rows_of(self._executor, statement, asked, is_quick=is_quick)
        return Slice.of(map(USERS.entity, rows), page.limit)

    async def count(self, where: UserFilter) -> int:
        statement = sql.listing(
            username=where.username is not None, email=where.email is not None, counts=True
        )
        asked = _meant(where) | asked_page(NO_PAGE)
        [(number,)] = await alone(self._executor, statement, asked)
        return int(number)

    async def change(self, user_id: int, verb: Callable[[User], User], cause: Cause) -> User | None:
        return await self._changing.change(UserPlace(user_id), verb, cause)

    async def remove(self, user_id: int, cause: Cause, *, version: int | None = None) -> bool:
        return await removed(user_id, version, cause, self._executor)


def _meant(where: UserFilter) -> dict[str, object]:
    return {
        "username": where.username,
        "username_pieces": needle(where.username),
        "email": where.email,
        "email_pieces": needle(where.email),
    }
