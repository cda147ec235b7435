"""Many clients at once, each a thread that writes down what it asked and what became of it."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias
from uuid import uuid4

import attrs
import httpx
import psycopg

from tests.faults.history import History, Operation, Outage, Outcome, Sighting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from tests.faults.history import Writes

    Turn: TypeAlias = Callable[["Caller"], object]

PATIENCE_SECONDS: Final = 30  # far beyond what anybody may have to wait
PAUSE_SECONDS: Final = 0.01
UNHEARD_SECONDS: Final = 0.05  # before who got no answer asks for something else
WATCH_SECONDS: Final = 0.05
WATCHED: Final = "SELECT title, updated_at, version FROM tasks ORDER BY id DESC LIMIT 100"


@attrs.define
class Known:
    """Hold what clients know to be there: ids by title and by username. Threads share it."""

    tasks: dict[str, int] = attrs.field(factory=dict)
    users: dict[str, int] = attrs.field(factory=dict)


class Caller:
    """Ask one thing after the other, as one client does, and try nothing again.

    With `keys`, each write has one, and is tried again until it is settled.
    """

    def __init__(
        self, url: str, number: int, history: History, known: Known, *, keys: bool = False
    ) -> None:
        self.known = known
        self._keys = keys
        self.random = random.Random(number)
        self.number = number
        self.count = 0
        self._history = history
        self._client = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, verify=False)

    def name(self) -> str:
        """Return a name that nobody else gives."""
        self.count += 1
        return f"{self.number}-{self.count}"

    def ask(
        self,
        verb: str,
        method: str,
        path: str,
        *,
        body: Any = None,
        writes: Writes = (),
    ) -> Any:
        """Send a request and note it; return the answer's body, None if it was not done."""
        key = uuid4().hex if self._keys and writes else None
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            operation, said = self._ask(verb, method, path, body, writes, key)
            if key is None or operation.is_settled or time.monotonic() > ends:
                return said
            time.sleep(UNHEARD_SECONDS)

    def _ask(
        self, verb: str, method: str, path: str, body: Any, writes: Writes, key: str | None
    ) -> tuple[Operation, Any]:
        headers = {} if key is None else {"Idempotency-Key": key}
        began = time.monotonic()
        response = None
        try:
            response = self._client.request(method, f"/api/v1{path}", json=body, headers=headers)
        except httpx.ConnectError:
            writes = ()  # it was not even sent
        except httpx.TransportError:
            pass
        ended = time.monotonic()
        status = response.status_code if response is not None else None
        said: Any = response.json() if response is not None and response.content else None
        made = said["id"] if status == 201 and "id" in said else None
        operation = Operation(
            verb=verb, began=began, ended=ended, status=status, writes=writes, made=made, key=key
        )
        self._history.operations.append(operation)
        if response is None:
            time.sleep(UNHEARD_SECONDS)
        if response is None or operation.outcome is not Outcome.OK:
            return operation, None
        is_old = "Idempotent-Replayed" in response.headers  # it tells what was seen then
        if isinstance(said, dict) and "updated_at" in said and not is_old:
            moment = datetime.fromisoformat(said["updated_at"])
            self._history.sightings.append(Sighting(said["title"], began, ended, moment))
        return operation, said or True

    def close(self) -> None:
        """Close its connection."""
        self._client.close()


class Load:
    """Have clients call a server until the block ends, and watch its database meanwhile."""

    def __init__(
        self,
        url: str,
        watched: str,
        turns: Sequence[Sequence[Turn]],
        clients: int,
        *,
        keys: bool = False,
    ) -> None:
        self.history = History()
        self.known = Known()
        self._watched = watched
        self._going, self._ending, self._lock = Event(), Event(), Lock()
        self._going.set()
        self._at_work = 0
        self._callers = [
            (Caller(url, number, self.history, self.known, keys=keys), turns[number % len(turns)])
            for number in range(clients)
        ]
        self._threads = ThreadPoolExecutor(clients + 1)
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._running = [self._threads.submit(self._call, *each) for each in self._callers]
        self._running.append(self._threads.submit(self._watch))
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Return once all have their last answer."""
        self._ending.set()
        self._going.set()
        self._threads.shutdown()
        for each in self._running:
            each.result()  # which raises what has gone wrong with a client itself

    def rest(self, seconds: float) -> None:
        """Have nobody ask anything for a while, once all have been answered."""
        self._going.clear()
        while self._at_work:
            time.sleep(0.005)
        time.sleep(seconds)

    def go_on(self) -> None:
        """Have them ask again."""
        self._going.set()

    def settle(self, quiet: float, most: float) -> None:
        """Return when for `quiet` seconds all were served, or after `most` seconds."""
        began = quiet_since = time.monotonic()
        seen = len(self.history.operations)
        while time.monotonic() - began < most:
            time.sleep(0.05)
            new = self.history.operations[seen:]
            seen += len(new)
            # Whoever still waits may yet be refused.
            if not new or any(each.outcome is Outcome.UNKNOWN for each in new):
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > quiet:
                return

    def _call(self, caller: Caller, turns: Sequence[Turn]) -> None:
        while self._going.wait() and not self._ending.is_set():
            with self._lock:
                self._at_work += 1
            try:
                caller.random.choice(turns)(caller)
            finally:
                with self._lock:
                    self._at_work -= 1
            time.sleep(PAUSE_SECONDS)
        caller.close()

    def _watch(self) -> None:
        while not self._ending.is_set():
            with (
                suppress(psycopg.Error),
                psycopg.connect(self._watched, autocommit=True, connect_timeout=2) as connection,
            ):
                while not self._ending.wait(WATCH_SECONDS):
                    began = time.monotonic()
                    rows = connection.execute(WATCHED).fetchall()
                    ended = time.monotonic()
                    self.history.sightings.extend(
                        Sighting(title, began, ended, updated_at, version)
                        for title, updated_at, version in rows
                    )
            self._ending.wait(WATCH_SECONDS)

    def note_outage(self, began: float, ended: float) -> None:
        """Add an outage to the history."""
        self.history.outages.append(Outage(began, ended))
