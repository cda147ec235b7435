"""What is sent about password hashes and roles."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select, update

from fring_adapters.postgres.sql.rows import USERS
from fring_adapters.postgres.sql.statements import reading, writing
from fring_adapters.postgres.sql.tables import users

_CREDENTIAL: Final = select(*USERS.columns, users.c.password_hash, users.c.role)
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
