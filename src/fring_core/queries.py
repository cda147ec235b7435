"""What a list is asked for: filters that narrow it, and the page to return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from fring_core import text
from fring_core.errors import Problem
from fring_core.orders import Place, TaskOrder
from fring_core.status import TaskStatus
from fring_core.values import flag_problem, plain, plain_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100
MAX_SKIP: Final = 2**63 - 1


def _between(field: str, number: object, most: int) -> Problem | None:
    if type(number) is not int:
        return Problem(field, "must be an integer", "type_error")
    if not 0 <= number <= most:
        return Problem(field, f"must be between 0 and {most}")
    return None


class Slice(list[T]):
    """Be a page of a list; `more` tells whether others follow it."""

    __slots__ = ("more",)

    def __init__(self, items: Iterable[T] = (), *, more: bool = False) -> None:
        super().__init__(items)
        self.more: bool = more

    @classmethod
    def of(cls, items: Iterable[T], limit: int) -> Slice[T]:
        """Return the first `limit` of these; whoever fetched one more learns whether there are."""
        found = list(items)
        return cls(found[:limit], more=len(found) > limit)


@attrs.frozen(field_transformer=plain_fields)
class Page:
    """Choose part of a list: `limit` entries (0-1000) after the first `skip` (0 to 2⁶³-1).

    With `after`, they are counted from behind this place of the list's order, such as that of the
    last entry of the page before: so the next page is right whatever was added or removed, and
    costs no more than the first. Raise `InvalidInput` outside those limits.
    """

    skip: int = 0
    limit: int = DEFAULT_LIMIT
    after: Place | None = None

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                _between("skip", self.skip, MAX_SKIP),
                _between("limit", self.limit, MAX_LIMIT),
                _after_problem(self.after),
            )
        )

    def check_order(self, order: TaskOrder) -> None:
        """Raise `InvalidInput` if `after` is no place in this order."""
        if self.after is not None:
            self.after.check_order(order)


def _after_problem(after: object) -> Problem | None:
    if after is None or isinstance(after, Place):
        return None
    return Problem("after", "must be a Place, such as Place.of(task)", "type_error")


def _text_or_none(value: str | None) -> str | None:
    value = plain(value)
    # What is no text is not to pass for an empty one.
    return None if isinstance(value, str) and not value else value


def status_or_none(value: str | None) -> TaskStatus | None:
    """Return the status that a filter names, None for no filter; raise `InvalidStatus`."""
    value = _text_or_none(value)
    return None if value is None else TaskStatus.parse(value)


def _filter_problem(field: str, value: str | None) -> Problem | None:
    return None if value is None else text.FILTER.problem(field, value)


@attrs.frozen
class UserFilter:
    """Keep the users whose username and e-mail contain these texts.

    Matching is case-sensitive and literal: `%`, `_` and the backslash mean themselves. None and
    the empty text filter nothing. Raise `InvalidInput` for NUL or a lone surrogate.
    """

    username: str | None = attrs.field(default=None, converter=_text_or_none)
    email: str | None = attrs.field(default=None, converter=_text_or_none)

    def __attrs_post_init__(self) -> None:
        text.reject(
            (_filter_problem("username", self.username), _filter_problem("email", self.email))
        )


@attrs.frozen
class TaskFilter:
    """Keep the tasks in this status, whose title contains this text, that are assigned or not.

    `title` matches as in `UserFilter`. `assigned`: True keeps tasks with at least one user,
    False those with none. `completed`: True keeps tasks in that status, False those in any
    other. None and the empty text filter nothing. Raise `InvalidInput` for NUL or a lone
    surrogate, `InvalidStatus` for a text that names no status.
    """

    status: TaskStatus | None = attrs.field(default=None, converter=status_or_none)
    title: str | None = attrs.field(default=None, converter=_text_or_none)
    assigned: bool | None = None
    completed: bool | None = None

    def __attrs_post_init__(self) -> None:
        text.reject(
            (
                _filter_problem("title", self.title),
                flag_problem("assigned", self.assigned),
                flag_problem("completed", self.completed),
            )
        )
