"""Where else something is, said so that it is right wherever Fring is reached.

A proxy may serve Fring below a path, and say so or not; an application may hold it below one of its
own. A reference that climbs from the address that was asked for, and goes down again, is right in
each case, and believes no header that a stranger may have sent (RFC 3986, 5.2).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote

from fring_http.api.answers import Answer, answer

if TYPE_CHECKING:
    from litestar import Request


class Numbered(Protocol):
    """Have an id."""

    id: int


Row = TypeVar("Row", bound=Numbered)


def root(request: Request[Any, Any, Any]) -> str:
    """Return the reference from what was asked for to the root: empty, or `../` a few times."""
    path: str = request.scope["path"]  # of which Litestar has taken the slash at the end
    asked = request.scope.get("raw_path") or b""
    slash = path != "/" and asked.partition(b"?")[0].endswith(b"/")
    return "../" * (path.count("/") - 1 + slash)


def reference(request: Request[Any, Any, Any], path: str) -> str:
    """Return the reference to a path, which begins with a slash and may have any characters."""
    return root(request) + _quoted(path)


@lru_cache(maxsize=1000)  # the same few lists come again and again
def _quoted(path: str) -> str:
    return quote(path[1:])


def created(
    request: Request[Any, Any, Any], shown: Row, tag: str, collection: str = ""
) -> Answer[Row]:
    """Return the answer to a row that was made, with its `Location` and its tag.

    It is one of what stands at the path `collection` ('': at the one that was asked for).
    """
    place = reference(request, collection or request.scope["path"])
    return answer(shown, {"Location": f"{place}/{shown.id}", "ETag": tag})
