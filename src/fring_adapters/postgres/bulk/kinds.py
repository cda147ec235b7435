"""The kinds of rows that a file holds, in the order in which they come."""

from __future__ import annotations

from typing import Final

import attrs

from fring_adapters.postgres.sql.rows import TASKS, USERS
from fring_adapters.postgres.sql.tables import spent_ids, user_tasks, users


@attrs.frozen
class Kind:
    """Name a kind of rows: what a line calls it, its table and columns, and its key."""

    name: str
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    @property
    def staged(self) -> str:
        """Return the name of the table of rows that have come and are not checked yet."""
        return f"new_{self.table}"


PASSWORD_HASH: Final = users.c.password_hash.name
USER: Final = Kind(
    "user",
    "users",
    (*(column.name for column in USERS.columns), users.c.role.name, PASSWORD_HASH),
    ("id",),
)
TASK: Final = Kind("task", "tasks", tuple(column.name for column in TASKS.columns), ("id",))
_PAIR: Final = tuple(column.name for column in user_tasks.columns)
ASSIGNMENT: Final = Kind("assignment", "user_tasks", _PAIR, _PAIR)
_SPENT: Final = tuple(column.name for column in spent_ids.columns)
SPENT_ID: Final = Kind("spent_id", "spent_ids", _SPENT, _SPENT)

KINDS: Final = (USER, TASK, ASSIGNMENT, SPENT_ID)
# Whose ids are drawn, if nobody chooses them.
DRAWN: Final = (USER, TASK)
