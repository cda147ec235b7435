"""Lists that are longer than a page, and the one of this name."""

import pytest

from fring_adapters import open_memory
from fring_core import (
    InvalidInput,
    NewTask,
    NewUser,
    Page,
    Problem,
    Slice,
    TaskOrder,
)


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
        assert pages == [Page(limit=1000), Page(limit=1000, after=1000)]


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


@pytest.mark.parametrize("after", [-1, 2**63])
def test_after_is_no_other_number(after):
    with pytest.raises(InvalidInput) as refused:
        Page(after=after)
    [problem] = refused.value.problems
    assert problem.field == "after"


def test_after_wants_the_order_by_id(fring):
    assert fring.tasks.list(page=Page(after=7), order=TaskOrder.BY_ID) == []
    with pytest.raises(InvalidInput) as refused:
        fring.tasks.list(page=Page(after=7), order=TaskOrder.BY_TITLE)
    words = "is an id, and stands for a place in the order by id alone"
    assert refused.value.problems == (Problem("after", words),)


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
