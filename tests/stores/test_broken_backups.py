"""Backups that fail, in whatever way: it is said, nothing half is left, and nothing old is gone."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from fring_adapters.postgres import prepare
from fring_adapters.postgres.backup import BackupError, back_up, folder, restore
from fring_adapters.postgres.backup.archive import count
from fring_adapters.postgres.backup.programs import programs
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import StoreUnavailable
from tests.serving import await_condition, environment
from tests.stores.older import execute

OLD = "fring-20240101T000000Z.dump"
KEEP_ONE = """
import sys
from fring_adapters.postgres.backup import back_up
back_up(sys.argv[1], sys.argv[2], keep=1)
"""


@pytest.fixture
def url(new_database):
    """Give the URL of a database with enough in it for a damage to hit a row."""
    url = new_database()
    prepare(url)
    titles = [(random.Random(number).randbytes(60).hex(),) for number in range(300)]
    with psycopg.connect(to_conninfo(url)) as connection:
        connection.cursor().executemany("INSERT INTO tasks (title) VALUES (%s)", titles)
    return url


@pytest.fixture
def backups(tmp_path):
    """Give a folder with an old backup, which must be there at the end, alone."""
    backups = tmp_path / "backups"
    backups.mkdir()
    (backups / OLD).write_text("old")
    yield backups
    assert [path.name for path in backups.iterdir()] == [OLD]


@pytest.fixture
def pg_dump(tmp_path, monkeypatch):
    """Give a function that puts a shell script in the place of `pg_dump`, which is "$REAL"."""
    real = programs()

    def put(script, version=f"PostgreSQL) {real.version}"):
        instead = tmp_path / "programs"
        instead.mkdir()
        for name, does in (("pg_dump", script), ("pg_restore", '"$REAL" "$@"')):
            program = instead / name
            program.write_text(
                f"#!/bin/sh\nREAL='{real.path(name)}'\n"
                f'test "$1" = --version && echo "{name} ({version}" && exit\n'
                f"for each; do case $each in --file=*) FILE=${{each#--file=}};; esac; done\n{does}\n"
            )
            program.chmod(0o700)
        monkeypatch.setattr("fring_adapters.postgres.embedded.PROGRAMS", instead)
        monkeypatch.setattr("shutil.which", lambda _: None)

    return put


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -KILL $$", r"pg_dump was ended by signal 9"),
        ('"$REAL" "$@"; kill -KILL $$', r"pg_dump was ended by signal 9"),
        ('ulimit -f 8; trap \'\' XFSZ; exec "$REAL" "$@"', r"pg_dump failed with code 1: .*large"),
        (
            'exec "$REAL" "$@" --snapshot=0-0-1',
            r"snapshot.*; behind a PgBouncer, name the database",
        ),
        ('"$REAL" "$@"; truncate -s -9000 "$FILE"', r"no whole backup: pg_restore failed"),
        ('"$REAL" "$@"; truncate -s 0 "$FILE"', r"no whole backup: pg_restore failed"),
        (
            (
                'exec 2>/dev/null; "$REAL" "$@"; SEEK=$(($(wc -c < "$FILE") - 3000));'
                ' printf xxxxxxxx | dd of="$FILE" bs=1 conv=notrunc seek=$SEEK'
            ),
            r"no whole backup: pg_restore failed",
        ),
        ('exec "$REAL" "$@" --exclude-table=user_tasks', r"does not hold what was dumped"),
        ('exec "$REAL" "$@" --schema-only', r"does not hold what was dumped"),
    ],
    ids=["killed", "late", "full", "snapshot", "cut", "empty", "flipped", "table", "rows"],
)
def test_a_dump_that_is_not_whole_is_none(url, backups, pg_dump, script, said):
    pg_dump(script)
    with pytest.raises(BackupError, match=said):
        back_up(url, backups, keep=1)


def inserting(url):
    """Return a line of a shell script that puts a row into the database."""
    insert = "INSERT INTO tasks (title) VALUES ('late')"
    return f'"{programs().path("psql")}" -qc "{insert}" \'{to_conninfo(url)}\' || exit 3\n'


def test_what_comes_after_the_snapshot_is_not_in_it(url, tmp_path, pg_dump):
    pg_dump(f'{inserting(url)} exec "$REAL" "$@"')
    assert count(back_up(url, tmp_path / "backups"))["public", "tasks"] == 300
    assert execute(url, "SELECT count(*) FROM tasks").fetchone() == (301,)


def test_a_dump_of_another_moment_is_found_out(url, backups, pg_dump):
    without_snapshot = 'case $each in --snap*) ;; *) set -- "$@" "$each";; esac'
    pg_dump(f'{inserting(url)} for each; do shift; {without_snapshot}; done; exec "$REAL" "$@"')
    with pytest.raises(BackupError, match="does not hold what was dumped"):
        back_up(url, backups, keep=1)


def test_a_database_that_goes_away_meanwhile(url, backups, pg_dump):
    end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE"
    end += " datname = current_database() AND application_name = 'fring'"
    pg_dump(f'"{programs().path("psql")}" -qc "{end}" \'{to_conninfo(url)}\'; exec "$REAL" "$@"')
    with pytest.raises(StoreUnavailable, match="Cannot reach database"):
        back_up(url, backups, keep=1)


def test_a_database_that_is_away(backups):
    with pytest.raises(StoreUnavailable, match="Cannot reach database 'fring' at 127"):
        back_up("postgresql://127.0.0.1:1/fring", backups, keep=1)


def test_programs_that_are_too_old_or_absent(url, backups, pg_dump, monkeypatch):
    pg_dump("exit 1", version="PostgreSQL) 9.6.24")
    with pytest.raises(BackupError, match=r"is of PostgreSQL 9, .* of \d+: install PostgreSQL's"):
        back_up(url, backups, keep=1)
    monkeypatch.setattr("fring_adapters.postgres.embedded.PROGRAMS", backups)
    with pytest.raises(BackupError, match=r"no pg_dump here that runs: .*fring\[embedded\]"):
        back_up(url, backups, keep=1)


def test_a_folder_that_cannot_be_written(url, backups):
    with pytest.raises(BackupError, match=f"Cannot write a backup to {backups / OLD}: "):
        back_up(url, backups / OLD, keep=1)


def test_no_password_is_an_argument(url, tmp_path, pg_dump):
    pg_dump('echo "$@" "[$PGPASSWORD]" > "$FILE.said"; exec "$REAL" "$@"')
    conninfo = to_conninfo(url)
    back_up(make_conninfo(conninfo, password="se cret"), tmp_path / "backups")
    [said] = (tmp_path / "backups").glob(".*.said")
    assert said.read_text().count("se cret") == 1
    assert said.read_text().endswith("[se cret]\n")
    with pytest.raises(BackupError, match="take sslpassword out of the URL"):
        back_up(make_conninfo(conninfo, sslpassword="secret"), tmp_path / "backups")


def test_a_process_that_is_killed_leaves_nothing_that_looks_whole(url, backups):
    """Have it wait for a table while it dies; what it leaves is removed an hour later."""
    with psycopg.connect(to_conninfo(url)) as other:
        other.execute("LOCK TABLE tasks")
        process = subprocess.Popen(
            [sys.executable, "-c", KEEP_ONE, url, str(backups)], env=environment()
        )
        await_condition(lambda: len(list(backups.iterdir())) == 2)
        process.send_signal(signal.SIGKILL)
        process.wait()
    [left] = set(backups.iterdir()) - {backups / OLD}
    assert left.name.startswith(".fring-")
    made = back_up(url, backups)
    assert left.exists(), "somebody may be at it"
    made.unlink()
    hour_ago = time.time() - folder.LEFT_SECONDS - 1
    os.utime(left, (hour_ago, hour_ago))
    back_up(url, backups).unlink()


def test_a_damaged_backup_is_not_restored(url, new_database, tmp_path):
    other = new_database()
    file = back_up(url, tmp_path)
    whole = file.read_bytes()
    for damaged in (whole[:-9000], whole[:-3000] + b"xxxxxxxx" + whole[-2992:]):
        file.write_bytes(damaged)
        with pytest.raises(BackupError, match=f"{file} is no whole backup"):
            restore(other, file, schema="fring")
    found = "SELECT to_regclass('users'), to_regnamespace('fring')"
    assert execute(other, found).fetchone() == (None, None)
