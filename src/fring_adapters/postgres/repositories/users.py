"""Users in PostgreSQL."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import attrs
import psycopg
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.repositories.user_removal import REMOVE, SWEEP
from fring_adapters.postgres.sql.drawn_ids import (
    DRAWN_ID,
    MAX_ROUNDS,
    adding,
    skipping_ahead,
    steps_after,
)
from fring_adapters.postgres.sql.rows import (
    TASK_COLUMNS,
    USER_COLUMNS,
    from_new_user,
    from_user,
    saved,
    to_task,
    to_user,
)
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import Text, tasks, user_tasks, users
from fring_core import (
    EmailTaken,
    IdTaken,
    StoreUnavailable,
    UsernameTaken,
    UserWithTasks,
)
from fring_core.ids import is_possible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Statement
    from fring_core import NewUser, Page, User, UserFilter

_IS_IT: Final = users.c.id == bindparam("id")
_NEW: Final[dict[str, BindParameter[object]]] = {
    name: bindparam(name) for name in ("username", "email", "created_at", "password_hash")
}
# What a user and its shared tasks are read from: a user without tasks gives one row of NULLs.
USER_AND_TASKS: Final = users.outerjoin(
    user_tasks.join(tasks, (tasks.c.id == user_tasks.c.task_id) & tasks.c.owner.is_(None)),
    user_tasks.c.user_id == users.c.id,
)

# Any conflict gives no row; TAKEN then tells which, since only it is sure of the reason.
# Counted, since a search for one would expect to find it soon, and not use the index.
_ON_THE_LIST: Final = select(func.count(tasks.c.id)).where(tasks.c.owner == cast(DRAWN_ID, Text))
ADD: Final = adding(users, _NEW, _ON_THE_LIST.scalar_subquery() == literal_column("0"))
ADD_WITH_ID: Final = writing(
    insert(users)
    .values(_NEW | {"id": bindparam("id")})
    .on_conflict_do_nothing()
    .returning(users.c.id)
)
SKIP_AHEAD: Final = skipping_ahead(users)
GET: Final = reading(select(*USER_COLUMNS).where(_IS_IT))
GET_WITH_TASKS: Final = reading(
    select(*USER_COLUMNS, *TASK_COLUMNS)
    .select_from(USER_AND_TASKS)
    .where(_IS_IT)
    .order_by(tasks.c.id)
)
SAVE: Final = writing(
    update(users)
    .values(
        username=bindparam("username"),
        email=bindparam("email"),
        version=users.c.version + literal_column("1"),
    )
    .where(_IS_IT, users.c.version == bindparam("version"))
    .returning(users.c.version, users.c.created_at)
)


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(users.c.id).where(*conditions))


TAKEN: Final = reading(
    select(
        _has(
            users.c.username == bindparam("username"),
            users.c.id.is_distinct_from(bindparam("besides")),
        ),
        _has(
            users.c.email == bindparam("email"), users.c.id.is_distinct_from(bindparam("besides"))
        ),
        _has(_IS_IT),
    )
)


@cache
def listing(*, username: bool, email: bool) -> Statement:
    """Return the statement that lists users, one for each set of filters in use."""
    statement = select(*USER_COLUMNS)
    if username:
        statement = statement.where(
            func.strpos(users.c.username, bindparam("username")) > literal_column("0")
        )
    if email:
        statement = statement.where(
            func.strpos(users.c.email, bindparam("email")) > literal_column("0")
        )
    return reading(
        statement.order_by(users.c.id).limit(bindparam("limit")).offset(bindparam("skip"))
    )


@attrs.frozen
class PostgresUsers:
    """Keep users, as `fring_core.Users` says."""

    _executor: Executor

    async def add(self, new: NewUser, now: datetime, password_hash: str | None = None) -> User:
        parameters = from_new_user(new, now) | {"password_hash": password_hash}
        for clashes in range(MAX_ROUNDS):
            rows = await self._executor.run(ADD if new.id is None else ADD_WITH_ID, parameters)
            if rows:
                return new.as_user(rows[0][0], now)
            id_taken = await self._check_unique(new.username, new.email, new.id, besides=None)
            if new.id is None:
                await self._executor.run(SKIP_AHEAD, steps_after(clashes))
            elif id_taken:
                raise IdTaken(new.id)
        raise StoreUnavailable(f"No free user id in {MAX_ROUNDS} attempts")

    async def _check_unique(
        self, username: str, email: str, chosen_id: int | None, *, besides: int | None
    ) -> bool:
        """Raise `UsernameTaken` or `EmailTaken`; tell whether the chosen id is taken."""
        [(username_taken, email_taken, id_taken)] = await self._executor.run(
            TAKEN, {"username": username, "email": email, "id": chosen_id, "besides": besides}
        )
        if username_taken:
            raise UsernameTaken(username)
        if email_taken:
            raise EmailTaken(email)
        return bool(id_taken)

    async def get(self, user_id: int) -> User | None:
        if not is_possible(user_id):
            return None
        rows = await self._executor.run(GET, {"id": user_id})
        return to_user(rows[0]) if rows else None

    async def get_with_tasks(self, user_id: int) -> UserWithTasks | None:
        if not is_possible(user_id):
            return None
        rows = await self._executor.run(GET_WITH_TASKS, {"id": user_id})
        if not rows:
            return None
        width = len(USER_COLUMNS)
        user = to_user(rows[0][:width])
        return UserWithTasks(user, [to_task(row[width:]) for row in rows if row[width] is not None])

    async def list(self, where: UserFilter, page: Page) -> Sequence[User]:
        statement = listing(username=where.username is not None, email=where.email is not None)
        rows = await self._executor.run(
            statement,
            {
                "username": where.username,
                "email": where.email,
                "skip": page.skip,
                "limit": page.limit,
            },
        )
        return [to_user(row) for row in rows]

    async def save(self, user: User) -> User | None:
        if not is_possible(user.id):
            return None
        for _ in range(MAX_ROUNDS):
            try:
                rows = await self._executor.run(SAVE, from_user(user))
            except psycopg.errors.UniqueViolation:
                await self._check_unique(user.username, user.email, None, besides=user.id)
            else:
                return saved(user, *rows[0]) if rows else None
        raise StoreUnavailable(f"User {user.id} met a vanishing rival {MAX_ROUNDS} times")

    async def remove(self, user_id: int) -> bool:
        if not is_possible(user_id):
            return False
        parameters = {"id": user_id, "owner": str(user_id)}
        rows = await self._executor.run(REMOVE, parameters)
        if rows and rows[0][1]:
            await self._executor.run(SWEEP, parameters)
        return bool(rows)
