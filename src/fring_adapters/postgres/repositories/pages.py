"""Pages, as statements are asked for them."""

from __future__ import annotations

from typing import Final

from fring_adapters.postgres.sql.entities import FRONT
from fring_core import Page

NO_PAGE: Final = Page(limit=0)  # of what is counted


def asked_page(page: Page) -> dict[str, object]:
    """Return what is asked for a page: one row more than it has, to know whether others follow."""
    return {"after": page.after, "skip": page.skip, "limit": page.limit + 1}


def is_front(page: Page) -> bool:
    """Tell whether a page is one of the first `FRONT` rows."""
    return page.skip + page.limit < FRONT
