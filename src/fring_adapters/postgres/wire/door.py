"""What the database says to those it keeps out, and how long those it lets in may wait for it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

# The longest that the database may take to answer, for a lock above all. It is measured here: a
# session setting would not survive PgBouncer, and a frozen server keeps to none.
DEADLINE_SECONDS: Final = 10.0
# The longest that it may take to say that it is there: then other connections are made.
ASK_SECONDS: Final = 1.0
# The longest that it may take to cancel, before the connection is given up.
CANCEL_SECONDS: Final = 1.0
# The longest that a transaction may do nothing, before the database ends it.
IDLE_SECONDS: Final = 60.0


def _milliseconds(seconds: float) -> int:
    return min(max(1, round(seconds * 1000)), 2**31 - 1)  # 0 would be no limit


class Door:
    """Remember what libpq said when the database last let nobody in.

    The pool itself only logs it: to its callers, a wrong password is a time that has run out.
    `reason` is empty as long as the last attempt succeeded. Whoever is let in may wait `deadline`
    seconds for an answer, and `cancel` seconds for it to be cancelled then.

    `limits` is the SQL that has the database itself keep to them until the transaction ends, that
    of the locks it holds too if nobody is left to cancel anything, and to `idle` seconds between
    two statements. A session's own settings would be another session's behind PgBouncer.
    """

    reason = ""

    def __init__(
        self,
        deadline: float = DEADLINE_SECONDS,
        cancel: float = CANCEL_SECONDS,
        idle: float = IDLE_SECONDS,
    ) -> None:
        self.deadline, self.cancel = deadline, cancel
        limits = {
            "statement_timeout": deadline,
            "lock_timeout": deadline / 2,
            "idle_in_transaction_session_timeout": idle,
        }
        self.limits = b"SELECT " + b", ".join(
            f"set_config('{name}', '{_milliseconds(limits[name])}', true)".encode()
            for name in limits
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hold for as long as an attempt lasts."""
        try:
            yield
        except psycopg.Error as error:
            self.reason = f": {error}"
            raise
        self.reason = ""
