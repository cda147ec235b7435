"""What `docs/privacy.md` says erases a person, does."""

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import (
    BlockingFring,
    CursorExpired,
    Fring,
    NewTask,
    NewUser,
    NewWebhook,
    UserChanges,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE
from tests.docs.pages import ROOT, blocks

ERASING = [block.text for block in blocks(ROOT / "docs/privacy.md") if block.language == "sql"]


def whole(connection):
    """Return all that is in the tables, as one text."""
    return "\n".join(
        str(row)
        for name in metadata.tables
        if name != "webhooks"  # whose secrets may say anything
        for row in connection.execute(SQL("SELECT * FROM {}").format(Identifier(name))).fetchall()
    )


def test_nothing_is_left_of_a_person_that_was_erased(database_url, empty):
    empty()
    with (
        BlockingPostgresStore(database_url) as store,
        psycopg.connect(to_conninfo(database_url), autocommit=True) as connection,
    ):
        fring = BlockingFring(Fring(store, clock=utc_now))
        own = fring.acting_as("7", request_id="r")
        fring.webhooks.create(NewWebhook("https://example.com"))
        begin = fring.events.latest()
        ann = NewUser("ann-before", "ann-before@example.org", id=7)
        run_sync(store.users.add(ann, CAUSE, "a hash of ann's password"))
        theirs = fring.events.page(begin).next
        own.users.update(7, UserChanges(username="ann-now"))
        own.tasks.create(NewTask("ann's own"), owner="7")
        task = own.tasks.create(NewTask("of the board"))
        fring.assignments.add(user=7, task=task.id)
        own.once("key", lambda _: "said to ann", caller="7", request="ann asks")
        about = fring.tasks.create(NewTask("calls ann", id=12))
        fring.tasks.delete(about.id)
        own.users.delete(7)
        while fring.webhooks.dispatch():
            pass
        assert "'7'" in str(connection.execute("SELECT event FROM deliveries").fetchall())
        assert "ann" in whole(connection)
        for statements in ERASING:
            connection.execute(statements)
        left = whole(connection)
        assert "ann" not in left
        assert "'7'" not in left
        told = [
            each.type
            for each in fring.webhooks.claim()
            if each.event and each.event.task_id == task.id
        ]
        assert told == ["task.created", "task.assigned", "task.unassigned"]
        assert [event.type for event in fring.events.of_task(task.id)][-1] == "task.created"
        assert [event.task_id for event in fring.events.page(begin).items] == [task.id] * 3
        assert fring.events.page(theirs).items == fring.events.page(begin).items
        with pytest.raises(CursorExpired):
            fring.events.page(str(int(theirs.rpartition("-")[2])))
