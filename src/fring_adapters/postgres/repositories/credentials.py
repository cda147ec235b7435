"""Password hashes in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import bindparam, select, update

from fring_adapters.postgres.rows import USER_COLUMNS, to_user
from fring_adapters.postgres.statements import reading, writing
from fring_adapters.postgres.tables import users
from fring_core import Credential
from fring_core.ids import is_possible

if TYPE_CHECKING:
    from fring_adapters.postgres.executors import Executor

_CREDENTIAL: Final = select(*USER_COLUMNS, users.c.password_hash)
FIND_BY_USERNAME: Final = reading(_CREDENTIAL.where(users.c.username == bindparam("username")))
FIND_BY_EMAIL: Final = reading(_CREDENTIAL.where(users.c.email == bindparam("email")))
HASH_OF: Final = reading(select(users.c.password_hash).where(users.c.id == bindparam("id")))
REPLACE: Final = writing(
    update(users)
    .values(password_hash=bindparam("new"))
    .where(
        users.c.id == bindparam("id"),
        users.c.password_hash.is_not_distinct_from(bindparam("old")),
    )
    .returning(users.c.id)
)


@attrs.frozen
class PostgresCredentials:
    """Keep password hashes, as `fring_core.Credentials` says."""

    _executor: Executor

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        statement = FIND_BY_EMAIL if username is None else FIND_BY_USERNAME
        rows = await self._executor.run(statement, {"username": username, "email": email})
        return Credential(to_user(rows[0][:-1]), rows[0][-1]) if rows else None

    async def hash_of(self, user_id: int) -> str | None:
        if not is_possible(user_id):
            return None
        rows = await self._executor.run(HASH_OF, {"id": user_id})
        password_hash: str | None = rows[0][0] if rows else None
        return password_hash

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        parameters = {
            "id": credential.user.id,
            "old": credential.password_hash,
            "new": password_hash,
        }
        return is_possible(credential.user.id) and bool(
            await self._executor.run(REPLACE, parameters)
        )
