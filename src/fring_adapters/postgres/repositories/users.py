"""Users in PostgreSQL."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs
import psycopg

from fring_adapters.postgres.repositories.pages import (
    NO_PAGE,
    alone,
    asked_page,
    is_front,
    rows_of,
)
from fring_adapters.postgres.repositories.removing import removed_at
from fring_adapters.postgres.sql import users as sql
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS, steps_after
from fring_adapters.postgres.sql.pieces import needle
from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.user_removal import REMOVE, REMOVE_AT, SWEEP
from fring_adapters.postgres.sql.users import STATEMENTS
from fring_core import (
    EmailTaken,
    IdTaken,
    Slice,
    StoreUnavailable,
    UsernameTaken,
    UserWithTasks,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fring_adapters.postgres.repositories.changing import Changing
    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import NewUser, Page, User, UserFilter


@attrs.frozen
class PostgresUsers:
    """Keep users, as `fring_core.Users` says."""

    _executor: Executor
    _changing: Changing

    async def add(self, new: NewUser, now: datetime, password_hash: str | None = None) -> User:
        parameters = USERS.parameters(new.as_user(0, now))
        parameters |= {"id": new.id, "password_hash": password_hash}
        for clashes in range(MAX_ROUNDS):
            rows = await self._executor.ask(
                sql.ADD if new.id is None else STATEMENTS.add_with_id, parameters
            )
            if rows:
                return new.as_user(rows[0][0], now)
            id_taken = await _check_unique(
                self._executor, new.username, new.email, new.id, besides=None
            )
            if new.id is None:
                await self._executor.run(STATEMENTS.skip_ahead, steps_after(clashes))
            elif id_taken:
                raise IdTaken(new.id)
        raise StoreUnavailable(f"No free user id in {MAX_ROUNDS} attempts")

    async def get(self, user_id: int) -> User | None:
        return await _get(user_id, self._executor)

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

    async def change(self, user_id: int, verb: Callable[[User], User]) -> User | None:
        return await self._changing.change(("user", user_id), verb, partial(_get, user_id), _save)

    async def remove(self, user_id: int, *, version: int | None = None) -> bool:
        parameters = {"id": user_id, "owner": str(user_id)}
        if version is not None:
            rows = await removed_at(version, self._executor, REMOVE_AT, parameters)
        else:
            rows = await self._executor.ask(REMOVE, parameters)
        if rows and rows[0][1]:
            await self._executor.ask(SWEEP, parameters)
        return bool(rows)


def _meant(where: UserFilter) -> dict[str, object]:
    return {
        "username": where.username,
        "username_pieces": needle(where.username),
        "email": where.email,
        "email_pieces": needle(where.email),
    }


async def _get(user_id: int, executor: Executor) -> User | None:
    rows = await executor.ask(STATEMENTS.get, {"id": user_id})
    return USERS.entity(rows[0]) if rows else None


async def _save(executor: Executor, user: User, was: int) -> bool:
    parameters = USERS.parameters(user) | {"was": was}
    for _ in range(MAX_ROUNDS):
        try:
            return bool(await executor.ask(STATEMENTS.save, parameters))
        except psycopg.errors.UniqueViolation:
            await _check_unique(executor, user.username, user.email, None, besides=user.id)
    raise StoreUnavailable(f"User {user.id} met a vanishing rival {MAX_ROUNDS} times")


async def _check_unique(
    executor: Executor, username: str, email: str, chosen_id: int | None, *, besides: int | None
) -> bool:
    """Raise `UsernameTaken` or `EmailTaken`; tell whether the chosen id is taken."""
    [(username_taken, email_taken, id_taken)] = await executor.ask(
        sql.TAKEN, {"username": username, "email": email, "id": chosen_id, "besides": besides}
    )
    if username_taken:
        raise UsernameTaken(username)
    if email_taken:
        raise EmailTaken(email)
    return bool(id_taken)
