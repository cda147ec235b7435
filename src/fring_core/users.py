"""Users: who they are, and how they change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.errors import UserNotFound
from fring_core.ids import chosen_id_problem, is_possible
from fring_core.unset import UNSET, UnsetType, given
from fring_core.values import plain_fields, whole

if TYPE_CHECKING:
    from datetime import datetime


@attrs.frozen
class User:
    """Hold one user as a store knows it.

    `created_at` is in UTC; raise `ValueError` for a time without a zone. `version` counts saves,
    from 1; it serves compare-and-swap and takes no part in equality.
    """

    id: int
    username: str
    email: str
    created_at: datetime = attrs.field(converter=in_utc)
    version: int = attrs.field(default=1, eq=False)

    def change(self, changes: UserChanges) -> User:
        """Return this user with the fields that `changes` sets."""
        return attrs.evolve(self, **given(changes))


@attrs.frozen(field_transformer=plain_fields)
class NewUser:
    """Say which user to create; raise `InvalidInput` for texts or an id that cannot be.

    Username: 1-255 characters, not blank. E-mail: at most 255, shaped like one. Both are unique
    as they stand, case included. `id`: 1 to 2³¹-1, or None to have the store draw one.
    """

    username: str
    email: str
    id: int | None = None

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                chosen_id_problem(self.id),
                text.USERNAME.problem("username", self.username),
                text.EMAIL.problem("email", self.email),
            )
        )

    def as_user(self, user_id: int, now: datetime) -> User:
        """Return the user that this becomes, created at `now`."""
        return User(user_id, self.username, self.email, created_at=now)


@attrs.frozen(field_transformer=plain_fields)
class UserChanges:
    """Say what to change of a user: what is UNSET stays; raise `InvalidInput` as `NewUser`."""

    username: str | UnsetType = UNSET
    email: str | UnsetType = UNSET

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                None
                if self.username is UNSET
                else text.USERNAME.problem("username", self.username),
                None if self.email is UNSET else text.EMAIL.problem("email", self.email),
            )
        )


def existing(user_id: int) -> int:
    """Return an id that a user may have; raise `UserNotFound` for any other number.

    Raise `InvalidInput` for what is no whole number.
    """
    user_id = whole("user_id", user_id)
    if not is_possible(user_id):
        raise UserNotFound(user_id)
    return user_id
