"""What an id may be."""

import pytest

from fring_adapters import open_memory
from fring_core import InvalidInput, NewTask, NewUser, Problem, TaskNotFound
from fring_core.ids import chosen_id_problem, is_possible

RANGE = Problem("id", "must be between 1 and 2147483647", "value_error")
TYPE = Problem("id", "must be an integer", "type_error")


@pytest.mark.parametrize("number", [1, 2, 2**31, 2**63 - 1])
def test_possible(number):
    assert is_possible(number)


@pytest.mark.parametrize("number", [0, -1, -(2**63), 2**63, 10**30])
def test_impossible(number):
    assert not is_possible(number)


@pytest.mark.parametrize("number", [None, 1, 7, 2**31 - 1])
def test_may_be_chosen(number):
    assert chosen_id_problem(number) is None
    assert NewUser("ann", "a@b.c", number).id == number
    assert NewTask("title", id=number).id == number


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (0, RANGE),
        (-1, RANGE),
        (2**31, RANGE),
        (10**30, RANGE),
        ("5", TYPE),
        (1.0, TYPE),
        (True, TYPE),
        (False, TYPE),
    ],
)
def test_may_not_be_chosen(number, problem):
    assert chosen_id_problem(number) == problem
    for make in (lambda: NewUser("ann", "a@b.c", number), lambda: NewTask("title", id=number)):
        with pytest.raises(InvalidInput) as raised:
            make()
        assert raised.value.problems == (problem,)


def test_no_store_is_asked_for_an_id_that_no_row_has(monkeypatch):
    fring = open_memory()
    ann = fring.users.create(NewUser("ann", "ann@example.org"))
    monkeypatch.setattr(fring.awaited.assignments._store, "assignments", None)
    with pytest.raises(TaskNotFound):
        fring.assignments.add(user=ann.id, task=2**63)
