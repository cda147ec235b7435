"""Each rule of the judge goes red on a history that breaks it, and on that rule alone."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from tests.faults.checker import ANSWER_RULES, DATA_RULES, check
from tests.faults.expected import Expected
from tests.faults.history import (
    IN_FLIGHT,
    History,
    Operation,
    Outage,
    Sighting,
    State,
    Task,
    User,
)

THEN = datetime(2026, 1, 1, tzinfo=UTC)
LATER = THEN + timedelta(seconds=1)
EXPECTED = Expected(bites=False)


def operation(verb, began, ended, status=200, *writes, made=None):
    return Operation(verb=verb, began=began, ended=ended, status=status, writes=writes, made=made)


def created(title, began, ended, status=201, made=1):
    writes = ((("task", title), True), (("status", title), "todo"), (("description", title), None))
    return operation(
        "create task", began, ended, status, *writes, made=made if status == 201 else None
    )


def moved(title, status, began, ended, answer=200):
    return operation("change status", began, ended, answer, (("status", title), status))


def deleted(title, began, ended, answer=200):
    return operation("delete task", began, ended, answer, (("task", title), None))


def with_key(key, *attempts):
    return [attrs.evolve(each, key=key) for each in attempts]


def registered(name, began, ended, status=201, made=1):
    writes = ((("user", name), True),)
    return operation("create user", began, ended, status, *writes, made=made)


def assigned(began, ended, *, answer=201, present=True):
    return operation("assign", began, ended, answer, (("assigned", "ann", "a"), present))


def task(title="a", number=1, status="todo", version=1, updated_at=THEN):
    return Task(number, title, None, status, version, updated_at)


def tasks(*rows):
    return State(tasks=rows)


ANN = User(1, "ann", "ann@example.com")
BOTH = [created("a", 0, 1), registered("ann", 0, 1)]
DOWN = Outage(10, 20)
TWICE = with_key("k", created("a", 0, 1, 503), created("a", 2, 3))
MOVED_TWICE = with_key("m", moved("a", "completed", 4, 5, 503), moved("a", "completed", 6, 7))
GOOD = {
    "nothing": ([], State()),
    "one task": ([created("a", 0, 1)], tasks(task())),
    "a change": (
        [created("a", 0, 1), moved("a", "completed", 2, 3)],
        tasks(task(status="completed", version=2)),
    ),
    "either of two at once": (
        [created("a", 0, 1), moved("a", "completed", 2, 4), moved("a", "canceled", 3, 5)],
        tasks(task(status="completed", version=3)),
    ),
    "unknown, and done": ([created("a", 0, 1, 503)], tasks(task())),
    "unknown, and not done": ([created("a", 0, 1, 503)], State()),
    "unknown, and done late": (
        [created("a", 0, 1), moved("a", "completed", 2, 3, 503), moved("a", "canceled", 4, 5)],
        tasks(task(status="completed", version=3)),
    ),
    "refused": ([created("a", 0, 1), moved("a", "completed", 2, 3, 400)], tasks(task())),
    "deleted": ([created("a", 0, 1), deleted("a", 2, 3)], State()),
    "perhaps deleted": ([created("a", 0, 1), deleted("a", 2, 3, 503)], State()),
    "changed, and deleted at the same time": (
        [created("a", 0, 1), moved("a", "completed", 2, 5), deleted("a", 3, 4)],
        State(),
    ),
    "tried again with its key": (
        [*TWICE, *MOVED_TWICE],
        tasks(task(status="completed", version=2)),
    ),
    "overtaken before it was tried again": (
        [*TWICE, MOVED_TWICE[0], moved("a", "canceled", 5.2, 5.4), MOVED_TWICE[1]],
        tasks(task(status="canceled", version=3)),
    ),
    "not sent, and then done": (
        with_key("k", operation("create task", 0, 1, 503), created("a", 2, 3)),
        tasks(task()),
    ),
    "refused with a key": (
        [*TWICE, *with_key("m", moved("a", "completed", 4, 5, 503), moved("a", "x", 6, 7, 400))],
        tasks(task()),
    ),
    "assigned": ([*BOTH, assigned(2, 3)], State((task(version=2),), (ANN,), ((1, 1),))),
    "assigned, and deleted": ([*BOTH, assigned(2, 3), deleted("a", 4, 5)], State(users=(ANN,))),
}
BAD = {
    "a task is lost": ("acknowledged", [created("a", 0, 1)], State()),
    "a change is lost": (
        "acknowledged",
        [created("a", 0, 1), moved("a", "completed", 2, 3)],
        tasks(task(version=2)),
    ),
    "an older change has won": (
        "acknowledged",
        [created("a", 0, 1), moved("a", "completed", 2, 3), moved("a", "canceled", 4, 5)],
        tasks(task(status="completed", version=3)),
    ),
    "a refused change is there": (
        "acknowledged",
        [created("a", 0, 1), moved("a", "completed", 2, 3, 400), moved("a", "todo", 4, 5)],
        tasks(task(status="completed", version=2)),
    ),
    "a deleted task is back": (
        "acknowledged",
        [created("a", 0, 1), deleted("a", 2, 3)],
        tasks(task()),
    ),
    "an assignment is lost": (
        "acknowledged",
        [*BOTH, assigned(2, 3)],
        State((task(version=2),), (ANN,)),
    ),
    "an assignment is back": (
        "acknowledged",
        [*BOTH, assigned(2, 3), assigned(4, 5, present=None)],
        State((task(version=3),), (ANN,), ((1, 1),)),
    ),
    "an assignment is no version": (
        "each_once",
        [*BOTH, assigned(2, 3)],
        State((task(),), (ANN,), ((1, 1),)),
    ),
    "a change is there twice": (
        "each_once",
        [created("a", 0, 1), moved("a", "completed", 2, 3)],
        tasks(task(status="completed", version=3)),
    ),
    "one of two changes at once is lost": (
        "each_once",
        [created("a", 0, 1), moved("a", "completed", 2, 3), moved("a", "completed", 2, 3)],
        tasks(task(status="completed", version=2)),
    ),
    "one key has changed it twice": (
        "each_once",
        [*TWICE, *MOVED_TWICE],
        tasks(task(status="completed", version=3)),
    ),
    "a key was never settled": ("one_per_key", TWICE[:1], tasks(task())),
    "a key was last seen in flight": (
        "one_per_key",
        [*TWICE, *with_key("m", moved("a", "completed", 4, 5, IN_FLIGHT))],
        tasks(task()),
    ),
    "more tasks than keys": (
        "one_per_key",
        [*TWICE, created("b", 0, 1, made=2)],
        tasks(task(), task("b", 2)),
    ),
    "a task is there twice": (
        "unique",
        [created("a", 0, 1, 503)],
        tasks(task(), task(number=2)),
    ),
    "an id is there twice": (
        "unique",
        [created("a", 0, 1, 503), created("b", 0, 1, 503)],
        tasks(task(), task("b")),
    ),
    "an id was given out twice": (
        "unique",
        [created("a", 0, 1), created("b", 2, 3), deleted("a", 4, 5), deleted("b", 4, 5)],
        State(),
    ),
    "a name was given out twice": (
        "unique",
        [registered("ann", 0, 1), registered("ann", 0, 1, made=2)],
        State(users=(ANN,)),
    ),
    "a username is there twice": (
        "unique",
        [registered("ann", 0, 1, 503, None)],
        State(users=(ANN, User(2, "ann", "other@example.com"))),
    ),
    "an e-mail is there twice": (
        "unique",
        [registered("ann", 0, 1), registered("bob", 0, 1, made=2)],
        State(users=(ANN, User(2, "bob", "ann@example.com"))),
    ),
    "a task is from nowhere": ("known", [], tasks(task())),
    "a task has another id": ("known", [created("a", 0, 1, made=2)], tasks(task())),
    "a refused task is there": ("acknowledged", [created("a", 0, 1, 400)], tasks(task())),
    "a task is assigned to nobody": (
        "no_orphans",
        [created("a", 0, 1)],
        State((task(),), (), ((1, 1),)),
    ),
    "no task is assigned": (
        "no_orphans",
        [registered("ann", 0, 1)],
        State((), (ANN,), ((1, 1),)),
    ),
    "a 500": ("documented", [operation("read", 0, 1, 500)], State()),
    "a redirect": ("documented", [operation("read", 0, 1, 307)], State()),
    "no answer": ("documented", [operation("read", 0, 1, None)], State()),
    "a wait beyond the deadline": ("in_time", [operation("read", 0, 5.4, 200)], State()),
    "the same, and refused": ("in_time", [operation("read", 0, 5.4, 503)], State()),
}


def rules_broken(operations, state, expected=EXPECTED, **more):
    history = History(operations=[*operations, operation("read", 90, 91)], **more)
    return {violation.rule for violation in check(history, state, expected)}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_history_breaks_none(name):
    assert rules_broken(*GOOD[name]) == set()


def test_a_key_without_a_task_is_one_too_few():
    assert rules_broken(TWICE, State()) == {"one_per_key", "acknowledged"}


def test_a_key_with_two_tasks_is_one_too_many():
    twice = tasks(task(), task(number=2))
    assert rules_broken(TWICE, twice) == {"one_per_key", "unique", "known"}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_history_breaks_its_rule(name):
    rule, operations, state = BAD[name]
    assert rules_broken(operations, state) == {rule}


@pytest.mark.parametrize(
    ("first", "second", "broken"),
    [
        ((THEN, 1), (LATER, 2), set()),
        ((LATER, None), (THEN, None), {"never_back"}),
        ((THEN, 2), (THEN, 1), {"never_back"}),
    ],
)
def test_what_was_seen_never_goes_back(first, second, broken):
    one, other = Sighting("a", 1, 2, *first), Sighting("a", 3, 4, *second)
    assert rules_broken([], State(), sightings=[one, other]) == broken
    assert rules_broken([], State(), sightings=[other, one]) == broken
    at_once = attrs.evolve(other, began=1.5)
    assert rules_broken([], State(), sightings=[one, at_once]) == set()


def test_neither_does_what_is_there_at_the_end():
    seen = [Sighting("a", 1, 2, LATER, 1)]
    made = [created("a", 0, 1)]
    assert rules_broken(made, tasks(task()), sightings=seen) == {"never_back"}
    assert rules_broken(made, tasks(task(updated_at=LATER)), sightings=seen) == set()


HEALED = operation("read", 20.5, 20.6)


@pytest.mark.parametrize(
    ("expected", "operations", "broken"),
    [
        # It is due to touch somebody.
        (Expected(), [HEALED], {"bitten"}),
        (Expected(), [operation("read", 11, 12, 503), HEALED], set()),
        (Expected(), [operation("read", 9, 12, 503), HEALED], set()),
        (Expected(), [operation("read", 1, 2, 503), HEALED], {"bitten"}),
        (Expected(), [operation("read", 11, 11.3), HEALED], set()),
        (Expected(), [operation("read", 11, 11.1), HEALED], {"bitten"}),
        # And somebody is to be spared.
        (Expected(bites=False, spared=frozenset({"read"})), [HEALED], set()),
        (
            Expected(spared=frozenset({"read"})),
            [operation("read", 11, 12, 503), HEALED],
            {"bitten"},
        ),
        # How long an answer takes meanwhile.
        (Expected(within=1.5), [operation("read", 11, 12, 503), HEALED], set()),
        (Expected(within=1.5), [operation("read", 11, 13, 503), HEALED], {"in_time"}),
        (Expected(within=1.5, slack=1), [operation("read", 11, 13, 503), HEALED], set()),
        (Expected(at_deadline=True), [operation("read", 11, 15.8, 503), HEALED], set()),
        (Expected(at_deadline=True), [operation("read", 11, 15, 503), HEALED], {"in_time"}),
        # How soon it is over.
        (EXPECTED, [operation("read", 21.5, 21.6)], {"back"}),
        (EXPECTED, [operation("read", 20.5, 20.6, 503)], {"back"}),
        (EXPECTED, [operation("read", 20.5, 20.6, 400)], {"back"}),
        (EXPECTED, [HEALED, operation("read", 22, 23, 503)], set()),
        (EXPECTED, [HEALED, operation("read", 24, 25, 503)], {"back"}),
        # Not everybody is answered by a server that is killed.
        (Expected(answered=False), [operation("read", 11, 12, None), HEALED], set()),
    ],
)
def test_an_outage(expected, operations, broken):
    assert rules_broken(operations, State(), expected, outages=[DOWN]) == broken


def test_each_outage_is_looked_at():
    again = Outage(30, 40)
    outages = [DOWN, again]
    assert rules_broken([HEALED], State(), outages=outages) == {"back"}
    both = [HEALED, operation("read", 40.5, 40.6)]
    assert rules_broken(both, State(), outages=outages) == set()


@pytest.mark.parametrize(
    ("quick", "broken"), [({"read"}, {"in_time"}), ({"write"}, set()), (None, {"in_time"})]
)
def test_some_answers_are_to_be_quick(quick, broken):
    expected = Expected(within=1.5, quick=quick)
    asked = [operation("read", 11, 13, 503), HEALED]
    assert rules_broken(asked, State(), expected, outages=[DOWN]) == broken


@pytest.mark.parametrize(
    ("log", "broken"), [("fine\n", set()), ('{"exception": "Traceback (most', {"calm"})]
)
def test_a_traceback_in_the_log_is_one_too_many(log, broken):
    assert rules_broken([], State(), log=log) == broken


@pytest.mark.parametrize(
    ("began", "status", "broken"),
    [(5, None, {"in_flight"}), (5, 200, set()), (9.95, None, set()), (11, None, set())],
)
def test_what_was_under_way_is_answered(began, status, broken):
    expected = Expected(answered=False, bites=False, deadline=10)
    asked = [operation("read", began, 12, status)]
    assert rules_broken(asked, State(), expected, told_to_end=[10]) == broken


def test_a_load_that_asked_nothing_shows_nothing():
    assert [each.rule for each in check(History(), State(), EXPECTED)] == ["bitten"]


def test_every_rule_was_broken_by_one_of_these():
    by_hand = {"never_back", "bitten", "back", "in_flight", "calm"}
    rules = {rule.__name__ for rule in (*DATA_RULES, *ANSWER_RULES)}
    assert {rule for rule, *_ in BAD.values()} | by_hand == rules
