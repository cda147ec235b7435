"""The revisions that the tables have had, as the scripts are named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

MIGRATIONS: Final = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """Return all revisions, the oldest first, without Alembic, which takes long to load."""
    scripts = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted(script.name[:4] for script in scripts))


def newest() -> str:
    """Return the revision of this version's tables."""
    return revisions()[-1]
