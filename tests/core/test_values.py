"""Which values stand for a whole number, a text, a date or a choice; tests/stores tries them all."""

from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from fring_core import (
    InvalidInput,
    NewTask,
    Page,
    TaskOrder,
)
from fring_core.values import plain, whole

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


class Number(IntEnum):
    SEVEN = 7


class Word(StrEnum):
    TITLE = "title"


class Day(date):
    pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Number.SEVEN, 7),
        (Word.TITLE, "title"),
        (Day(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_what_is_one_of_its_kind_becomes_a_plain_one(value, expected):
    assert (plain(value), type(plain(value))) == (expected, type(expected))


@pytest.mark.parametrize("value", [True, 1.0, NOON, None, [7]])
def test_anything_else_stays_as_it_is(value):
    assert plain(value) is value


def test_a_whole_number_is_no_boolean_and_no_float():
    assert whole("id", Number.SEVEN) == 7
    wrong: list[Any] = [True, 1.0, "7", None]
    for number in wrong:
        with pytest.raises(InvalidInput, match="id: must be an integer"):
            whole("id", number)


def test_fields_are_plain():
    new = NewTask(Word.TITLE, due_date=Day(2024, 2, 29))
    assert (type(new.title), type(new.due_date)) == (str, date)
    assert type(Page(limit=Number.SEVEN).limit) is int


@pytest.mark.parametrize("order", [TaskOrder.BY_TITLE, "title"])
def test_an_order_may_be_given_by_its_value(order):
    assert TaskOrder.parse(order) is TaskOrder.BY_TITLE


def test_an_order_that_is_none_is_refused_with_those_that_there_are():
    with pytest.raises(InvalidInput, match="order: must be one of id, created, title"):
        TaskOrder.parse("age")
