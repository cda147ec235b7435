"""What there is to say of the standby: whether requests that only read can be answered from it."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from fring_http.server.doctor.findings import Finding, ok, warn
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_adapters.postgres.standby.replication import Replication
    from fring_http.server.settings import Settings

MOST_SECONDS: Final = 5.0  # that it is given to show what it has replayed
PAUSE_SECONDS: Final = 0.1
_REMEDY: Final = (
    "until that is mended, all is read from the primary; FRING_READ_DATABASE_URL has to name a"
    " streaming standby of DATABASE_URL, with the same database and search path"
)


def look_at_standby(settings: Settings) -> Iterator[Finding]:
    """Look at the standby that is set, together with its primary."""
    if not settings.read_database_url or settings.database_url in ("", MEMORY):
        return
    from fring_adapters.postgres.standby.replication import Replication  # noqa: PLC0415  # it takes long

    try:
        replication = Replication(
            settings.database_url, settings.read_database_url, settings.read_lag, settings.schema
        )
    except ValueError:
        return  # the settings tell of it
    asyncio.run(_settle(replication, min(settings.read_lag, MOST_SECONDS)))
    if why := replication.why_not:
        yield warn("standby", why.replace("\n", " "), _REMEDY)
    else:
        yield ok("standby", f"it is at most {replication.age():.1f} s behind")


async def _settle(replication: Replication, seconds: float) -> None:
    """Look until it can be read from, for so many seconds at most."""
    end = monotonic() + seconds
    try:
        await replication.look()
        while replication.why_not and monotonic() < end:
            await asyncio.sleep(PAUSE_SECONDS)
            await replication.look()
    finally:
        await replication.close()
