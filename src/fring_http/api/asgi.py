"""The types of an ASGI application, as Fring's layers write them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

# As httpx and Starlette write them too: Litestar's types of the same protocol fit neither.
Event: TypeAlias = MutableMapping[str, Any]
Reader: TypeAlias = Callable[[], Awaitable[Event]]
Writer: TypeAlias = Callable[[Event], Awaitable[None]]
Application: TypeAlias = Callable[[Event, Reader, Writer], Awaitable[None]]
