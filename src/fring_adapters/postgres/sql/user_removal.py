"""What a user takes along: assignments by the foreign key, and an account its personal list."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, exists, select

from fring_adapters.postgres.sql.drawn_ids import spending
from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.tables import tasks, users

_IS_IT: Final = users.c.id == bindparam("id")
_ON_ITS_LIST: Final = tasks.c.owner == bindparam("owner")

_REMOVED: Final = (
    delete(users)
    .where(_IS_IT)
    .returning(users.c.id, users.c.password_hash.is_not(None).label("is_account"))
    .cte("removed")
)
# The list of a user without a password may be somebody else's.
_LIST: Final = (
    delete(tasks)
    .where(_ON_ITS_LIST, exists(select(_REMOVED.c.id).where(_REMOVED.c.is_account)))
    .returning(tasks.c.id)
    .cte("list")
)
REMOVE: Final = writing(
    select(_REMOVED.c.id, _REMOVED.c.is_account).add_cte(
        spending((users, _REMOVED), (tasks, _LIST))
    )
)

# What came to the list while the removal was under way, which it could not see.
_LEFT: Final = (
    delete(tasks)
    .where(_ON_ITS_LIST, ~exists(select(users.c.id).where(_IS_IT)))
    .returning(tasks.c.id)
    .cte("list")
)
SWEEP: Final = writing(select(_LEFT.c.id).add_cte(spending((tasks, _LEFT))))
