"""Password hashes and roles in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_adapters.postgres.sql import credentials as sql
from fring_adapters.postgres.sql.rows import USERS
from fring_core import Credential, Role

if TYPE_CHECKING:
    from fring_adapters.postgres.wire.executor import Executor
    from fring_adapters.postgres.wire.statement import Row


def _to_credential(row: Row) -> Credential:
    return Credential(USERS.entity(row[:-2]), row[-2], Role(row[-1]))


@attrs.frozen
class PostgresCredentials:
    """Keep password hashes and roles, as `fring_core.Credentials` says."""

    _executor: Executor

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        statement = sql.FIND_BY_EMAIL if username is None else sql.FIND_BY_USERNAME
        rows = await self._executor.run(statement, {"username": username, "email": email})
        return _to_credential(rows[0]) if rows else None

    async def get(self, user_id: int) -> Credential | None:
        rows = await self._executor.run(sql.GET, {"id": user_id})
        return _to_credential(rows[0]) if rows else None

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        parameters = {
            "id": credential.user.id,
            "old": credential.password_hash,
            "new": password_hash,
        }
        return bool(await self._executor.run(sql.REPLACE, parameters))

    async def set_role(self, user_id: int, role: Role) -> bool:
        parameters = {"id": user_id, "role": role.value}
        return bool(await self._executor.run(sql.SET_ROLE, parameters))
