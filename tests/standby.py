"""A primary and its hot standby, to be killed, frozen, promoted and started under whoever uses them."""

import shutil
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg

from fring_adapters.keeper.os_user import forget_copy, give, owner_of, reachable, running_as
from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import PROGRAMS, embedded
from fring_adapters.postgres.wire.urls import to_conninfo
from tests.serving import await_condition


@contextmanager
def without_standby(url):
    """Have commits on a server wait for a synchronous standby that is not there."""
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:

        def wait_for(standby):
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'")
            connection.execute("SELECT pg_reload_conf()")
            time.sleep(0.2)

        wait_for("nobody")
        try:
            yield
        finally:
            wait_for("")


class Postgres:
    """A server on a data folder, with a socket in the folder beside it."""

    def __init__(self, folder, port, programs):
        self._folder = folder
        self._port = port
        self._programs = programs
        self.process: subprocess.Popen[bytes]
        self.sockets = folder.parent / "sockets"
        self.url = f"postgresql://postgres@/postgres?host={self.sockets}&port={port}"

    def start(self, *more):
        """Start it, with more settings, such as `max_connections=50`, and wait until it answers."""
        owner = owner_of(self._folder)
        for folder in (self._folder, self.sockets):
            give(folder, owner)
        settings = (
            "listen_addresses=",
            f"port={self._port}",
            f"unix_socket_directories={self.sockets}",
            "fsync=off",
            "wal_receiver_status_interval=1",
            "wal_retrieve_retry_interval=100ms",
            *more,
        )
        words = [word for each in settings for word in ("-c", each)]
        with (self._folder.parent / f"log-{self._port}").open("ab") as log:
            self.process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._folder, *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                **running_as(owner, needs_name=False),
            )
        await_condition(self.answers)

    def answers(self):
        with suppress(psycopg.Error):
            self.run("SELECT")
            return True
        return False

    def run(self, statement):
        with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def signal(self, number):
        """Send a signal to all of its processes."""
        parent = psutil.Process(self.process.pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGINT)
            self.process.wait()


class Pair:
    """A primary with Fring's tables, and its standby."""

    def __init__(self, folder, programs):
        self._folder = folder
        self._programs = programs
        self.primary = Postgres(folder / "primary", 5432, programs)
        self.standby = Postgres(folder / "standby", 5433, programs)
        self.primary.sockets.mkdir(mode=0o700)
        with embedded(folder / "primary"):
            pass  # the folder is made now
        (folder / "primary/log").unlink()  # the keeper's own, which a copy could not read
        self.primary.start()
        prepare(self.primary.url)
        self.primary.run("CREATE ROLE reader LOGIN")
        self.primary.run(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO reader"
        )
        self.copy()

    def copy(self):
        """Make the standby, in the place of one that has ended, and start it."""
        shutil.rmtree(self._folder / "standby", ignore_errors=True)
        subprocess.run(
            [
                self._programs / "pg_basebackup",
                *("-d", self.primary.url, "-D", self._folder / "standby"),
                *("-R", "-X", "stream", "-c", "fast", "--no-sync"),
            ],
            check=True,
        )
        self.standby.start()

    def pause(self):
        """Have the standby stay as it is."""
        self.standby.run("SELECT pg_wal_replay_pause()")
        await_condition(
            lambda: self.standby.run("SELECT pg_get_wal_replay_pause_state()") == [("paused",)]
        )

    def resume(self):
        self.standby.run("SELECT pg_wal_replay_resume()")

    def catch_up(self):
        """Wait until the standby has all that the primary has now."""
        [(position,)] = self.primary.run("SELECT pg_current_wal_lsn()")
        await_condition(
            lambda: (
                self.standby.run(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)]
            )
        )

    def stop(self):
        self.standby.stop()
        self.primary.stop()


@contextmanager
def replicated():
    """Run a primary and its standby in a temporary folder."""
    # As root, PostgreSQL runs as another user, who has to come here.
    with TemporaryDirectory(prefix="fring-standby-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        owner = owner_of(folder / "primary")
        programs = reachable(PROGRAMS, owner, folder / "programs")
        try:
            pair = Pair(folder, programs)
            try:
                yield pair
            finally:
                pair.stop()
        finally:
            forget_copy(folder / "programs")
