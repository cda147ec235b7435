"""Who is calling, and what that allows.

A caller is a subject, the opaque text that a token was issued to, with a role. The subject
alone decides about personal lists: a list belongs to the subject of its name. The role decides
about the shared board, by a table.
"""

from __future__ import annotations

from enum import Enum, StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from fring_core.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping


class Role(StrEnum):
    """Name what a caller is to the shared board."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"


class Action(Enum):
    """Name what can be done on the shared board; tasks include their assignments."""

    READ = "read"
    WRITE_TASKS = "write tasks"
    MANAGE_USERS = "manage users"
    MANAGE_WEBHOOKS = "manage webhooks"


ALLOWED: Final[Mapping[Role, frozenset[Action]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Action.READ}),
        Role.MEMBER: frozenset({Action.READ, Action.WRITE_TASKS}),
        Role.ADMIN: frozenset(Action),
    }
)
"""Say which role may do what on the shared board."""


@attrs.frozen
class Identity:
    """Hold who a caller is, once that is proven.

    `account` is what the token says of the account that it was issued to, as long as nobody has
    looked whether that account is still there; `Accounts.checking` does, and puts the account's
    `user_id` in its place. Until then the caller may do nothing.
    """

    subject: str
    role: Role = Role.MEMBER
    account: str | None = None
    user_id: int | None = None

    def may(self, action: Action) -> bool:
        """Tell whether the role allows an action on the shared board.

        Raise `Unauthenticated` if there is an account to be looked up.
        """
        self._check_looked_up()
        return action in ALLOWED[self.role]

    def check_may(self, action: Action) -> None:
        """Raise `Forbidden` if the role does not allow an action on the shared board, as `may`."""
        if not self.may(action):
            raise Forbidden(f"A {self.role} may not {action.value}")

    def check_owns(self, owner: str) -> None:
        """Raise `Forbidden` if a personal list is somebody else's, else as `check_may`."""
        self._check_looked_up()
        if owner != self.subject:
            raise Forbidden("This list belongs to somebody else")

    def account_id(self) -> int:
        """Return the id of the caller's own account; raise as `check_may` if there is none."""
        self._check_looked_up()
        if self.user_id is None:
            raise Forbidden("This token is of no account here: no login gave it")
        return self.user_id

    def _check_looked_up(self) -> None:
        if self.account is not None:
            raise Unauthenticated("nobody looks up its account (Accounts.checking)", bad_token=True)
