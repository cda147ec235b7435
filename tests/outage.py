"""A database that can be stopped and started under whoever uses it."""

from contextlib import ExitStack

import psycopg

from fring_adapters.postgres import prepare
from fring_adapters.postgres.embedded import embedded


class Database:
    """A server of the test's own, to be stopped and started."""

    def __init__(self, folder):
        self._folder = folder
        self._running = ExitStack()
        self.start()
        prepare(self.url)

    def stop(self):
        self._running.close()

    def start(self):
        self.url = self._running.enter_context(embedded(self._folder))

    def end_connections(self):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE application_name = 'fring'"
            )

    def close(self):
        self._running.close()
