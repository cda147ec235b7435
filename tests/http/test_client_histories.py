"""The contract through the HTTP edge: client, HTTP, Fring, store, in lockstep with an oracle."""

import asyncio
from typing import Any

import attrs
import httpx
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from fring_adapters.memory import MemoryStore
from fring_adapters.postgres import PoolSettings, PostgresStore
from fring_core import UNSET, Fring, TaskOrder
from fring_core.testing import FringMachine
from fring_http.api.app import create_app
from fring_http.client import BlockingFringClient, FringClient
from tests.http.awaiting import Awaiting
from tests.serving import in_thread

HISTORIES = settings(
    max_examples=12,
    stateful_step_count=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
FEWER = settings(HISTORIES, max_examples=5)  # the edge is the same


def with_options(call, **options):
    return attrs.evolve(call, options=dict(call.options) | options)


def with_first(call, index, **fields):
    """Return a call with fields of one of its arguments replaced."""
    arguments = list(call.arguments)
    arguments[index] = attrs.evolve(arguments[index], **fields)
    return attrs.evolve(call, arguments=tuple(arguments))


def with_where(call, *, personal):
    """Return a call with the nearest filter that the wire carries."""
    where = call.arguments[0]
    completed = where.completed if where.status is None else None
    if personal:
        return with_first(call, 0, completed=completed, title=None, assigned=None)
    return with_first(call, 0, completed=completed or None)


def carried(call):
    """Return the nearest call that the wire carries."""
    personal = call.options.get("owner") is not None
    match call.method:
        case "fring.tasks.create":
            missing = "id" if personal else "due_date"
            return with_first(call, 0, **{missing: None, "remind_at": None})
        case "fring.tasks.count":
            return with_where(call, personal=personal)
        case "fring.tasks.list":
            order = TaskOrder.BY_ID
            if personal and (order := call.options["order"]) is TaskOrder.BY_ID:
                order = TaskOrder.BY_TITLE
            return with_options(with_where(call, personal=personal), order=order)
        case "fring.tasks.update":
            unset = ["remind_at"] if personal else ["remind_at", "due_date"]
            if not personal and call.arguments[1].completed is False:
                unset.append("completed")
            return with_first(call, 1, **dict.fromkeys(unset, UNSET))
        case "fring.tasks.toggle" if not personal:
            return with_options(call, owner="ann")
    return call


def client_of(fring):
    return FringClient("http://fring", transport=httpx.ASGITransport(create_app(fring)))


class Served:
    """Serve another application whenever one is put in."""

    app: Any = None

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


class Histories(FringMachine):
    def make_oracle(self, clock):
        return Fring(MemoryStore(), clock=clock)

    def fitted(self, call):
        return carried(call)


def test_histories_without_a_socket_on_memory():
    with asyncio.Runner() as runner:

        class Machine(Histories):
            def make_fring(self, clock):
                return client_of(Fring(MemoryStore(), clock=clock))

            def run(self, coroutine):
                runner.run(coroutine)

        run_state_machine_as_test(Machine, settings=HISTORIES)


def test_histories_without_a_socket_on_postgres(database_url, empty):
    with asyncio.Runner() as runner:
        store = PostgresStore(database_url, PoolSettings(size=2))

        class Machine(Histories):
            def make_fring(self, clock):
                empty()
                return client_of(Fring(store, clock=clock))

            def run(self, coroutine):
                runner.run(coroutine)

        runner.run(store.__aenter__())
        try:
            run_state_machine_as_test(Machine, settings=FEWER)
        finally:
            runner.run(store.__aexit__(None, None, None))


def test_histories_over_a_socket_without_a_loop():
    served = Served()
    with in_thread(served) as url, BlockingFringClient(url) as client:

        class Machine(Histories):
            def make_fring(self, clock):
                served.app = create_app(Fring(MemoryStore(), clock=clock))
                return Awaiting(client)

        run_state_machine_as_test(Machine, settings=FEWER)
