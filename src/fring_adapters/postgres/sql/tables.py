"""The tables, as SQLAlchemy Core sees them; the migrations are what creates them.

Whatever the specification's columns do not name has a server default, so that plain SQL can
load rows; what an entity could not hold, the tables refuse. Texts sort by code point
(COLLATE "C"), as they do in Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    text,
)

from fring_adapters.postgres.sql.pieces import pieces
from fring_core import DeliveryState, Role, TaskStatus
from fring_core.status import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterable

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

Text: Final = String(collation="C")
Moment: Final = DateTime(timezone=True)
NOW: Final = text("now()")


def _one_of(column: str, words: Iterable[str]) -> str:
    return "{} IN ({})".format(column, ", ".join(f"'{word}'" for word in words))


def _version() -> CheckConstraint:
    # So far from the last number that nobody gets there by counting.
    return CheckConstraint("version <= 4611686018427387904", name="version")


def _moment(column: str) -> CheckConstraint:
    # A day less than Python's own years, so that it fits in any time zone of a session.
    within = "BETWEEN '0001-01-02 00:00+00' AND '9999-12-30 00:00+00'"
    return CheckConstraint(f"{column} {within}", name=column)


users = Table(
    "users",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    Column("email", Text, nullable=False, unique=True),
    Column("created_at", Moment, nullable=False, server_default=NOW),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("password_hash", String),  # None: nobody can log in as this user
    Column("role", String, nullable=False, server_default=text("'member'")),
    Column("told", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(_one_of("role", Role), name="role"),
    _version(),
    _moment("created_at"),
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", String),
    Column("status", String, nullable=False, server_default=text("'todo'")),
    Column("created_at", Moment, nullable=False, server_default=NOW),
    Column("updated_at", Moment, nullable=False, server_default=NOW),
    Column("owner", Text),
    Column("due_date", Date),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    # Whether an event tells of it: not of what plain SQL has loaded, until Fring changes it.
    Column("told", Boolean, nullable=False, server_default=text("false")),
    Column("remind_at", Moment),
    # Whether nothing comes of it any more: it has come, or a final status was between.
    Column("disarmed", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(_one_of("status", TaskStatus), name="status"),
    _version(),
    _moment("created_at"),
    _moment("updated_at"),
    CheckConstraint("due_date BETWEEN '0001-01-01' AND '9999-12-31'", name="due_date"),
    _moment("remind_at"),
)

# The shared board is listed by id, however many personal tasks stand between.
Index("ix_tasks_shared", tasks.c.id, postgresql_where=tasks.c.owner.is_(None))

# Those of one status. A personal list is read from these alone, a page at a time, and merged of its
# statuses, so that none is walked in vain.
Index("ix_tasks_status_id", tasks.c.status, tasks.c.id, postgresql_where=tasks.c.owner.is_(None))
for _order in (
    (tasks.c.created_at.desc(), tasks.c.id.desc()),
    (tasks.c.title, tasks.c.id),
    (tasks.c.id,),
):
    Index(
        None,
        tasks.c.owner,
        tasks.c.status,
        *_order,
        postgresql_where=tasks.c.owner.is_not(None),
    )

# The tasks that are still to be reminded of.
ARMED: Final = text(
    "remind_at IS NOT NULL AND NOT disarmed AND "
    + _one_of("status", [status for status in TaskStatus if status not in FINAL])
)
Index(None, tasks.c.remind_at, tasks.c.id, postgresql_where=ARMED)


def _searched(table: Table, *columns: str) -> None:
    """Index the pieces of these columns' texts."""
    Index(
        f"ix_{table.name}_{'_'.join(columns)}_pieces",
        *(text(f"({pieces(column)})") for column in columns),
        _table=table,
        postgresql_using="gin",
        # Rows wait in a list, which is searched too, until there are enough to sort in at once.
        postgresql_with={"fastupdate": True, "gin_pending_list_limit": 128},
    )


_searched(tasks, "title")
_searched(users, "username", "email")

user_tasks = Table(
    "user_tasks",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    Column("task_id", ForeignKey(tasks.c.id, ondelete="CASCADE"), primary_key=True),
)

# The primary key serves a user's tasks; this one a task's users.
Index(None, user_tasks.c.task_id, user_tasks.c.user_id)

# Ids that rows have had and no sequence has come to yet; `kind` is the table.
spent_ids = Table(
    "spent_ids",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
)

# What has changed. Ids are drawn while the row that changes is locked, so those of one row are in
# order. No row of these is changed, but for those that were seen late: they stand in the feed
# behind the id that it had come to then, in the order of their numbers.
events = Table(
    "events",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("type", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String),
    Column("request_id", String),
    Column("task_id", BigInteger),
    Column("user_id", BigInteger),
    Column("owner", Text),
    Column("version", BigInteger, nullable=False),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    Column("late_after", BigInteger),
    Column("late_number", BigInteger),
)

Index(None, events.c.task_id, events.c.id, postgresql_where=events.c.task_id.is_not(None))
Index(
    None,
    events.c.late_after,
    events.c.late_number,
    postgresql_where=events.c.late_after.is_not(None),
)

# How far the feed of events has come: one row. All ids up to `top` are in it but for the gaps, of
# which those may still come whose transactions are not over; `late` is how many came so. What is
# before the place that was `pruned`, is gone. `step`
# counts its changes. `identity` is the database's: in another, such as one that a backup was
# restored into, the `epoch` is another, and ids go on from `base`.
feed = Table(
    "feed",
    metadata,
    Column("is_one", Boolean, CheckConstraint("is_one", name="is_one"), primary_key=True),
    Column("step", BigInteger, nullable=False),
    Column("identity", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("base", BigInteger, nullable=False),
    Column("top", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),
    Column("pruned_place", BigInteger, nullable=False),
    Column("pruned_number", BigInteger, nullable=False),
    Column("gap_firsts", ARRAY(BigInteger), nullable=False),
    Column("gap_lasts", ARRAY(BigInteger), nullable=False),
    Column("gap_xids", ARRAY(BigInteger), nullable=False),
)

receipts = Table(
    "receipts",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", String, nullable=False),
    Column("answer", String, nullable=False),
    Column("expires_at", Moment, nullable=False),
    _moment("expires_at"),
)

# The oldest go when new ones come.
Index(None, receipts.c.expires_at)

# Who is told of events. `place` is a cursor of the feed, behind all that it was told of; `claims`
# changes whenever somebody claims some of its deliveries.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("url", String, nullable=False),
    Column("types", ARRAY(String), nullable=False),
    Column("description", String, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=NOW),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("disabled_at", Moment),
    Column("disabled_why", String),
    Column("secret", String, nullable=False),
    Column("old_secret", String),
    Column("old_until", Moment),
    Column("failing_since", Moment),
    Column("place", Text, nullable=False),
    Column("claims", BigInteger, nullable=False, server_default=text("0")),
)

# What they are told. `event` is as it was recorded, with its cursor; `next_at` is NULL when it is
# done. Whoever makes the claim of this number has it until `claimed_until`.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("webhook_id", ForeignKey(webhooks.c.id, ondelete="CASCADE"), nullable=False),
    Column("message_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("at", Moment, nullable=False),
    Column("event", JSON),
    Column("created_at", Moment, nullable=False, server_default=NOW),
    Column("state", String, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_at", Moment),
    Column("status", Integer),
    Column("error", String),
    Column("seconds", Double),
    Column("claim", BigInteger, nullable=False, server_default=text("0")),
    Column("claimed_until", Moment),
    CheckConstraint(_one_of("state", DeliveryState), name="state"),
)

# What is due, what is under way, and what a webhook was told.
Index(
    None,
    deliveries.c.webhook_id,
    deliveries.c.next_at,
    deliveries.c.id,
    postgresql_where=deliveries.c.next_at.is_not(None),
)
Index(
    "ix_deliveries_claimed",
    deliveries.c.webhook_id,
    postgresql_where=deliveries.c.claimed_until.is_not(None),
)
Index(None, deliveries.c.webhook_id, deliveries.c.id)

# What is done and old is found without a look at the rest.
Index(
    "ix_deliveries_done",
    deliveries.c.created_at,
    deliveries.c.id,
    postgresql_where=deliveries.c.next_at.is_(None),
)

# Limits on rates: a hash of whom and what, and in microseconds since 1970 when it will have nothing
# left to its account. `let_through` is what became of the last one. It may be lost.
rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("tat", BigInteger, nullable=False),
    Column("let_through", Boolean, nullable=False),
    prefixes=["UNLOGGED"],
)
