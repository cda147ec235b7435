"""Steady load on a server, and what became of it."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from threading import Event, Lock, Thread
from typing import Any, Final, Self
from uuid import uuid4

import psycopg

CLIENTS: Final = 8
PAUSE_SECONDS: Final = 0.005
PATIENCE_SECONDS: Final = 15
_STATUSES: Final = ("in_progress", "completed")


class Load:
    """Send requests to a port of this machine from clients of a thread each, until the block ends.

    Each client makes a task, changes its status twice and reads it, over a connection that it keeps
    as long as it may, or over new ones if it is `fresh`. Nothing is tried again: whatever is
    not answered as it should be is in `failures`.
    """

    def __init__(self, port: int, *, fresh: bool = False) -> None:
        self.requests = 0
        self.slowest = 0.0
        self.failures: list[str] = []
        self.acknowledged: dict[int, tuple[str, str]] = {}
        self._port, self._fresh, self._name = port, fresh, uuid4().hex
        self._ending = Event()
        self._lock = Lock()
        self._clients = [Thread(target=self._run, args=[number]) for number in range(CLIENTS)]

    def __enter__(self) -> Self:
        """Begin."""
        for client in self._clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, after the requests that are under way."""
        self._ending.set()
        for client in self._clients:
            client.join()

    def lost(self, url: str) -> list[str]:
        """Return what the database does not have as it was acknowledged, or more than once."""
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT id, title, status FROM tasks").fetchall()
        there = {key: (title, status) for key, title, status in rows}
        times = Counter(title for title, _ in there.values())
        return [
            *(
                f"{key}: {value} became {there.get(key)}"
                for key, value in self.acknowledged.items()
                if there.get(key) != value
            ),
            *(f"{title} is there {number} times" for title, number in times.items() if number > 1),
        ]

    def told(self) -> str:
        """Return in words how many requests there were, and how long the slowest took."""
        return (
            f"{self.requests} requests, {len(self.failures)} failures,"
            f" {len(self.acknowledged)} tasks, the slowest in {self.slowest:.2f} s"
        )

    def _run(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        number = 0
        while not self._ending.is_set():
            number += 1
            title = f"{self._name}-{client}-{number}"
            made = self._ask(connection, "POST", "/api/v1/tasks", {"title": title})
            if made is None:
                continue
            key, path = made["id"], f"/api/v1/tasks/{made['id']}"
            self.acknowledged[key] = title, made["status"]
            for status in _STATUSES:
                if self._ask(connection, "PATCH", f"{path}/status?status={status}") is not None:
                    self.acknowledged[key] = title, status
            self._ask(connection, "GET", path)
            self._ask(connection, "GET", "/api/v1/tasks?limit=5")
        connection.close()

    def _ask(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> Any:
        time.sleep(PAUSE_SECONDS)
        began = time.monotonic()
        headers = {"Connection": "close"} if self._fresh else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body and json.dumps(body), headers)
            response = connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._note(f"{method} {path}: {error!r}", began)
            return None
        is_done = response.status < http.client.BAD_REQUEST
        self._note("" if is_done else f"{method} {path}: {response.status} {said[:80]!r}", began)
        return json.loads(said) if is_done else None

    def _note(self, failure: str, began: float) -> None:
        took = time.monotonic() - began
        with self._lock:
            self.requests += 1
            self.slowest = max(self.slowest, took)
            if failure:
                self.failures.append(f"{failure} after {took:.2f} s")
