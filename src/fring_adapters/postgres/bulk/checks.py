"""What speaks against adding the rows that have come: each a query of lines, with words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg.sql import SQL, Composed, Identifier, Literal

from fring_adapters.postgres.bulk.faults import MOST, BulkError, Faults
from fring_adapters.postgres.bulk.kinds import KINDS, PASSWORD_HASH, TASK, USER, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

_EMPTY: Final = "SELECT NOT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM tasks)"
_TWICE: Final = SQL("""
    SELECT max(line), format({words}, min(line)) FROM {new} GROUP BY {columns} HAVING count(*) > 1
""")
_DIFFERS: Final = SQL("""
    SELECT new.line, format({words}, old.id, concat_ws(', ', {differing}))
    FROM {new} AS new JOIN {old} AS old USING (id)
    WHERE ({left}) IS DISTINCT FROM ({right})
""")
_TAKEN: Final = SQL("""
    SELECT new.line, format({words}, old.id)
    FROM new_users AS new JOIN users AS old USING ({column}) WHERE new.id <> old.id
""")
# The list of a user without a password may be somebody else's.
_OTHERS_LIST: Final = SQL("""
    SELECT line, format('user %s cannot have a password: its list has tasks of somebody else', id)
    FROM new_users WHERE password_hash IS NOT NULL
    AND NOT EXISTS (SELECT FROM users WHERE users.id = new_users.id AND users.password_hash IS NOT NULL)
    AND EXISTS (
        SELECT FROM tasks WHERE owner = new_users.id::text
        AND NOT EXISTS (SELECT FROM new_tasks WHERE new_tasks.id = tasks.id)
    )
""")
_NO_USER: Final = SQL("""
    SELECT line, format('there is no user %s', user_id) FROM new_user_tasks
    WHERE NOT EXISTS (SELECT FROM new_users WHERE id = user_id)
    AND NOT EXISTS (SELECT FROM users WHERE id = user_id)
""")
_NO_TASK: Final = SQL("""
    SELECT line, format('there is no shared task %s', task_id) FROM new_user_tasks
    WHERE NOT EXISTS (SELECT FROM new_tasks WHERE id = task_id AND owner IS NULL)
    AND NOT EXISTS (SELECT FROM tasks WHERE id = task_id AND owner IS NULL)
""")


def check_empty(connection: psycopg.Connection) -> None:
    """Raise `BulkError` if there are users or tasks."""
    if connection.execute(_EMPTY).fetchone() != (True,):
        raise BulkError("there are users or tasks already, and nothing was added to them")


def check_rows(connection: psycopg.Connection, faults: Faults) -> None:
    """Note what speaks against the rows that have come, and raise `BulkError` if anything does."""
    for query in _queries():
        first = SQL("{} ORDER BY 1 LIMIT {}").format(query, Literal(MOST))
        for line, why in connection.execute(first):
            faults.add(line, why)
    faults.check()


def _queries() -> Iterator[Composed | SQL]:
    for kind in KINDS:
        yield _twice(kind, kind.name, kind.key)
    for column in ("username", "email"):
        yield _twice(USER, column, (column,))
        words = Literal(f"this {column} is that of user %s, who is there already")
        yield _TAKEN.format(words=words, column=Identifier(column))
    yield from (_differs(USER), _differs(TASK), _OTHERS_LIST, _NO_USER, _NO_TASK)


def _twice(kind: Kind, what: str, columns: tuple[str, ...]) -> Composed:
    return _TWICE.format(
        words=Literal(f"this {what} stands twice, before on line %s"),
        columns=SQL(", ").join(map(Identifier, columns)),
        new=Identifier(kind.staged),
    )


def _differs(kind: Kind) -> Composed:
    # Not the version: assignments of the same file may have the task on a later one by now.
    names = [name for name in kind.columns if name != "version"]
    left = [_said(name) for name in names]
    right = [Identifier("old", name) for name in names]
    differing = [
        SQL("CASE WHEN {} IS DISTINCT FROM {} THEN {} END").format(new, old, Literal(name))
        for name, new, old in zip(names, left, right, strict=True)
    ]
    return _DIFFERS.format(
        words=Literal(f"{kind.name} %s is there already, and differs in %s"),
        differing=SQL(", ").join(differing),
        new=Identifier(kind.staged),
        old=Identifier(kind.table),
        left=SQL(", ").join(left),
        right=SQL(", ").join(right),
    )


def _said(name: str) -> Composed | Identifier:
    """Return the value that a line says; one without a hash says nothing of the password."""
    new = Identifier("new", name)
    if name != PASSWORD_HASH:
        return new
    return SQL("coalesce({}, {})").format(new, Identifier("old", name))
