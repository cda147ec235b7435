"""Answer OPTIONS for all that a path takes.

Litestar's own answer knows the first handler of a path alone.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from litestar import HttpMethod, Response, route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from litestar.handlers import HTTPRouteHandler


def with_options(handlers: Sequence[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Return these handlers after one for each of their paths, which names its methods."""
    methods: defaultdict[str, set[str]] = defaultdict(set)
    for handler in handlers:
        for path in handler.paths:
            methods[path] |= set(handler.http_methods)
    # Theirs comes first: to a path that has none, Litestar gives its own.
    return [*(_options(path, each) for path, each in methods.items()), *handlers]


def _options(path: str, methods: set[str]) -> HTTPRouteHandler:
    allow = ", ".join(sorted({*methods, "OPTIONS"}))

    @route(path, http_method=HttpMethod.OPTIONS, status_code=204, include_in_schema=False)
    async def options() -> Response[None]:
        return Response(None, status_code=204, headers={"Allow": allow})

    return options
