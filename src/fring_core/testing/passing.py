"""Ports whose calls go through something first."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, TypeVar, cast

import attrs

P = TypeVar("P")
Method: TypeAlias = Callable[..., Coroutine[Any, Any, object]]


@attrs.frozen(eq=False)
class _Port:
    """Pass each call of a port on, through what `around` makes of its method."""

    _name: str
    _port: object
    _around: Callable[[str, Method], Method]

    def __getattr__(self, method: str) -> Method:
        return self._around(f"{self._name}.{method}", getattr(self._port, method))


def passing(name: str, port: P, around: Callable[[str, Method], Method]) -> P:
    """Return a port whose methods are what `around` makes of their names and of the port's own."""
    return cast("P", _Port(name, port, around))  # it has the port's methods, as they are
