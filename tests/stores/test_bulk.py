"""Exports and imports: what comes in is what went out; all of a file, or nothing of it."""

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import attrs
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fring_adapters import open_postgres
from fring_adapters.postgres import BlockingPostgresStore, SchemaError, prepare
from fring_adapters.postgres.bulk import BulkError, export_to, faults, import_from, records
from fring_adapters.postgres.setup.older import OLDER
from fring_adapters.postgres.sql.tables import metadata
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import NewTask, NewUser, Role, StoreUnavailable, Task, TaskStatus, User
from fring_core.testing import strategies
from tests.stores.older import at_revision
from tests.stores.test_backups import ODD, fill

KEYS = {"users": "id", "tasks": "id", "user_tasks": "user_id, task_id", "spent_ids": "kind, id"}
HEADER = {"kind": "fring", "format": 1}
NOW = "2024-02-29T12:00:00.123456+00:00"
ANN = {"kind": "user", "id": 1, "username": "ann", "email": "ann@example.org", "created_at": NOW}
BOB = ANN | {"id": 2, "username": "bob", "email": "bob@example.org"}
PACK = {"kind": "task", "id": 1, "title": "Pack", "created_at": NOW, "updated_at": NOW}
PAIR = {"kind": "assignment", "user_id": 1, "task_id": 1}
SPENT = {"kind": "spent_id", "table": "tasks", "id": 7}
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"


# An import that is killed when it comes to a stage, and what it has sent has arrived.
KILLED = """
import os, signal, sys
from fring_adapters.postgres.bulk import import_from
url, file, stage = sys.argv[1:]
def watch(what, done, total):
    if what == stage:
        os.kill(os.getpid(), signal.SIGKILL)
import_from(url, file, watch=watch)
"""


def lines(*said, header=HEADER):
    return "".join(
        f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in (header, *said)
    ).encode()


def rows(url, schema="public"):
    """Return all that is in the tables, as the database has it, but for who was told of it."""
    with psycopg.connect(to_conninfo(url)) as connection:
        found = {}
        for name, key in KEYS.items():
            columns = ", ".join(
                each.name for each in metadata.tables[name].c if each.name != "told"
            )
            query = f'SELECT {columns} FROM "{schema}".{name} ORDER BY {key}'
            found[name] = connection.execute(query).fetchall()
        return found


def exported(url, **options):
    out = io.BytesIO()
    export_to(url, out, **options)
    return out.getvalue()


def taken(url, *said, header=HEADER, **options):
    return import_from(url, io.BytesIO(lines(*said, header=header)), **options)


def refused(url, *said, header=HEADER):
    """Import what is refused; return why, and see that nothing is changed."""
    before = rows(url)
    with pytest.raises(BulkError) as caught:
        taken(url, *said, header=header)
    assert rows(url) == before
    *why, end = str(caught.value).splitlines()
    assert "nothing was imported" in end
    return why


@pytest.fixture
def url(database_url, empty):
    empty()
    return database_url


@pytest.mark.parametrize("schema", [None, 'My "100%s" :schema\\'])
def test_what_is_imported_is_what_was_exported(new_database, schema):
    first, second = new_database(), new_database()
    prepare(first, schema=schema)
    prepare(second, schema=schema)
    with BlockingPostgresStore(first, schema=schema) as store:
        had = fill(store)
    into = (schema or "public").replace('"', '""')
    before = rows(first, into)
    file = exported(first, schema=schema, passwords=True)
    done = import_from(second, io.BytesIO(file), schema=schema)
    assert done.added == {"user": 2, "task": 3, "assignment": 2, "spent_id": 1}
    assert rows(second, into) == before
    assert exported(second, schema=schema, passwords=True) == file
    with open_postgres(second, schema=schema) as fring:
        new = {fring.tasks.create(NewTask("new")).id for _ in range(5)}
    assert not new & had, "no id comes again that a row has had"


MOMENTS = st.datetimes(
    datetime(1, 1, 2), datetime(9999, 12, 29), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
VERSIONS = st.integers(1, 9) | st.just(2**62)
IDS = st.integers(1, 12) | st.integers(1, 2**63 - 1)
OWNERS = st.none() | strategies.texts(255, 1)
USERS = st.lists(
    st.tuples(
        IDS, strategies.usernames(), strategies.emails(), MOMENTS, VERSIONS, st.sampled_from(Role)
    ),
    max_size=6,
    unique_by=(lambda row: row[0], lambda row: row[1], lambda row: row[2]),
)
TASKS = st.lists(
    st.tuples(
        IDS, strategies.titles(), strategies.descriptions(), strategies.statuses(),
        MOMENTS, MOMENTS, OWNERS, strategies.due_dates(), VERSIONS,
        st.none() | MOMENTS, st.booleans(),
    ),
    max_size=8,
    unique_by=lambda row: row[0],
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_every_row_that_there_can_be_comes_back_equal(database_url, empty, data):
    empty()
    users, tasks = data.draw(USERS), data.draw(TASKS)
    shared = [row[0] for row in tasks if row[6] is None]
    pairs = [(user[0], task) for user in users for task in shared if data.draw(st.booleans())]
    drawn = data.draw(st.integers(0, 8))
    with psycopg.connect(to_conninfo(database_url)) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO users (id, username, email, created_at, version, role)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [(*row[:-1], str(row[-1])) for row in users],
        )
        cursor.executemany(
            "INSERT INTO tasks (id, title, description, status, created_at, updated_at, owner,"
            " due_date, version, remind_at, disarmed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [(*row[:3], str(row[3]), *row[4:]) for row in tasks],
        )
        cursor.executemany("INSERT INTO user_tasks VALUES (%s, %s)", pairs)
        cursor.execute("SELECT nextval('tasks_id_seq') FROM generate_series(1, %s)", (drawn,))
    before, file = rows(database_url), exported(database_url)
    empty()
    done = import_from(database_url, io.BytesIO(file))
    assert rows(database_url) == before
    assert sum(done.there.values()) == 0
    with open_postgres(database_url) as fring:
        task = fring.tasks.create(NewTask("new")).id
        assert drawn < task
        assert task not in {row[0] for row in tasks}
        user = fring.users.create(NewUser("drawn", "drawn@example.org")).id
        assert user not in {row[0] for row in users}


def test_a_line_has_the_fields_of_its_entity():
    for entity, record in ((User, records.User), (Task, records.Task)):
        fields = {field.name for field in attrs.fields(entity)}
        assert fields <= set(record.__struct_fields__)
    for each in (records.User, records.Task, records.Assignment):
        assert each.stored.columns == each.__struct_fields__, "COPY goes by their order"


def test_hashes_leave_when_that_is_asked_for_and_stay_when_they_are_there(url):
    taken(url, ANN | {"password_hash": HASH, "role": "admin"})
    without, with_them = exported(url), exported(url, passwords=True)
    assert HASH.encode() not in without
    assert HASH.encode() in with_them
    before = rows(url)
    for file in (without, with_them):
        assert import_from(url, io.BytesIO(file)).there["user"] == 1
        assert rows(url) == before
    [why] = refused(url, ANN | {"password_hash": HASH + "x", "role": "admin"})
    assert why == "line 2: user 1 is there already, and differs in password_hash"
    [why] = refused(url, BOB | {"password_hash": "correct horse"})
    assert why.startswith("line 2: ")
    assert "correct horse" not in why


def test_nobody_is_given_the_list_of_somebody_else(url):
    own = PACK | {"owner": "2"}
    taken(url, own)
    [why] = refused(url, BOB | {"password_hash": HASH})
    assert why == "line 2: user 2 cannot have a password: its list has tasks of somebody else"
    assert taken(url, BOB | {"password_hash": HASH}, own).added["user"] == 1


def test_what_is_there_and_the_same_is_skipped_and_the_rest_added(url):
    assert taken(url, ANN, PACK, PAIR, header=HEADER | {"drawn": {"task": 7}}).added["task"] == 1
    before = rows(url)
    done = taken(url, ANN, PACK, PAIR, BOB, PAIR | {"user_id": 2})
    assert done.there == {"user": 1, "task": 1, "assignment": 1, "spent_id": 0}
    assert done.added == {"user": 1, "task": 0, "assignment": 1, "spent_id": 0}
    [(*task, version, _, _)], [(*was, one_less, _, _)] = rows(url)["tasks"], before["tasks"]
    assert (task, version) == (was, one_less + 1), "assigning is a version"
    again = taken(url, ANN, BOB, PACK, PAIR, header=HEADER | {"drawn": {"task": 7}})
    assert again.added == dict.fromkeys(done.added, 0)
    with open_postgres(url) as fring:
        assert fring.tasks.create(NewTask("new")).id == 8


def test_a_dry_run_tells_what_would_be_and_changes_nothing(url):
    taken(url, ANN)
    before = rows(url)
    done = taken(url, ANN, BOB, PACK, PAIR, header=HEADER | {"drawn": {"user": 9}}, dry_run=True)
    assert done.added == {"user": 1, "task": 1, "assignment": 1, "spent_id": 0}
    assert done.there["user"] == 1
    assert rows(url) == before
    with open_postgres(url) as fring:
        assert fring.users.create(NewUser("next", "next@example.org")).id == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "Input data was truncated"),
        ("{", "Input data was truncated"),
        ("[]", "Expected `object`"),
        (b"\xff".decode("latin-1"), "malformed"),
        ({"kind": "tsk"}, "Invalid value 'tsk'"),
        (PACK | {"titel": "x"}, "unknown field `titel`"),
        (PACK | {"id": None}, "Expected `int`"),
        (PACK | {"id": 0}, "`$.id`"),
        (PACK | {"id": 2**63}, "`$.id`"),
        (PACK | {"id": True}, "`$.id`"),
        (PACK | {"id": 1.5}, "`$.id`"),
        ({key: PACK[key] for key in PACK if key != "updated_at"}, "`updated_at`"),
        (PACK | {"title": " "}, "title must not be blank"),
        (PACK | {"title": "x" * 201}, "title must have at most 200"),
        (PACK | {"title": "\0"}, "title must not contain NUL"),
        (PACK | {"description": "x" * 10_001}, "description must have at most 10000"),
        (PACK | {"owner": ""}, "owner must have at least 1"),
        (PACK | {"status": "done"}, "Invalid enum value 'done'"),
        (PACK | {"due_date": "2024-02-30"}, "`$.due_date`"),
        (PACK | {"version": 0}, "`$.version`"),
        (PACK | {"version": 2**62 + 1}, "`$.version`"),
        (PACK | {"created_at": "2024-02-29T12:00:00"}, "`$.created_at`"),
        (PACK | {"created_at": "0001-01-01T12:00:00Z"}, "created_at must be of the years"),
        (PACK | {"updated_at": "9999-12-31T12:00:00Z"}, "updated_at must be of the years"),
        (ANN | {"username": ""}, "username must not be blank"),
        (ANN | {"email": "ann"}, "email must be an e-mail"),
        (ANN | {"role": "owner"}, "Invalid enum value 'owner'"),
        (PAIR | {"user_id": 0}, "`$.user_id`"),
        ({"kind": "spent_id", "table": "receipts", "id": 1}, "`$.table`"),
        (HEADER, "Invalid value 'fring'"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_named_with_what_is_wrong(url, said, why):
    [told] = refused(url, ANN, BOB, said, PACK | {"id": 9})
    assert told.startswith("line 4: ")
    assert why in told


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (ANN, 'a file begins with {"kind":"fring","format":1}, and not so'),
        ("no JSON", 'a file begins with {"kind":"fring","format":1}, and not so'),
        (HEADER | {"format": 2}, "this is format 2, and this Fring reads 1"),
        (HEADER | {"rows": {"cat": 1}}, "'cat' is no kind that can stand here"),
        (HEADER | {"drawn": {"assignment": 1}}, "'assignment' is no kind that can stand here"),
        (HEADER | {"drawn": {"task": 2**31}}, "`$.drawn[...]`"),
    ],
)
def test_the_first_line_says_what_the_file_is(url, header, why):
    [told] = refused(url, ANN, header=header)
    assert told.startswith("line 1: ")
    assert why in told


def test_all_faults_are_told_up_to_twenty(url):
    told = refused(url, ANN, PACK | {"title": ""}, BOB, PACK | {"id": -1})
    assert [line.partition(":")[0] for line in told] == ["line 3", "line 5"]
    told = refused(url, *[PACK | {"id": -1}] * (faults.MOST + 5))
    assert len(told) == faults.MOST


CLASHES = [
    ([ANN, BOB | {"id": 1}], "line 3: this user stands twice, before on line 2"),
    ([PACK, BOB, PACK], "line 4: this task stands twice, before on line 2"),
    ([BOB, ANN | {"id": 3, "username": "bob"}], "line 3: this username stands twice, before on line 2"),
    ([BOB, ANN | {"id": 3, "email": BOB["email"]}], "line 3: this email stands twice, before on line 2"),
    ([ANN, PACK, PAIR, PAIR], "line 5: this assignment stands twice, before on line 4"),
    ([SPENT, SPENT], "line 3: this spent_id stands twice, before on line 2"),
    ([ANN, PAIR], "line 3: there is no shared task 1"),
    ([PACK, PAIR], "line 3: there is no user 1"),
    ([ANN, PACK | {"owner": "1"}, PAIR], "line 4: there is no shared task 1"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "why"), CLASHES)
def test_rows_that_do_not_go_together_are_named(url, said, why):
    assert refused(url, *said) == [why]


def test_rows_that_clash_with_those_that_are_there_are_named(url):
    taken(url, ANN, PACK | {"owner": "ann"})
    changed = {"title": "Unpack", "description": "", "version": 2, "owner": None}
    assert refused(
        url,
        BOB | {"username": "ann"},
        PACK | changed,
        BOB | {"id": 3, "username": "cid", "email": "ann@example.org"},
        ANN | {"username": "a", "email": "a@b.c", "created_at": NOW[:-7] + "7Z", "role": "viewer"},
        {"kind": "assignment", "user_id": 1, "task_id": 1},
    ) == [
        "line 2: this username is that of user 1, who is there already",
        "line 3: task 1 is there already, and differs in title, description, owner",
        "line 4: this email is that of user 1, who is there already",
        "line 5: user 1 is there already, and differs in username, email, created_at, role",
    ]
    assert refused(url, PAIR) == ["line 2: there is no shared task 1"]


def test_a_file_that_was_cut_is_refused(url, tmp_path):
    taken(url, *(PACK | {"id": number} for number in range(1, 101)))
    file = tmp_path / "all.jsonl"
    export_to(url, file)
    whole = file.read_bytes()
    at = [each.end() for each in re.finditer(b"\n", whole)]
    for size, line in ((at[50], 51), (at[50] + 20, 52), (at[50] - 1, 51)):
        file.write_bytes(whole[:size])
        with pytest.raises(BulkError, match=rf"line {line}: |line {line - 1}: "):
            import_from(url, file)
    zipped = gzip.compress(whole)
    for broken in (zipped[:-9], zipped[: len(zipped) // 2], zipped[:-8] + bytes(8)):
        file.write_bytes(broken)
        with pytest.raises(BulkError, match="what was zipped is cut or damaged"):
            import_from(url, file)
    file.write_bytes(b"")
    with pytest.raises(BulkError, match="the file is empty"):
        import_from(url, file)


def test_a_line_is_read_to_its_longest_and_no_further(url):
    longest = PACK | {"title": "😀" * 200, "description": "😀" * 10_000, "owner": "😀" * 255}
    before = taken(url, longest)  # json.dumps escapes all of it
    assert before.added["task"] == 1
    [why] = refused(url, "x" * 2**20)
    assert "longer than" in why


def test_files_are_zipped_by_their_names_and_get_them_when_they_are_whole(url, tmp_path):
    taken(url, ANN, PACK | {"description": ODD})
    plain, zipped = tmp_path / "all.jsonl", tmp_path / "all.jsonl.gz"
    plain.write_bytes(b"an older one")
    seen = []

    def watch(what, done, total):
        seen.append(plain.read_bytes())

    export_to(url, plain, watch=watch)
    export_to(url, zipped)
    assert set(seen) <= {b"an older one"}
    assert gzip.decompress(zipped.read_bytes()) == plain.read_bytes() == exported(url)
    assert plain.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [plain, zipped]
    for file in (plain, zipped, str(zipped)):
        assert import_from(url, file).there["task"] == 1
    with pytest.raises(BulkError, match="Cannot write"):
        export_to(url, tmp_path / "nowhere" / "all.jsonl")


def test_an_export_that_fails_leaves_the_file_of_before(url, tmp_path, new_database):
    file = tmp_path / "all.jsonl"
    file.write_bytes(b"an older one")
    with pytest.raises(SchemaError, match="nothing to export"):
        export_to(new_database(), file)
    with pytest.raises(StoreUnavailable):
        export_to("postgresql://127.0.0.1:1/none", file)
    assert file.read_bytes() == b"an older one"
    assert [*tmp_path.iterdir()] == [file]


def test_a_pipe_keeps_its_name(url, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    thread = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    thread.start()
    export_to(url, pipe)
    thread.join()
    assert read == [exported(url)]
    assert pipe.is_fifo()


@pytest.mark.parametrize("revision", [None, *sorted(OLDER)[-1:]])
def test_tables_that_are_absent_or_older_are_left_alone(new_database, revision):
    url = new_database()
    if revision:
        at_revision(url, revision)
    for act in (exported, taken):
        with pytest.raises(SchemaError, match=r"no tables of Fring's|fring db upgrade"):
            act(url)


def test_an_export_is_of_one_moment_and_in_order(url):
    taken(url, *(PACK | {"id": number} for number in range(1, 12_001)))
    written = []

    def watch(what, done, total):
        with psycopg.connect(to_conninfo(url)) as connection:
            connection.execute("DELETE FROM tasks WHERE id % 2 = 0")
        written.append((what, done, total))

    out = io.BytesIO()
    assert export_to(url, out, watch=watch)["task"] == 12_000
    ids = [json.loads(line)["id"] for line in out.getvalue().splitlines()[1:]]
    assert ids == list(range(1, 12_001))
    assert written == [("tasks", 5000, 12_000), ("tasks", 10_000, 12_000)]


def test_kinds_may_stand_in_any_order(url):
    said = [PAIR | {"task_id": number} for number in range(1, 3001)]
    said += [PACK | {"id": number} for number in range(1, 3001)]
    mixed = [each for pair in zip(said[:3000], said[3000:], strict=True) for each in pair]
    assert taken(url, *mixed, ANN).added == {
        "user": 1, "task": 3000, "assignment": 3000, "spent_id": 0,
    }  # fmt: skip


@pytest.mark.parametrize("stage", ["checking", "adding tasks"])
def test_who_writes_the_same_row_meanwhile_is_told_of(url, stage):
    def clash(what, done, total):
        if what == stage:
            with psycopg.connect(to_conninfo(url)) as connection:
                connection.execute("INSERT INTO tasks (id, title) VALUES (1, 'faster')")

    with pytest.raises(BulkError, match=r"changed tasks meanwhile.*try again.*\(1\)"):
        taken(url, ANN, PACK, watch=clash)
    assert [row[1] for row in rows(url)["tasks"]] == ["faster"]
    assert rows(url)["users"] == []


@pytest.mark.parametrize(
    "stage", ["reading", "checking", "adding users", "adding tasks", "adding assignments"]
)
def test_an_import_that_is_killed_leaves_nothing_and_is_run_again(url, tmp_path, stage):
    said = [ANN, *(PACK | {"id": number} for number in range(1, 6001)), PAIR]
    file = tmp_path / "all.jsonl"
    file.write_bytes(lines(*said))
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, url, str(file), stage], capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert not any(rows(url).values())
    assert import_from(url, file).added["task"] == 6000
    assert [len(found) for found in rows(url).values()] == [1, 6000, 1, 0]


def test_automatic_ids_are_drawn_past_those_that_came(url):
    several = [PACK | {"id": number} for number in range(1, 501)]
    taken(url, *several, PACK | {"id": 2**31 - 1})
    with open_postgres(url) as fring:
        assert fring.tasks.create(NewTask("new")).id == 502
    assert TaskStatus(rows(url)["tasks"][-2][3]) is TaskStatus.TODO
    assert rows(url)["tasks"][0][4] == datetime(2024, 2, 29, 12, tzinfo=UTC) + timedelta(
        microseconds=123_456
    )


@pytest.mark.parametrize("said", [True, False])
def test_descriptions_stay_out_of_events_if_they_are_to(url, said):
    taken(url, ANN, PACK | {"description": "hush"}, event_text=said)
    taken(url, PACK | {"description": "hush"}, PAIR, event_text=said)
    with open_postgres(url) as fring:
        created, assigned = reversed(fring.events.of_task(1))
    assert ("hush" in repr([created, assigned])) is said
    assert said or created.after["description"]["length"] == len("hush")
