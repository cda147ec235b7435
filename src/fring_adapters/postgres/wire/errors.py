"""What PostgreSQL's errors mean to Fring: SQLSTATE → core error, and what may be tried again."""

from __future__ import annotations

import random
from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg_pool import PoolTimeout, TooManyRequests

from fring_core import FringError, StoreUnavailable, TransactionConflict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fring_adapters.postgres.wire.statement import Statement

CLASHES: Final = frozenset({"40001", "40P01"})  # serialization failure, deadlock
MAX_CLASHES: Final = 5
# The server shuts down or starts up, or it is a standby, as in the middle of a failover.
READ_ONLY: Final = "25006"
LOST: Final = frozenset({"57P01", "57P02", "57P03", READ_ONLY, "25P03"})
# A database that only reads says so at every write, on connections that are good for reading.
READ_ONLY_SECONDS: Final = 1.0
# Classes of SQLSTATE that mean "not now": connection, resources, operator, system, internal.
AWAY: Final = frozenset({"08", "53", "57", "58", "XX"})
# A lock or a transaction that took longer than the database's own settings allow.
TIMED_OUT: Final = frozenset({"55P03", "25P03", "25P04", "40003"})
UNKNOWN: Final = "40003"  # whether the statement was done
# A PgBouncer that does not follow prepared statements hands them to the wrong connection.
UNPREPARED: Final = frozenset({"26000", "42P05"})
# The type of a column has changed since a statement was prepared, or all that was prepared is
# gone. Nothing was executed. It is sent again without being prepared: behind a PgBouncer that
# follows prepared statements, the server has the old one still.
STALE: Final = frozenset({"0A000", "26000"})
# Tables, columns, functions and types are not those that the statements were written for, as in
# the middle of a restore, or this role may not use them.
UNFIT: Final = frozenset(
    {"0A000", "3F000", "42501", "42703", "42804", "42809", "42883", "42P01", "2200H"}
)
POOL_ERRORS: Final = (PoolTimeout, TooManyRequests)


def is_lost(error: psycopg.Error) -> bool:
    """Tell whether the connection is of no more use; others of its pool may not be either."""
    state = error.sqlstate
    if state is None:
        dead = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
        return dead and not isinstance(error, POOL_ERRORS)
    return state in LOST or state.startswith("08")


def is_without_connection(error: BaseException | None) -> bool:
    """Tell whether a call failed since the pool had no connection for it."""
    return error is not None and (
        isinstance(error, POOL_ERRORS) or is_without_connection(error.__cause__)
    )


def is_undone(error: BaseException) -> bool:
    """Tell whether the database has said that it did nothing of what failed so."""
    said = error if isinstance(error, psycopg.Error) else error.__cause__
    state = said.sqlstate if isinstance(said, psycopg.Error) and not is_lost(said) else None
    return state not in (None, UNKNOWN)


def repeated(error: Exception, those: Iterable[object]) -> list[Exception]:
    """Return an error for each of these: raised by many, one would grow with each."""
    return [_copied(error) for _ in those]


def _copied(error: Exception) -> Exception:
    try:
        each = copy(error)
    except Exception:  # noqa: BLE001  # of a class that cannot be made from its `args`
        return error
    each.__cause__ = error
    return each


def renewal_pause(error: psycopg.Error) -> float:
    """Return how many seconds have to lie between renewals of the pool for such an error."""
    return READ_ONLY_SECONDS if error.sqlstate == READ_ONLY else 0.0


def translated(error: psycopg.Error) -> FringError | None:
    """Return the core error that a psycopg error amounts to; None if it is about the data."""
    state = error.sqlstate
    if state in CLASHES:
        return TransactionConflict(str(error))
    if state in UNPREPARED:
        return StoreUnavailable(f"{error}; behind such a PgBouncer, FRING_POOL_PREPARE=false helps")
    if state in UNFIT:
        return StoreUnavailable(f"The tables are not as `prepare` leaves them: {error}")
    away = state is not None and (state[:2] in AWAY or state in TIMED_OUT)
    if away or is_lost(error) or isinstance(error, POOL_ERRORS):
        return StoreUnavailable(f"{type(error).__name__}: {error}")
    return None


@contextmanager
def translating() -> Iterator[None]:
    """Turn what psycopg raises into what the ports raise."""
    try:
        yield
    except psycopg.Error as error:
        raise translated(error) or error from error


def pause_after_clash(clashes: int) -> float:
    """Return how many seconds to wait after so many clashes with others."""
    return random.uniform(0, 0.01 * 2**clashes)  # noqa: S311  # jitter, no secret


def delay_before_retry(error: psycopg.Error, statement: Statement, failures: int) -> float:
    """Return how long to wait, in seconds, before a statement that failed is sent again.

    Clashes with other callers are tried again with jitter, reads whose connection died at once,
    but only one time. Otherwise raise the error, translated.
    """
    if error.sqlstate in CLASHES and failures <= MAX_CLASHES:
        return pause_after_clash(failures)
    if is_lost(error) and statement.reads and failures == 1:
        return 0
    raise translated(error) or error from error
