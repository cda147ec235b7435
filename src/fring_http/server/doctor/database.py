"""What there is to say of the database: whether it can be worked on, and for how many at once."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fring_core import StoreUnavailable
from fring_http.server.database import embedded_folder, located
from fring_http.server.doctor.findings import Finding, fail, ok, warn
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_adapters.postgres import State
    from fring_adapters.postgres.examination import Examination
    from fring_http.server.settings import Settings

OLDEST: Final = 150_000  # `server_version_num` of the oldest PostgreSQL that Fring is tried on
DRIFT: Final = timedelta(seconds=2)
LONG: Final = timedelta(minutes=1)
SHARE: Final = 0.8  # of a database's connections, for one server


def look_at_database(settings: Settings) -> Iterator[Finding]:
    """Look at the database that is set; the embedded one only if it is there."""
    if settings.database_url == MEMORY:
        yield warn(
            "database",
            "memory:// forgets everything when the server ends",
            "let DATABASE_URL name a PostgreSQL database, or be absent for the embedded one",
        )
        return
    if not settings.database_url and not embedded_folder(settings).exists():
        yield ok("database", f"it will be made in {embedded_folder(settings)} at the first start")
        return
    from fring_adapters.postgres import SchemaError, state  # noqa: PLC0415  # it takes long
    from fring_adapters.postgres.examination import examine  # noqa: PLC0415  # as above

    with ExitStack() as stack:
        try:
            url, words = located(settings, stack, lambda _: None)
            found = examine(url, schema=settings.schema)
        except StoreUnavailable as error:
            yield fail(
                "database",
                f"it cannot be reached: {error}".replace("\n", " "),
                "look at DATABASE_URL, and whether the database runs and lets this machine in",
            )
            return
        except ValueError:
            return  # the settings tell of it
        yield _version(words, found)
        try:
            tables = state(url, schema=settings.schema)
        except SchemaError as error:
            yield fail("tables", str(error), "a schema or a database of Fring's own helps")
            return
        yield _tables(tables)
        yield from _promises(found)
        yield _rights(found, is_empty=tables.revision is None)
        yield _pool(settings, found)
        yield _feed(found)
        yield clock("database's clock", found.drift)


def clock(about: str, drift: timedelta) -> Finding:
    """Say whether another clock agrees with this machine's."""
    words = f"it differs from this machine's by {abs(drift.total_seconds()):.1f} s"
    if abs(drift) > DRIFT:
        return warn(about, words, "set both by NTP: tokens and due dates depend on them")
    return ok(about, words)


def _version(words: str, found: Examination) -> Finding:
    text = f"{words}, PostgreSQL {found.version // 10_000}, of which no extension is needed"
    if found.version < OLDEST:
        return fail("database", text, f"PostgreSQL {OLDEST // 10_000} is the oldest that will do")
    return ok("database", text)


def _tables(tables: State) -> Finding:
    if tables.revision is None:
        return ok("tables", "there are none yet: the first start sets them up")
    if tables.revision != tables.newest:
        return fail(
            "tables",
            f"they are of revision {tables.revision}, and this version's are of {tables.newest}",
            "back up, then run `fring db upgrade`",
        )
    return ok("tables", f"they are of revision {tables.revision}")


def _promises(found: Examination) -> Iterator[Finding]:
    """Yield what keeps a database from taking writes, or from keeping them."""
    if found.is_standby or found.is_read_only:
        what = "it is a standby" if found.is_standby else "its transactions are read-only"
        yield fail("writes", f"{what}: every write is refused", "let DATABASE_URL name the primary")
    if not found.syncs:
        yield fail("writes", "fsync is off: a crash may lose all of it", "set fsync=on")
    if not found.waits_for_commits:
        yield warn(
            "writes",
            "synchronous_commit is off: a crash loses the writes of its last moments",
            "ALTER ROLE … SET synchronous_commit = on",
        )


def _rights(found: Examination, *, is_empty: bool) -> Finding:
    role, place = found.role, found.place or "a schema of its own"
    if is_empty and not found.may_create:
        return fail(
            "rights",
            f"role {role} may not create tables in {place}",
            f"GRANT CREATE, USAGE ON SCHEMA {place} TO {role}, or let another role run"
            " `fring db upgrade`",
        )
    if found.lacking:
        words = ", ".join(f"{kind} on {table}" for table, kind in found.lacking)
        return fail("rights", f"role {role} has no {words}", f"GRANT it to {role}")
    return ok("rights", f"role {role} may do all that Fring does")


def _feed(found: Examination) -> Finding:
    if found.oldest_writer is None or found.has_written <= LONG:
        return ok("feed", "no transaction keeps its events for long")
    return warn(
        "feed",
        f"process {found.oldest_writer} of the database has a transaction open that has written,"
        f" since {found.has_written.total_seconds():.0f} s: until it ends, its events are not told",
        f"SELECT pg_terminate_backend({found.oldest_writer}), or an"
        " idle_in_transaction_session_timeout",
    )


def _pool(settings: Settings, found: Examination) -> Finding:
    wanted = settings.workers * (settings.pool_size + settings.pool_overflow)
    most = min(
        found.most_connections - found.reserved_connections,
        *(limit for limit in (found.role_limit, found.database_limit) if limit >= 0),
        10**6,
    )
    advised = max(int(most * SHARE) // settings.workers, 1)
    words = (
        f"{settings.workers} x ({settings.pool_size} + {settings.pool_overflow}) = {wanted}"
        f" connections are wanted, {most} may be had, others have {found.connections_in_use}"
    )
    remedy = f"FRING_POOL_SIZE={advised} at most, with no overflow, or a greater max_connections"
    if wanted > most:
        return fail("pool", words, remedy)
    if wanted > most * SHARE:
        return warn("pool", words, remedy)
    return ok("pool", f"{words}; FRING_POOL_SIZE may be {advised}")
