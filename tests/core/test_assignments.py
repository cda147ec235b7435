"""What an outcome means to the side that asked."""

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    AlreadyAssigned,
    Fring,
    InvalidInput,
    NotAssigned,
    Outcome,
    Page,
    Place,
    TaskNotFound,
    UserNotFound,
    run_sync,
)
from fring_core.assignments import Side, check_assigned, check_unassigned
from tests.core.examples import ANN, NOW, Ticking, refused

NO_USER, NO_TASK = (UserNotFound, (1,)), (TaskNotFound, (2,))
UNCHANGED = object()

CASES = [
    # user, task, changed; what is told to a caller from the user's side, from the task's side
    ((True, True, True), None, None),
    ((True, True, False), UNCHANGED, UNCHANGED),
    ((True, False, False), NO_TASK, NO_TASK),
    ((False, True, False), NO_USER, NO_USER),
    ((False, False, False), NO_USER, NO_TASK),
]
TOLD = [(facts, Side.USER, user) for facts, user, _ in CASES] + [
    (facts, Side.TASK, task) for facts, _, task in CASES
]


@pytest.mark.parametrize(("facts", "side", "told"), TOLD)
@pytest.mark.parametrize(
    ("check", "unchanged"), [(check_assigned, AlreadyAssigned), (check_unassigned, NotAssigned)]
)
def test_outcomes(check, unchanged, facts, side, told):
    outcome = Outcome(*facts)
    if told is None:
        check(outcome, 1, 2, side)
        return
    error, arguments = (unchanged, (1, 2)) if told is UNCHANGED else told
    with pytest.raises(error) as raised:
        check(outcome, 1, 2, side)
    assert raised.value.args == arguments


@pytest.mark.parametrize("value", ["a title", NOW])
def test_pages_behind_a_place_in_another_order(value):
    fring = Fring(MemoryStore(), clock=Ticking())
    run_sync(fring.users.create(ANN))
    page = Page(after=Place(1, value))
    for call in (fring.assignments.tasks_of(1, page=page), fring.assignments.users_of(1, page)):
        refused(InvalidInput, call)
