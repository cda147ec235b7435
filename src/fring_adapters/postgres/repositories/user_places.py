"""Where a user is that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import psycopg

from fring_adapters.postgres.repositories.recording import sent
from fring_adapters.postgres.sql.drawn_ids import MAX_ROUNDS
from fring_adapters.postgres.sql.rows import USERS
from fring_adapters.postgres.sql.users import STATEMENTS, TAKEN
from fring_core import EmailTaken, StoreUnavailable, UsernameTaken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fring_adapters.postgres.wire.executor import Executor
    from fring_core import Event, User


@attrs.frozen
class UserPlace:
    """Name a user."""

    user_id: int

    async def find(self, executor: Executor) -> tuple[User, Sequence[int] | None] | None:
        """Return the user, and nobody if no event has told of it; None if it is not there."""
        rows = await executor.ask(STATEMENTS.find, {"id": self.user_id})
        return (USERS.entity(rows[0][:-1]), rows[0][-1]) if rows else None

    async def save(
        self, executor: Executor, row: User, was: int, events: Sequence[Event]
    ) -> Sequence[int]:
        """Store the user in place of one of this version; return the numbers of its events.

        Raise `UsernameTaken` or `EmailTaken`.
        """
        asked = USERS.parameters(row) | {"was": was, "events": sent(*events)}
        for _ in range(MAX_ROUNDS):
            try:
                rows = await executor.ask(STATEMENTS.save, asked)
            except psycopg.errors.UniqueViolation:
                await check_unique(executor, row.username, row.email, None, besides=row.id)
            else:
                return [number for _, number in rows]
        raise StoreUnavailable(f"User {row.id} met a vanishing rival {MAX_ROUNDS} times")


async def check_unique(
    executor: Executor, username: str, email: str, chosen_id: int | None, *, besides: int | None
) -> bool:
    """Raise `UsernameTaken` or `EmailTaken`; tell whether the chosen id is taken."""
    [(username_taken, email_taken, id_taken)] = await executor.ask(
        TAKEN, {"username": username, "email": email, "id": chosen_id, "besides": besides}
    )
    if username_taken:
        raise UsernameTaken(username)
    if email_taken:
        raise EmailTaken(email)
    return bool(id_taken)
