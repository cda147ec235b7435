"""The types of an ASGI application, as Fring's layers write them.

An inner layer that only passes on is no coroutine: each one between the loop and a query is gone
through again whenever the query goes on. The outermost has to be one, or uvicorn takes it for an
application of ASGI 2.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

# As httpx and Starlette write them too: Litestar's types of the same protocol fit neither.
Event: TypeAlias = MutableMapping[str, Any]
Reader: TypeAlias = Callable[[], Awaitable[Event]]
Writer: TypeAlias = Callable[[Event], Awaitable[None]]
Application: TypeAlias = Callable[[Event, Reader, Writer], Awaitable[None]]
# For the framework, whose own types of the same protocol these are not.
Middleware: TypeAlias = Callable[[Application], Any]
