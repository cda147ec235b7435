"""A store with one writer, in SQLite: the kit has to take it, as it takes PostgreSQL.

Who writes while an open transaction has written waits a little, and is told `StoreUnavailable`.
"""

from __future__ import annotations

import json
import pickle
import re
import sqlite3
import time
from contextlib import asynccontextmanager, contextmanager
from datetime import date, datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from typing import Any

import attrs

from fring_adapters.memory.kept import KeptDelivery, KeptWebhook
from fring_adapters.secrets import drawn_message_id, drawn_secret
from fring_core import (
    Credential,
    CursorExpired,
    Delivery,
    DeliveryState,
    EmailTaken,
    Event,
    EventPage,
    EventType,
    Following,
    IdTaken,
    InvalidCursor,
    Outcome,
    Receipt,
    Role,
    Slice,
    StoreUnavailable,
    Task,
    TaskOrder,
    TaskStatus,
    TaskWithUsers,
    TransactionConflict,
    User,
    UsernameTaken,
    UserWithTasks,
    WebhookWithSecret,
)
from fring_core.deliveries import MOST_UNDER_WAY
from fring_core.events import assigned, created, deleted, reminded, unassigned, updated
from fring_core.ids import MAX_ID
from fring_core.versions import check_version
from fring_core.webhooks import TEST

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT, email TEXT,
    created_at TEXT, version INTEGER, hash TEXT, role TEXT);
CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY AUTOINCREMENT, title TEXT, description TEXT,
    status TEXT, created_at TEXT, updated_at TEXT, owner TEXT, due_date TEXT, version INTEGER,
    remind_at TEXT, disarmed INTEGER);
CREATE TABLE IF NOT EXISTS links (user INTEGER REFERENCES users ON DELETE CASCADE,
    task INTEGER REFERENCES tasks ON DELETE CASCADE, PRIMARY KEY (user, task));
CREATE TABLE IF NOT EXISTS forgotten (id INTEGER);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT, at TEXT, actor TEXT,
    request TEXT, task INTEGER, user INTEGER, owner TEXT, version INTEGER, before TEXT, after TEXT);
CREATE INDEX IF NOT EXISTS events_of_task ON events (task, id);
CREATE TABLE IF NOT EXISTS receipts (caller TEXT, key TEXT, request TEXT, answer TEXT,
    expires_at TEXT, PRIMARY KEY (caller, key));
CREATE TABLE IF NOT EXISTS webhooks (id INTEGER PRIMARY KEY AUTOINCREMENT, kept BLOB);
CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook INTEGER REFERENCES webhooks ON DELETE CASCADE, kept BLOB);
CREATE INDEX IF NOT EXISTS deliveries_of_webhook ON deliveries (webhook, id);
"""
WAIT = 5  # seconds until the one writer that there can be has ended
ORDERS = {
    TaskOrder.BY_ID: "id",
    TaskOrder.NEWEST_FIRST: "created_at DESC, id DESC",
    TaskOrder.BY_TITLE: "title, id",
}
AFTER = {
    TaskOrder.BY_ID: "id > ?",
    TaskOrder.NEWEST_FIRST: "(created_at, id) < (?, ?)",
    TaskOrder.BY_TITLE: "(title, id) > (?, ?)",
}
USER = "id, username, email, created_at, version"
TASK = """id, title, description, status, created_at, updated_at, owner, due_date, version,
    remind_at, disarmed"""


def stored(moment):
    return moment.isoformat(timespec="microseconds")  # as text, in the order of time


def place(after):
    if after.value is None:
        return [after.id]
    return [stored(after.value) if isinstance(after.value, datetime) else after.value, after.id]


def as_user(row):
    number, username, email, created_at, version = row
    return User(number, username, email, datetime.fromisoformat(created_at), version)


def as_task(row):
    number, title, description, status, created_at, updated_at, owner, *others = row
    due_date, version, remind_at, disarmed = others
    moments = datetime.fromisoformat(created_at), datetime.fromisoformat(updated_at)
    due = due_date and date.fromisoformat(due_date)
    task = Task(number, title, description, TaskStatus(status), *moments, owner, due, version)
    remind_at = remind_at and datetime.fromisoformat(remind_at)
    return attrs.evolve(task, remind_at=remind_at, disarmed=bool(disarmed))


NUMBER = re.compile("0|[1-9][0-9]{0,17}")


def as_event(row):
    number, kind, at, *others, before, after = row
    made: Any = Event
    told = map(json.loads, (before, after))
    return made(EventType(kind), datetime.fromisoformat(at), *others, *told, f"{number}")


def keep(connection, event):
    """Store an event, and return it with its cursor."""
    values = [event.type.value, stored(event.at), event.actor, event.request_id]
    values += [event.task_id, event.user_id, event.owner, event.version]
    values += [json.dumps(dict(told)) for told in (event.before, event.after)]
    query = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    return attrs.evolve(event, cursor=f"{connection.execute(query, values).lastrowid}")


@attrs.frozen
class Session:
    """Make each call in a transaction of its own, or in a savepoint of the one that is open."""

    path: str
    connection: Any = None
    idle: list[Any] = attrs.field(factory=list)

    def _connect(self):
        connection = sqlite3.connect(
            self.path,
            timeout=WAIT,
            isolation_level=None,
            check_same_thread=False,  # by one at a time, but not always by the same
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = OFF")
        return connection

    @contextmanager
    def connected(self):
        """Lend a connection, and roll back what it has not committed."""
        try:
            connection = self.idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        finally:
            connection.rollback()
            self.idle.append(connection)

    @contextmanager
    def call(self, begin="BEGIN IMMEDIATE"):
        try:
            if self.connection is None:
                with self.connected() as connection:
                    connection.execute(begin)
                    yield connection
                    connection.execute("COMMIT")
                return
            with self.savepoint() as connection:
                yield connection
        except sqlite3.OperationalError as error:
            where = StoreUnavailable if self.connection is None else TransactionConflict
            raise where(str(error)) from error

    @contextmanager
    def recording(self, cause):
        """Make a call that keeps events together with what it does, and then tells of them."""
        events = []
        with self.call() as connection:
            yield connection, lambda event: events.append(keep(connection, event))
        for event in events:
            cause.tell(event, event.cursor)

    @contextmanager
    def savepoint(self):
        self.connection.execute("SAVEPOINT inside")
        try:
            yield self.connection
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO inside")
            raise
        finally:
            if self.connection.in_transaction:
                self.connection.execute("RELEASE inside")

    def reading(self):
        return self.call("BEGIN")


def one(connection, query, *values):
    return connection.execute(query, values).fetchone()


def exists(connection, table, number):
    return one(connection, f"SELECT 1 FROM {table} WHERE id = ?", number)


def draw(connection, table):
    """Return one more than any id that a row has had: AUTOINCREMENT knows."""
    row = one(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", table)
    number = (row[0] if row else 0) + 1
    while table == "users" and one(connection, "SELECT 1 FROM tasks WHERE owner = ?", str(number)):
        number += 1
    return number


def check_unique(connection, username, email, besides):
    for column, text, error in (
        ("username", username, UsernameTaken),
        ("email", email, EmailTaken),
    ):
        query = f"SELECT 1 FROM users WHERE {column} = ? AND id <> ?"
        if one(connection, query, text, besides):
            raise error(text)


@attrs.frozen
class Users:
    session: Session

    async def add(self, new, cause, password_hash=None):
        with self.session.recording(cause) as (connection, record):
            check_unique(connection, new.username, new.email, 0)
            if new.id and exists(connection, "users", new.id):
                raise IdTaken(new.id)
            user = new.as_user(new.id or draw(connection, "users"), cause.at)
            values = (
                user.id,
                user.username,
                user.email,
                stored(cause.at),
                1,
                password_hash,
                "member",
            )
            connection.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            record(created(user, cause))
            return user

    def _get(self, connection, user_id):
        row = one(connection, f"SELECT {USER} FROM users WHERE id = ?", user_id)
        return as_user(row) if row else None

    async def get(self, user_id):
        with self.session.reading() as connection:
            return self._get(connection, user_id)

    async def get_with_tasks(self, user_id):
        with self.session.reading() as connection:
            user = self._get(connection, user_id)
            return user and UserWithTasks(user, tasks_of(connection, user_id))

    async def list(self, where, page):
        with self.session.reading() as connection:
            query = f"""SELECT {USER} FROM users WHERE instr(username, ?) AND instr(email, ?)
                AND id > ? ORDER BY id LIMIT ? OFFSET ?"""
            values = where.username or "", where.email or "", page.after.id if page.after else 0
            rows = connection.execute(query, (*values, page.limit + 1, page.skip))
            return Slice.of(map(as_user, rows), page.limit)

    async def count(self, where):
        with self.session.reading() as connection:
            query = "SELECT count(*) FROM users WHERE instr(username, ?) AND instr(email, ?)"
            return one(connection, query, where.username or "", where.email or "")[0]

    async def change(self, user_id, verb, cause):
        with self.session.recording(cause) as (connection, record):
            current = self._get(connection, user_id)
            if current is None:
                return None
            user = verb(current)
            check_unique(connection, user.username, user.email, user_id)
            query = "UPDATE users SET username = ?, email = ?, version = version + 1 WHERE id = ?"
            connection.execute(query, (user.username, user.email, user_id))
            changed = self._get(connection, user_id)
            record(updated(current, changed, cause))
            return changed

    async def remove(self, user_id, cause, *, version=None):
        with self.session.recording(cause) as (connection, record):
            current = self._get(connection, user_id)
            if current is None:
                return False
            check_version(current, version)
            for task in tasks_of(connection, user_id):
                record(unassigned(task.id, user_id, touch(connection, task.id), cause))
            query = f"""SELECT {TASK} FROM tasks WHERE owner = ?
                AND EXISTS (SELECT 1 FROM users WHERE users.id = ? AND hash IS NOT NULL)"""
            for row in connection.execute(query, (str(user_id), user_id)).fetchall():
                connection.execute("DELETE FROM tasks WHERE id = ?", row[:1])
                record(deleted(as_task(row), cause))
            connection.execute("DELETE FROM users WHERE id = ?", (user_id,))
            record(deleted(current, cause))
            return True


@attrs.frozen
class Credentials:
    session: Session

    async def find(self, username, email):
        column, text = ("email", email) if username is None else ("username", username)
        return self._one(column, text)

    async def get(self, user_id):
        return self._one("id", user_id)

    def _one(self, column, value):
        with self.session.reading() as connection:
            query = f"SELECT {USER}, hash, role FROM users WHERE {column} = ?"
            row = one(connection, query, value)
            return Credential(as_user(row[:-2]), row[-2], Role(row[-1])) if row else None

    async def set_role(self, user_id, role):
        with self.session.call() as connection:
            query = "UPDATE users SET role = ? WHERE id = ?"
            values = role.value, user_id
            return connection.execute(query, values).rowcount == 1

    async def replace(self, credential, password_hash):
        with self.session.call() as connection:
            query = "UPDATE users SET hash = ? WHERE id = ? AND hash IS ?"
            values = password_hash, credential.user.id, credential.password_hash
            return connection.execute(query, values).rowcount == 1


def touch(connection, task_id):
    """Have a task one version on, and return that."""
    query = "UPDATE tasks SET version = version + 1 WHERE id = ? RETURNING version"
    return one(connection, query, task_id)[0]


def tasks_of(connection, user_id, status=None, page=None):
    query = f"""SELECT {TASK} FROM tasks JOIN links ON task = id
        WHERE links.user = ? AND coalesce(status = ?, true) AND id > ? ORDER BY id LIMIT ? OFFSET ?"""
    found = connection.execute(query, (user_id, status, *_part(page)))
    return _slice(map(as_task, found), page)


def users_of(connection, task_id, page=None):
    query = f"""SELECT {USER} FROM users JOIN links ON user = id
        WHERE task = ? AND id > ? ORDER BY id LIMIT ? OFFSET ?"""
    return _slice(map(as_user, connection.execute(query, (task_id, *_part(page)))), page)


def _part(page):
    if page is None:
        return -1, -1, 0
    return -1 if page.after is None else page.after.id, page.limit + 1, page.skip


def _slice(found, page):
    return Slice(found) if page is None else Slice.of(found, page.limit)


@attrs.frozen
class Tasks:
    session: Session

    async def add(self, new, owner, cause):
        with self.session.recording(cause) as (connection, record):
            return self._add(connection, new, owner, cause, record)

    async def add_many(self, new, owner, cause):
        with self.session.recording(cause) as (connection, record):
            results, chosen_first = {}, sorted(enumerate(new), key=lambda pair: pair[1].id is None)
            for place, each in chosen_first:
                try:
                    results[place] = self._add(connection, each, owner, cause, record)
                except IdTaken as error:
                    results[place] = error
            return [results[place] for place in range(len(new))]

    def _add(self, connection, new, owner, cause, record):
        if new.id and exists(connection, "tasks", new.id):
            raise IdTaken(new.id)
        task = new.as_task(new.id or draw(connection, "tasks"), owner, cause.at)
        due = task.due_date and task.due_date.isoformat()
        values = [task.id, task.title, task.description, task.status.value]
        values += [stored(cause.at), stored(cause.at), owner, due, 1]
        values += [task.remind_at and stored(task.remind_at), task.disarmed]
        connection.execute("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        record(created(task, cause))
        return task

    def _get(self, connection, task_id, owner):
        query = f"SELECT {TASK} FROM tasks WHERE id = ? AND owner IS ?"
        row = one(connection, query, task_id, owner)
        return as_task(row) if row else None

    async def get(self, task_id, owner):
        with self.session.reading() as connection:
            return self._get(connection, task_id, owner)

    async def get_with_users(self, task_id, owner):
        with self.session.reading() as connection:
            task = self._get(connection, task_id, owner)
            return task and TaskWithUsers(task, users_of(connection, task_id))

    def _matching(self, where, owner):
        conditions, values = ["owner IS ?", "instr(title, ?)"], [owner, where.title or ""]
        if where.status is not None:
            conditions.append("status = ?")
            values.append(where.status.value)
        if where.assigned is not None:
            conditions.append("EXISTS (SELECT 1 FROM links WHERE task = id) = ?")
            values.append(where.assigned)
        if where.completed is not None:
            conditions.append("(status = 'completed') = ?")
            values.append(where.completed)
        return f"FROM tasks WHERE {' AND '.join(conditions)}", values

    async def list(self, where, page, owner, order=TaskOrder.BY_ID):
        matching, values = self._matching(where, owner)
        if page.after is not None:
            matching += f" AND {AFTER[order]}"
            values += place(page.after)
        query = f"SELECT {TASK} {matching} ORDER BY {ORDERS[order]} LIMIT ? OFFSET ?"
        with self.session.reading() as connection:
            rows = connection.execute(query, (*values, page.limit + 1, page.skip))
            return Slice.of(map(as_task, rows), page.limit)

    async def count(self, where, owner):
        matching, values = self._matching(where, owner)
        with self.session.reading() as connection:
            return one(connection, f"SELECT count(*) {matching}", *values)[0]

    async def change(self, task_id, owner, verb, cause):
        with self.session.recording(cause) as (connection, record):
            return self._change(connection, task_id, owner, verb, cause, record)

    async def change_many(self, task_ids, owner, verb, cause):
        results = []
        with self.session.recording(cause) as (connection, record):
            for task_id in task_ids:
                try:
                    results.append(self._change(connection, task_id, owner, verb, cause, record))
                except sqlite3.Error:
                    raise
                except Exception as error:  # noqa: BLE001  # it is told in its place
                    results.append(error)
        return results

    def _change(self, connection, task_id, owner, verb, cause, record):
        current = self._get(connection, task_id, owner)
        if current is None:
            return None
        task = verb(current)
        query = """UPDATE tasks SET title = ?, description = ?, status = ?, due_date = ?,
            remind_at = ?, disarmed = ?, updated_at = ?, version = version + 1 WHERE id = ?"""
        due = task.due_date and task.due_date.isoformat()
        values = [task.title, task.description, task.status.value, due]
        values += [task.remind_at and stored(task.remind_at), task.disarmed]
        connection.execute(query, (*values, stored(task.updated_at), task_id))
        changed = self._get(connection, task_id, owner)
        record(updated(current, changed, cause))
        return changed

    async def remove(self, task_id, owner, cause, *, version=None):
        with self.session.recording(cause) as (connection, record):
            current = self._get(connection, task_id, owner)
            if current is None:
                return False
            check_version(current, version)
            assignees = [user.id for user in users_of(connection, task_id)]
            connection.execute("DELETE FROM tasks WHERE id = ?", (task_id,))
            record(deleted(current, cause, assignees))
            return True

    async def remind(self, limit, cause):
        query = f"""SELECT {TASK} FROM tasks WHERE remind_at <= ? AND NOT disarmed
            AND status IN ('todo', 'in_progress') ORDER BY remind_at, id LIMIT ?"""
        with self.session.recording(cause) as (connection, record):
            due = [*map(as_task, connection.execute(query, (stored(cause.at), limit)))]
            for task in due:
                mark = "UPDATE tasks SET disarmed = true, version = version + 1 WHERE id = ?"
                connection.execute(mark, (task.id,))
                record(reminded(task, cause))
            return len(due)


@attrs.frozen
class Assignments:
    session: Session

    def _both(self, connection, user_id, task_id):
        shared = one(connection, "SELECT 1 FROM tasks WHERE id = ? AND owner IS NULL", task_id)
        return bool(exists(connection, "users", user_id)), bool(shared)

    async def add(self, user_id, task_id, cause):
        query = "INSERT OR IGNORE INTO links VALUES (?, ?)"
        return self._change(query, user_id, task_id, cause, assigned)

    async def remove(self, user_id, task_id, cause):
        query = "DELETE FROM links WHERE user = ? AND task = ?"
        return self._change(query, user_id, task_id, cause, unassigned)

    def _change(self, query, user_id, task_id, cause, told):
        with self.session.recording(cause) as (connection, record):
            user, task = self._both(connection, user_id, task_id)
            done = user and task and connection.execute(query, (user_id, task_id)).rowcount == 1
            if done:
                record(told(task_id, user_id, touch(connection, task_id), cause))
            return Outcome(user, task, done)

    async def tasks_of(self, user_id, status, page=None):
        with self.session.reading() as connection:
            if not exists(connection, "users", user_id):
                return None
            return tasks_of(connection, user_id, status, page)

    async def users_of(self, task_id, page=None):
        with self.session.reading() as connection:
            if not self._both(connection, 1, task_id)[1]:
                return None
            return users_of(connection, task_id, page)


@attrs.frozen
class Events:
    session: Session

    async def of_task(self, task_id, owner, limit, before=None):
        with self.session.reading() as connection:
            its, values = "FROM events WHERE task = ? AND owner IS ?", [task_id, owner]
            if before is not None:
                row = one(connection, f"SELECT id {its} AND CAST(id AS TEXT) = ?", *values, before)
                if row is None:
                    raise InvalidCursor
                its, values = f"{its} AND id < ?", [*values, *row]
            query = f"SELECT * {its} ORDER BY id DESC LIMIT ?"
            return Slice.of(map(as_event, connection.execute(query, (*values, limit + 1))), limit)

    async def after(self, cursor, limit):
        with self.session.connected() as connection:
            start = self.place(connection, cursor)
            if start is None:
                return EventPage((), cursor, more=False)
            query = "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?"
            rows = connection.execute(query, (start, limit + 1)).fetchall()
        found = tuple(map(as_event, rows[:limit]))
        return EventPage(found, found[-1].cursor if found else f"{start}", more=len(rows) > limit)

    async def latest(self):
        with self.session.connected() as connection:
            return f"{one(connection, 'SELECT coalesce(max(id), 0) FROM events')[0]}"

    async def has(self, cursor):
        with self.session.connected() as connection:
            return self.place(connection, cursor) is not None

    def place(self, connection, cursor):
        """Return the number of a cursor, None for one that is not committed."""
        gone = one(connection, "SELECT coalesce(max(id), 0) FROM forgotten")[0]
        if cursor is None:
            return gone
        known = "SELECT 1 FROM events WHERE CAST(id AS TEXT) = ?"
        if cursor == f"{gone}" or one(connection, known, cursor):
            return int(cursor)
        if NUMBER.fullmatch(cursor) and int(cursor) < gone:
            raise CursorExpired
        with self.session.reading() as own:
            if one(own, known, cursor):
                return None
        raise InvalidCursor

    async def forget(self, before, limit):
        with self.session.call() as connection:
            query = "SELECT id, at < ? FROM events ORDER BY id LIMIT ?"
            rows = connection.execute(query, (stored(before), limit)).fetchall()
            old = [number for number, _ in takewhile(itemgetter(1), rows)]
            if old:
                connection.execute("DELETE FROM events WHERE id <= ?", (old[-1],))
                connection.execute("INSERT INTO forgotten VALUES (?)", (old[-1],))
            return len(old)

    async def wait(self, seconds):
        time.sleep(seconds)  # noqa: ASYNC251  # nothing here suspends


@attrs.frozen
class Receipts:
    session: Session

    async def hold(self, caller, key, now):
        with self.session.reading() as connection:
            query = "SELECT * FROM receipts WHERE caller = ? AND key = ? AND expires_at > ?"
            row = one(connection, query, caller, key, stored(now))
            if row is None:
                return None
            *_, request, answer, expires_at = row
            return Receipt(caller, key, request, answer, datetime.fromisoformat(expires_at))

    async def keep(self, receipt, now):
        with self.session.call() as connection:
            connection.execute("DELETE FROM receipts WHERE expires_at <= ?", (stored(now),))
            *texts, expires_at = attrs.astuple(receipt)
            query = "INSERT OR IGNORE INTO receipts VALUES (?, ?, ?, ?, ?)"
            if not connection.execute(query, (*texts, stored(expires_at))).rowcount:
                raise TransactionConflict


class Rows:
    """Reach rows that are kept whole, in a table."""

    def __init__(self, connection, table):
        self.connection, self.table = connection, table

    def get(self, number):
        row = one(self.connection, f"SELECT kept FROM {self.table} WHERE id = ?", number)
        return None if row is None else pickle.loads(row[0])

    def put(self, number, kept):
        query = f"UPDATE {self.table} SET kept = ? WHERE id = ?"
        self.connection.execute(query, (pickle.dumps(kept), number))

    def all(self, where="true ORDER BY id", *values):
        query = f"SELECT kept FROM {self.table} WHERE {where}"
        return [pickle.loads(row[0]) for row in self.connection.execute(query, values)]


@attrs.frozen
class Webhooks:
    session: Session

    async def add(self, new, place, now):
        with self.session.call() as connection:
            number = connection.execute("INSERT INTO webhooks VALUES (NULL, NULL)").lastrowid
            kept = KeptWebhook(new.as_webhook(number, now), place, drawn_secret())
            Rows(connection, "webhooks").put(number, kept)
            return WebhookWithSecret(kept.webhook, kept.secret)

    async def get(self, webhook_id):
        with self.session.reading() as connection:
            kept = Rows(connection, "webhooks").get(webhook_id)
            return kept and kept.webhook

    async def list(self, page):
        with self.session.reading() as connection:
            where, after = "id > ? ORDER BY id LIMIT ? OFFSET ?", page.after and page.after.id
            found = Rows(connection, "webhooks").all(where, after or 0, page.limit + 1, page.skip)
            return Slice.of([kept.webhook for kept in found], page.limit)

    async def change(self, webhook_id, verb, place):
        with self.session.call() as connection:
            kept = Rows(connection, "webhooks").get(webhook_id)
            if kept is None:
                return None
            was = kept.webhook
            fixed = {"id": was.id, "created_at": was.created_at, "version": was.version + 1}
            kept = attrs.evolve(kept, webhook=attrs.evolve(verb(was), **fixed))
            if was.disabled_at is not None and kept.webhook.disabled_at is None:
                kept = attrs.evolve(kept, place=place, failing_since=None)
            Rows(connection, "webhooks").put(webhook_id, kept)
            return kept.webhook

    async def remove(self, webhook_id, *, version=None):
        with self.session.call() as connection:
            kept = Rows(connection, "webhooks").get(webhook_id)
            if kept is None:
                return False
            check_version(kept.webhook, version)
            connection.execute("DELETE FROM webhooks WHERE id = ?", (webhook_id,))
            return True

    async def rotate(self, webhook_id, keep, now):
        with self.session.call() as connection:
            kept = Rows(connection, "webhooks").get(webhook_id)
            if kept is None:
                return None
            old = {"old_secret": kept.secret, "old_until": now + keep}
            kept = attrs.evolve(kept, secret=drawn_secret(), **old)
            Rows(connection, "webhooks").put(webhook_id, kept)
            return WebhookWithSecret(kept.webhook, kept.secret)


@attrs.frozen
class Deliveries:
    session: Session

    async def following(self):
        with self.session.reading() as connection:
            return [
                Following(kept.webhook.id, kept.webhook.types, kept.place)
                for kept in Rows(connection, "webhooks").all()
                if kept.webhook.disabled_at is None
            ]

    async def deliver(self, place, after, webhook_ids, new, now):
        with self.session.call() as connection:
            hooks = Rows(connection, "webhooks")
            moved = {
                number: kept
                for number in webhook_ids
                if (kept := hooks.get(number)) is not None
                and (kept.place, kept.webhook.disabled_at) == (place, None)
            }
            for number, kept in moved.items():
                hooks.put(number, attrs.evolve(kept, place=after))
            for each in new:
                if each.webhook_id in moved:
                    self.begin(connection, each.webhook_id, each.message_id, each.event, now)
            return len(moved)

    def begin(self, connection, webhook_id, message_id, event, now):
        query = "INSERT INTO deliveries VALUES (NULL, ?, NULL)"
        number = connection.execute(query, (webhook_id,)).lastrowid
        kind = TEST if event is None else event.type
        named = (number, webhook_id, message_id, kind, event)
        delivery = Delivery(*named, now, DeliveryState.PENDING, 0, now)
        Rows(connection, "deliveries").put(number, KeptDelivery(delivery))
        return delivery

    async def send(self, webhook_id, now):
        with self.session.call() as connection:
            if Rows(connection, "webhooks").get(webhook_id) is None:
                return None
            return self.begin(connection, webhook_id, drawn_message_id(), None, now)

    async def list(self, webhook_id, limit, before_id=None):
        with self.session.reading() as connection:
            where = "webhook = ? AND id < ? ORDER BY id DESC LIMIT ?"
            before_id = MAX_ID if before_id is None else before_id
            found = Rows(connection, "deliveries").all(where, webhook_id, before_id, limit + 1)
            return Slice.of([kept.delivery for kept in found], limit)

    async def again(self, delivery_id, now):
        with self.session.call() as connection:
            kept = Rows(connection, "deliveries").get(delivery_id)
            if kept is None:
                return None
            kept = kept.begun(now)
            Rows(connection, "deliveries").put(delivery_id, kept)
            return kept.delivery

    async def claim(self, limit, seconds, now):
        with self.session.call() as connection:
            found = []
            for hook in Rows(connection, "webhooks").all():
                if hook.webhook.disabled_at is None:
                    of_hook = "webhook = ? ORDER BY id"
                    its = Rows(connection, "deliveries").all(of_hook, hook.webhook.id)
                    pending = [kept for kept in its if kept.is_pending]
                    free = [kept for kept in pending if not kept.is_under_way(now)]
                    due = [kept for kept in free if kept.delivery.next_at <= now]
                    due.sort(key=lambda kept: kept.delivery.next_at)
                    most = MOST_UNDER_WAY - (len(pending) - len(free))
                    found += [(kept, hook) for kept in due[:most]]
            found.sort(key=lambda each: (each[0].delivery.next_at, each[0].delivery.id))
            attempts = []
            for kept, hook in found[:limit]:
                claimed = kept.claimed(now + timedelta(seconds=seconds))
                Rows(connection, "deliveries").put(kept.delivery.id, claimed)
                attempts.append(claimed.attempt(hook, now))
            return attempts

    async def settle(self, attempt, settlement, now):
        with self.session.call() as connection:
            kept = Rows(connection, "deliveries").get(attempt.delivery_id)
            if kept is None or not kept.is_claimed or kept.claim != attempt.claim:
                return False
            Rows(connection, "deliveries").put(attempt.delivery_id, kept.after(settlement, now))
            hook = Rows(connection, "webhooks").get(attempt.webhook_id)
            Rows(connection, "webhooks").put(attempt.webhook_id, hook.after(settlement, now))
            return True

    async def forget(self, before, limit):
        with self.session.call() as connection:
            old = [
                (kept.delivery.id,)
                for kept in Rows(connection, "deliveries").all()
                if not kept.is_pending and kept.delivery.created_at < before
            ]
            connection.executemany("DELETE FROM deliveries WHERE id = ?", old[:limit])
            return len(old[:limit])


class SqliteStore:
    """Keep everything in one file, which is made if there is none."""

    def __init__(self, path, session=None):
        self.session = session or Session(path)
        if session is None:
            with self.session.connected() as connection:
                connection.executescript(SCHEMA)
        self.users, self.credentials = Users(self.session), Credentials(self.session)
        self.tasks, self.assignments = Tasks(self.session), Assignments(self.session)
        self.events, self.receipts = Events(self.session), Receipts(self.session)
        self.webhooks, self.deliveries = Webhooks(self.session), Deliveries(self.session)

    def close(self):
        while self.session.idle:
            self.session.idle.pop().close()

    @asynccontextmanager
    async def transaction(self):
        if self.session.connection is not None:
            with self.session.savepoint():
                yield SqliteStore(None, self.session)
            return
        with self.session.connected() as connection:
            connection.execute("BEGIN")
            yield SqliteStore(None, attrs.evolve(self.session, connection=connection))
            try:
                connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise TransactionConflict(str(error)) from error
