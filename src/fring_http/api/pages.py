"""Pages of lists, as every API reads them from a query, and names the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from litestar.datastructures import ResponseHeader

from fring_core import Page
from fring_http.api.references import reference
from fring_http.api.refusals.errors import Fault, Rejected

if TYPE_CHECKING:
    from litestar import Request

    from fring_core import Place, Slice
    from fring_http.api.cursors import Listing
    from fring_http.api.reading.parameters import Query

NEXT: Final = ResponseHeader(
    name="Link",
    description='The next page, as `rel="next"`, if there is one.',
    documentation_only=True,
)
_START_OVER: Final = "is no place in this list as it is asked for: start over without it"


def read_page(query: Query, listing: Listing, limit: int) -> Page:
    """Return what `?skip=`, `?limit=` and `?after=` ask for; raise `Rejected` (422)."""
    return Page(
        query.integer("skip", 0), query.integer("limit", limit), after=_read_after(query, listing)
    )


def _read_after(query: Query, listing: Listing) -> Place | None:
    cursor = query.text("after")
    if cursor is None:
        return None
    try:
        return listing.place(cursor)
    except ValueError:
        raise Rejected(Fault(["query", "after"], _START_OVER, "value_error")) from None


def linked(
    request: Request[Any, Any, Any],
    query: Query,
    listing: Listing,
    found: Slice[Any],
    *filters: str,
) -> dict[str, str]:
    """Return the headers of a page: a link to the next one, with the filters as they were given."""
    cursor = listing.next_cursor(found)
    if cursor is None:
        return {}
    # As urlencode does it, which takes a fortieth of a list.
    given = query.given(*filters, "limit").items()
    narrowed = "".join(f"{name}={quote_plus(value)}&" for name, value in given)
    path = reference(request, request.scope["path"])
    return {"Link": f'<{path}?{narrowed}after={cursor}>; rel="next"'}
