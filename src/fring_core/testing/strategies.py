"""Hypothesis strategies for everything that a caller may send: valid, and often awkward."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from fring_core import (
    UNSET,
    NewTask,
    NewUser,
    Page,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    UserChanges,
    UserFilter,
)
from fring_core.ids import MAX_CHOSEN_ID
from fring_core.queries import MAX_LIMIT, MAX_SKIP

if TYPE_CHECKING:
    from datetime import date

_IN_UTC = st.just(UTC)
# What means something to SQL, to a shell, to Unicode, or to a careless comparison; what looks like
# a number, a word of a language, or two parts of a key.
AWKWARD = (
    *("%", "_", "\\", "'", '"', " ", "a", "A", "ß", "SS", "\u00e1", "a\u0301", "😀", "\u202e"),
    *("1", "01", "1.0", "1e5", "null", "true", "12:30", "%41", "\u0131", *":/+\n|("),
)


def texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Draw texts of `least` to `most` code points that every store can hold: no NUL, no surrogates.

    Few have more than a dozen code points, however many may be.
    """
    characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
    pieces = st.sampled_from(AWKWARD) | characters
    return st.lists(pieces, min_size=least, max_size=max(least, min(most, 12))).map(
        lambda drawn: "".join(drawn)[:most]
    )


def _not_blank(text: str) -> str:
    return text if text.strip() else f"{text[1:]}x"


def usernames() -> st.SearchStrategy[str]:
    """Draw usernames: not blank, unique by chance only."""
    return texts(255, 1).map(_not_blank)


def emails() -> st.SearchStrategy[str]:
    """Draw e-mail addresses, which have that shape and little else in common with real ones."""
    part = texts(60, 1).map(lambda text: re.sub(r"[@\s]", "-", text))
    return st.builds("{}@{}.{}".format, part, part, part)


def titles() -> st.SearchStrategy[str]:
    """Draw titles of tasks: not blank."""
    return texts(200, 1).map(_not_blank)


def descriptions() -> st.SearchStrategy[str | None]:
    """Draw descriptions of tasks: any text, the empty one and None among them."""
    return st.none() | st.sampled_from(AWKWARD) | texts(10_000)


def statuses() -> st.SearchStrategy[TaskStatus]:
    """Draw statuses of tasks, all four."""
    return st.sampled_from(TaskStatus)


def due_dates() -> st.SearchStrategy[date | None]:
    """Draw due dates, of the years 1 to 9999, and None."""
    return st.none() | st.dates()


def reminders() -> st.SearchStrategy[datetime | None]:
    """Draw times of reminders, in UTC and long ago or far off, and None."""
    past = st.datetimes(datetime(1, 1, 2), datetime(2020, 1, 1), timezones=_IN_UTC)  # noqa: DTZ001
    future = st.datetimes(datetime(2200, 1, 1), datetime(9999, 12, 29), timezones=_IN_UTC)  # noqa: DTZ001
    return st.none() | past | future


def chosen_ids() -> st.SearchStrategy[int | None]:
    """Draw ids that a caller may choose, 1 to 2³¹-1 and most of them small, and None."""
    return st.none() | st.integers(1, 30) | st.integers(1, MAX_CHOSEN_ID)


_USERNAMES, _EMAILS, _TITLES, _CHOSEN_IDS = usernames(), emails(), titles(), chosen_ids()


def new_users(
    username: st.SearchStrategy[str] = _USERNAMES,
    email: st.SearchStrategy[str] = _EMAILS,
    chosen: st.SearchStrategy[int | None] = _CHOSEN_IDS,
) -> st.SearchStrategy[NewUser]:
    """Draw users to create, with a chosen id or None; pass strategies to narrow the fields."""
    return st.builds(NewUser, username, email, chosen)


def new_tasks(
    title: st.SearchStrategy[str] = _TITLES,
    chosen: st.SearchStrategy[int | None] = _CHOSEN_IDS,
) -> st.SearchStrategy[NewTask]:
    """Draw tasks to create, with a chosen id or None; pass strategies to narrow the fields."""
    return st.builds(NewTask, title, descriptions(), statuses(), due_dates(), chosen, reminders())


def user_changes(
    username: st.SearchStrategy[str] = _USERNAMES,
    email: st.SearchStrategy[str] = _EMAILS,
) -> st.SearchStrategy[UserChanges]:
    """Draw changes of users, each field UNSET at times; pass strategies to narrow the others."""
    unset = st.just(UNSET)
    return st.builds(UserChanges, unset | username, unset | email)


def task_changes(title: st.SearchStrategy[str] = _TITLES) -> st.SearchStrategy[TaskChanges]:
    """Draw changes of tasks, each field UNSET at times; `status` or `completed`, not both."""
    unset = st.just(UNSET)
    others = (unset | title, unset | descriptions())
    due_date, remind_at = unset | due_dates(), unset | reminders()
    return st.builds(
        TaskChanges, *others, unset | statuses(), due_date, remind_at=remind_at
    ) | st.builds(TaskChanges, *others, unset, due_date, st.booleans(), remind_at)


def needles() -> st.SearchStrategy[str | None]:
    """Draw texts to look for: short, so that they are found at times; None and empty too."""
    return st.none() | st.sampled_from(AWKWARD) | texts(2)


_NEEDLES = needles()


def user_filters(
    needle: st.SearchStrategy[str | None] = _NEEDLES,
) -> st.SearchStrategy[UserFilter]:
    """Draw filters of users; pass a strategy to narrow what they look for."""
    return st.builds(UserFilter, st.none() | needle, st.none() | needle)


def task_filters(
    needle: st.SearchStrategy[str | None] = _NEEDLES,
) -> st.SearchStrategy[TaskFilter]:
    """Draw filters of tasks; pass a strategy to narrow what they look for."""
    assigned = completed = st.sampled_from((None, True, False))
    return st.builds(TaskFilter, st.none() | statuses(), st.none() | needle, assigned, completed)


def task_orders() -> st.SearchStrategy[TaskOrder]:
    """Draw orders of a list of tasks, all three."""
    return st.sampled_from(TaskOrder)


def pages() -> st.SearchStrategy[Page]:
    """Draw pages: most of them within a list of a few entries, some far beyond any."""
    skips = st.integers(0, 5) | st.integers(0, MAX_SKIP) | st.just(MAX_SKIP)
    return st.builds(Page, skips, st.integers(0, 5) | st.integers(0, MAX_LIMIT))
