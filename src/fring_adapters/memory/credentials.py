"""Password hashes and roles in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from fring_adapters.memory.database import Database
    from fring_core import Credential, Role


@attrs.frozen
class MemoryCredentials:
    """Keep password hashes and roles, as `fring_core.Credentials` says."""

    _database: Database

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        with self._database.opened() as tables:
            found = tables.emails.get(email) if username is None else tables.usernames.get(username)
            return None if found is None else tables.credential_of(tables.users[found])

    async def get(self, user_id: int) -> Credential | None:
        with self._database.opened() as tables:
            user = tables.users.get(user_id)
            return None if user is None else tables.credential_of(user)

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        with self._database.changing() as tables:
            user_id = credential.user.id
            if (
                user_id not in tables.users
                or tables.hashes.get(user_id) != credential.password_hash
            ):
                return False
            tables.hashes[user_id] = password_hash
            return True

    async def set_role(self, user_id: int, role: Role) -> bool:
        with self._database.changing() as tables:
            if user_id not in tables.users:
                return False
            tables.roles[user_id] = role
            return True
