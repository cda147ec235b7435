"""The port of password hashes and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from fring_core.accounts import Credential
    from fring_core.identity import Role


class Credentials(Protocol):
    """Keep the hashes of users' passwords, and their roles, apart from the users."""

    async def find(self, username: str | None, email: str | None) -> Credential | None:
        """Return the user with exactly this username, its hash and its role, or None.

        If `username` is None, the e-mail counts in its place, exactly.
        """
        ...

    async def get(self, user_id: int) -> Credential | None:
        """Return the user with this id, its hash and its role, or None."""
        ...

    async def replace(self, credential: Credential, password_hash: str) -> bool:
        """Store another hash, unless `credential` no longer holds the user's; tell whether.

        It MUST NOT touch the user's version or its role: it is no change of the user.
        """
        ...

    async def set_role(self, user_id: int, role: Role) -> bool:
        """Give a user another role; tell whether there is such a user.

        Until then it MUST be a member's. Nothing else of the user MUST change, its hash and its
        version included.
        """
        ...
