"""The database that a command works on: the one that is set, or else the embedded one."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fring_http.server.modes import SettingsError
from fring_http.server.settings import MEMORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import ExitStack
    from pathlib import Path

    from fring_http.server.settings import Settings


def prepared(
    settings: Settings, stack: ExitStack, say: Callable[[str], None], *, upgrade: bool
) -> tuple[str, str]:
    """Return the URL of the database, whose tables are prepared, and what it is, in words.

    The embedded one runs until the stack is closed. Raise `SettingsError` for a database that
    cannot be worked with, and `StoreUnavailable` for one that is away.
    """
    if settings.database_url == MEMORY:
        return MEMORY, "in memory: they are gone when the server ends"
    from fring_adapters.postgres import prepare  # noqa: PLC0415  # it takes long

    url, words = located(settings, stack, say)
    with refused_in_words():
        upgrade = upgrade or not settings.database_url
        revision = prepare(url, schema=settings.schema, upgrade=upgrade)
    return url, f"{words}, revision {revision}"


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Turn what is refused about tables, backups and programs into `SettingsError`."""
    from fring_adapters.postgres import SchemaError  # noqa: PLC0415  # it takes long
    from fring_adapters.postgres.backup import BackupError  # noqa: PLC0415  # as above

    try:
        yield
    except (SchemaError, BackupError) as error:
        raise SettingsError(str(error)) from error


def located(settings: Settings, stack: ExitStack, say: Callable[[str], None]) -> tuple[str, str]:
    """Return the URL of the PostgreSQL database, and what it is, in words; look at no table.

    Raise `SettingsError` for `memory://`, which nobody else reaches.
    """
    if settings.database_url == MEMORY:
        raise SettingsError("memory:// is a database of the server's own; nobody else reaches it")
    from fring_adapters.postgres.wire.urls import described  # noqa: PLC0415  # as above

    if settings.database_url:
        place = f", schema {settings.schema}" if settings.schema else ""
        return settings.database_url, described(settings.database_url) + place
    # Only here: who has a database does not need the extra.
    from fring_adapters.postgres.embedded import embedded  # noqa: PLC0415

    folder = embedded_folder(settings)
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # they are about somebody's other database
    return stack.enter_context(embedded(folder, say)), f"embedded PostgreSQL in {folder}"


def embedded_folder(settings: Settings) -> Path:
    """Return where the embedded database keeps its data."""
    return (settings.data_dir / "postgres").resolve()
