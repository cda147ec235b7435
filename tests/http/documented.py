"""What the server says of itself: every operation of its OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping

VERBS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}


def operations(url: str) -> Mapping[tuple[str, str], Any]:
    """Return each operation of a server by its method and path, without a slash at the end."""
    document = httpx.get(f"{url}/openapi.json", verify=False).json()
    return {
        (method.upper(), path.rstrip("/")): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in VERBS
    }
