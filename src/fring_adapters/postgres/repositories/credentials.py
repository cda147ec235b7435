"""Password hashes and roles in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import bindparam, select, update

from fring_adapters.postgres.sql.rows import USER_COLUMNS, to_user
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import users
from fring_core import Credential, Role
from fring_core.ids import is_possible

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row

_CREDENTIAL: Final = select(*USER_COLUMNS, users.c.password_hash, users.c.role)
_IS_IT: Final = users.c.id == bindparam("id")
FIND_BY_USERNAME: Final = reading(_CREDENTIAL.where(users.c.username == bindparam("username")))
FIND_BY_EMAIL: Final = reading(_CREDENTIAL.where(users.c.email == bindparam("email")))
GET: Final = reading(_CREDENTIAL.where(_IS_IT))
REPLACE: Final = writing(
    update(users)
    .values(password_hash=bindparam("new"))
    .where(
        _IS_IT,
        users.c.password_hash.is_not_distinct_from(bindparam("old")),
    )
    .returning(users.c.id)
)
SET_ROLE: Final = writing(
    update(users).values(role=bindparam("role")).where(_IS_IT).returning(users.c.id)
)


def _to_credential(row: Row) -> Credential:
    return Credential(to_user(row[:-2]), row[-2], Role(row[-1]))


@attrs.frozen
class PostgresCredentials:
    """Keep password hashes and roles, as `fring_core.Credentials` says."""

    _executor: Executor

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        statement = FIND_BY_EMAIL if username is None else FIND_BY_USERNAME
        rows = await self._executor.run(statement, {"username": username, "email": email})
        return _to_credential(rows[0]) if rows else None

    async def get(self, user_id: int) -> Credential | None:
        if not is_possible(user_id):
            return None
        rows = await self._executor.run(GET, {"id": user_id})
        return _to_credential(rows[0]) if rows else None

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        parameters = {
            "id": credential.user.id,
            "old": credential.password_hash,
            "new": password_hash,
        }
        return is_possible(credential.user.id) and bool(
            await self._executor.run(REPLACE, parameters)
        )

    async def set_role(self, user_id: int, role: Role) -> bool:
        parameters = {"id": user_id, "role": role.value}
        return is_possible(user_id) and bool(await self._executor.run(SET_ROLE, parameters))
