"""Filters and pages."""

import pytest

from fring_core import InvalidInput, Page, Problem, TaskFilter, TaskStatus, UserFilter

LIMIT = Problem("limit", "must be between 0 and 1000")
SKIP = Problem("skip", "must be between 0 and 9223372036854775807")


def test_page_by_default():
    assert Page() == Page(skip=0, limit=100)


@pytest.mark.parametrize(("skip", "limit"), [(0, 0), (1, 1000), (2**63 - 1, 0)])
def test_page(skip, limit):
    page = Page(skip, limit)
    assert (page.skip, page.limit) == (skip, limit)


@pytest.mark.parametrize(
    ("skip", "limit", "problems"),
    [
        (0, 1001, (LIMIT,)),
        (0, -1, (LIMIT,)),
        (-1, 0, (SKIP,)),
        (2**63, 0, (SKIP,)),
        (-1, 10**30, (SKIP, LIMIT)),
        ("0", 0, (Problem("skip", "must be an integer", "type_error"),)),
        (0, 1.0, (Problem("limit", "must be an integer", "type_error"),)),
        (0, True, (Problem("limit", "must be an integer", "type_error"),)),
        (None, 0, (Problem("skip", "must be an integer", "type_error"),)),
    ],
)
def test_page_refuses(skip, limit, problems):
    with pytest.raises(InvalidInput) as raised:
        Page(skip, limit)
    assert raised.value.problems == problems


def test_empty_filters_filter_nothing():
    assert UserFilter("", "") == UserFilter() == UserFilter(None, None)
    assert TaskFilter("", "") == TaskFilter() == TaskFilter(None, None, None)
    # False is a condition, not an empty one.
    assert TaskFilter(assigned=False) != TaskFilter()
    assert TaskFilter(completed=False) != TaskFilter()


def test_filters_keep_what_they_are_given():
    users = UserFilter(" %_\\", "A")
    assert (users.username, users.email) == (" %_\\", "A")
    tasks = TaskFilter("todo", " ", assigned=True)
    assert (tasks.status, tasks.title, tasks.assigned) == (TaskStatus.TODO, " ", True)


@pytest.mark.parametrize("value", [1, b"a", ["a"], True])
def test_filters_refuse_what_is_no_text(value):
    problem = Problem("username", "must be a text", "type_error")
    with pytest.raises(InvalidInput) as raised:
        UserFilter(username=value)
    assert raised.value.problems == (problem,)
