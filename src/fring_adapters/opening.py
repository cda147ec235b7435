"""One way in: a Fring on a store, with the machine's clock.

Each of these is to be opened and closed: by `with`, or by `open` and `close`.

    with open_memory() as fring:
        fring.tasks.create(NewTask("Water the plants"))
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fring_adapters.clock import utc_now
from fring_adapters.memory import MemoryStore
from fring_core import PERMISSIVE, BlockingFring, Fring

if TYPE_CHECKING:
    from typing import Self

    from fring_adapters.postgres import PoolSettings
    from fring_core import Clock, Passwords, TokenIssuer, Workflow


def open_memory(
    *,
    workflow: Workflow = PERMISSIVE,
    personal_workflow: Workflow | None = None,
    passwords: Passwords | None = None,
    issuer: TokenIssuer | None = None,
    clock: Clock = utc_now,
) -> BlockingFring:
    """Return a Fring in memory, empty at first: for tests, and for trying things out.

    Its `awaited` is the same for an event loop. The arguments are as in `Fring`.
    """
    return BlockingFring(
        Fring(
            MemoryStore(),
            clock=clock,
            workflow=workflow,
            personal_workflow=personal_workflow,
            passwords=passwords,
            issuer=issuer,
        )
    )


def open_postgres(
    url: str,
    *,
    upgrade: bool = False,
    pool: PoolSettings | None = None,
    schema: str | None = None,
    workflow: Workflow = PERMISSIVE,
    personal_workflow: Workflow | None = None,
    passwords: Passwords | None = None,
    issuer: TokenIssuer | None = None,
    clock: Clock = utc_now,
) -> BlockingFring:
    """Return a Fring on a PostgreSQL database, without an event loop, for any number of threads.

    It prepares the database when it is opened, as `prepare(url, upgrade=upgrade)`, whose errors it
    raises. `pool` sizes the pool of connections, `schema` names the schema that the tables are
    in (None: the first on the search path). The others are as in `Fring`.
    """
    from fring_adapters.postgres import BlockingPostgresStore, prepare  # noqa: PLC0415  # an extra

    class Prepared(BlockingPostgresStore):
        def __enter__(self) -> Self:
            prepare(url, upgrade=upgrade, schema=schema)
            return super().__enter__()

    store = Prepared(url, pool, schema=schema)
    return BlockingFring(
        Fring(
            store,
            clock=clock,
            workflow=workflow,
            personal_workflow=personal_workflow,
            passwords=passwords,
            issuer=issuer,
        )
    )


def open_postgres_async(
    url: str,
    *,
    upgrade: bool = False,
    pool: PoolSettings | None = None,
    schema: str | None = None,
    workflow: Workflow = PERMISSIVE,
    personal_workflow: Workflow | None = None,
    passwords: Passwords | None = None,
    issuer: TokenIssuer | None = None,
    clock: Clock = utc_now,
) -> Fring:
    """Return a Fring on a PostgreSQL database, for an event loop, as `open_postgres`."""
    from fring_adapters.postgres import PostgresStore, prepare  # noqa: PLC0415  # an extra

    class Prepared(PostgresStore):
        async def __aenter__(self) -> Self:
            await asyncio.to_thread(prepare, url, upgrade=upgrade, schema=schema)
            return await super().__aenter__()

    store = Prepared(url, pool, schema=schema)
    return Fring(
        store,
        clock=clock,
        workflow=workflow,
        personal_workflow=personal_workflow,
        passwords=passwords,
        issuer=issuer,
    )
