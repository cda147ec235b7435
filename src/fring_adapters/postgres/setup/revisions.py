"""The revisions that the tables have had, as the scripts are named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

MIGRATIONS: Final = Path(__file__).parent / "migrations"


@cache
def newest() -> str:
    """Return the revision of this version's tables, without Alembic, which takes long to load."""
    return max(script.name for script in (MIGRATIONS / "versions").glob("[0-9]*.py"))[:4]
