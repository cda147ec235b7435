"""Lists that are longer than a page, and the one of this name."""

from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum

import pytest

from fring_adapters import open_memory
from fring_core import (
    InvalidInput,
    NewTask,
    NewUser,
    Page,
    Place,
    Problem,
    Slice,
    TaskOrder,
)

NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


class Seven(IntEnum):
    SEVEN = 7


@pytest.fixture
def fring():
    with open_memory() as fring:
        yield fring


def listed(monkeypatch, use_cases):
    """Return a list that gets the page of each call of `list`."""
    pages, of_a_page = [], use_cases.list

    async def noting(where, page, **options):
        pages.append(page)
        return await of_a_page(where, page, **options)

    monkeypatch.setattr(use_cases, "list", noting)
    return pages


def test_all_fetches_a_thousand_and_goes_on_behind_the_last(fring, monkeypatch):
    for number in range(1001):
        fring.users.create(NewUser(f"u{number}", f"u{number}@example.org"))
        fring.tasks.create(NewTask(f"t{number}"))
    for plain in (fring.users, fring.tasks):
        pages = listed(monkeypatch, plain.awaited)
        everything = plain.all()
        assert next(everything).id == 1
        assert len(pages) == 1, "the next page is fetched when it is needed"
        assert [each.id for each in everything] == list(range(2, 1002))
        assert pages == [Page(limit=1000), Page(limit=1000, after=Place(1000))]


def test_all_passes_over_none_though_some_are_deleted(fring):
    for number in range(1500):
        fring.tasks.create(NewTask(f"t{number}"))
    everything = fring.tasks.all()
    seen = [next(everything).id for _ in range(1000)]
    fring.tasks.delete(500)
    assert seen + [task.id for task in everything] == list(range(1, 1501))


def test_a_slice_is_a_list_that_knows():
    assert Slice([1, 2]) == [1, 2]
    assert Slice([1, 2]).more is False
    assert Slice.of([1, 2, 3], 2) == [1, 2]
    assert Slice.of([1, 2, 3], 2).more is True
    assert Slice.of([1, 2], 2).more is False


def test_all_goes_on_behind_the_last_in_each_order(fring, monkeypatch):
    monkeypatch.setattr("fring_core.paging.MAX_LIMIT", 2)
    for number in range(7):
        fring.tasks.create(NewTask(f"t{number % 3}"))
    expected = {order: fring.tasks.list(order=order) for order in TaskOrder}
    pages = listed(monkeypatch, fring.tasks.awaited)
    for order, tasks in expected.items():
        assert list(fring.tasks.all(order=order)) == tasks
        assert [page.after for page in pages] == [
            None,
            *(Place.of(tasks[number], order) for number in (1, 3, 5)),
        ]
        pages.clear()
    assert list(fring.tasks.all(order="title")) == expected[TaskOrder.BY_TITLE]
    with pytest.raises(InvalidInput):
        next(fring.tasks.all(order="no order"))


def test_a_place_is_where_an_entity_stands(fring):
    user = fring.users.create(NewUser("ann", "ann@example.org"))
    task = fring.tasks.create(NewTask("Water the plants"))
    assert Place.of(user) == Place(user.id) == Place(user.id, None)
    assert Place.of(task) == Place.of(task, TaskOrder.BY_ID) == Place(task.id)
    assert Place.of(task, TaskOrder.NEWEST_FIRST) == Place(task.id, task.created_at)
    assert Place.of(task, TaskOrder.BY_TITLE) == Place(task.id, "Water the plants")


@pytest.mark.parametrize(
    ("number", "value", "problem"),
    [
        (-1, None, "must be a place with an id between 0 and 9223372036854775807"),
        (2**63, "a", "must be a place with an id between 0 and 9223372036854775807"),
        ("1", None, "must be a place with an integer as its id"),
        (True, None, "must be a place with an integer as its id"),
        (1, 2, "must be a place with a moment, a text or nothing"),
        (1, "a\0", "must not contain NUL"),
        (1, "\ud800", "must not contain a lone surrogate"),
        (1, NOON.replace(tzinfo=None), "must be a place with a moment that knows its zone"),
    ],
)
def test_a_place_that_cannot_be_is_refused(number, value, problem):
    with pytest.raises(InvalidInput) as refused:
        Place(number, value)
    [found] = refused.value.problems
    assert (found.field, found.message) == ("after", problem)


def test_a_place_is_plain():
    assert type(Place(Seven.SEVEN).id) is int
    assert Place(2**63 - 1, "").id == 2**63 - 1
    east = timezone(timedelta(hours=3))
    place = Place(1, NOON.astimezone(east))
    assert place.value == NOON
    assert isinstance(place.value, datetime)
    assert place.value.tzinfo is UTC


@pytest.mark.parametrize("after", [7, "7", object()])
def test_a_page_begins_behind_a_place(after):
    with pytest.raises(InvalidInput) as refused:
        Page(after=after)
    words = "must be a Place, such as Place.of(task)"
    assert refused.value.problems == (Problem("after", words, "type_error"),)


def test_a_place_wants_its_order(fring):
    places = {
        TaskOrder.BY_ID: Place(7),
        TaskOrder.NEWEST_FIRST: Place(7, NOON),
        TaskOrder.BY_TITLE: Place(7, ""),
    }
    for order in TaskOrder:
        for other, place in places.items():
            page = Page(after=place)
            if order is other:
                assert fring.tasks.list(page=page, order=order) == []
                continue
            with pytest.raises(InvalidInput) as refused:
                fring.tasks.list(page=page, order=order)
            words = f"is no place in this order: Place.of(task, {order}) is"
            assert refused.value.problems == (Problem("after", words),)
    with pytest.raises(InvalidInput):
        fring.users.list(page=Page(after=Place(7, "ann")))


@pytest.mark.parametrize("given", [{}, {"username": "ann", "email": "ann@example.org"}])
def test_finding_wants_one_name(fring, given):
    with pytest.raises(InvalidInput) as refused:
        fring.users.find(**given)
    assert refused.value.problems == (Problem("username", "must be given, or email: one of them"),)


@pytest.mark.parametrize("field", ["username", "email"])
def test_finding_says_which_name_cannot_be(fring, field):
    with pytest.raises(InvalidInput) as refused:
        fring.users.find(**{field: "nul\0"})
    [problem] = refused.value.problems
    assert problem.field == field
