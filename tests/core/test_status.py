"""Statuses, and the tables of moves."""

from itertools import product
from typing import Any

import pytest

from fring_core import (
    PERMISSIVE,
    STRICT,
    InvalidInput,
    InvalidStatus,
    NewTask,
    TaskChanges,
    TaskFilter,
    TaskStatus,
    TransitionRefused,
    Workflow,
)

# The rules once more, by hand; "." is a move to where the task is already.
NAMES = ("todo", "in_progress", "completed", "canceled")
STRICT_TABLE = {
    # to:          todo  in_pr. compl. canc.
    "todo":        (".", "yes", "no", "yes"),
    "in_progress": ("yes", ".", "yes", "yes"),
    "completed":   ("yes", "no", ".", "no"),
    "canceled":    ("yes", "no", "no", "."),
}  # fmt: skip


def test_names():
    assert tuple(TaskStatus) == NAMES
    assert [str(status) for status in TaskStatus] == list(NAMES)


@pytest.mark.parametrize(("before", "after"), [*product(NAMES, NAMES)])
def test_strict_moves(before, after):
    allowed = STRICT_TABLE[before][NAMES.index(after)] != "no"
    check(STRICT, before, after, allowed=allowed)


@pytest.mark.parametrize(("before", "after"), [*product(NAMES, NAMES)])
def test_permissive_moves(before, after):
    check(PERMISSIVE, before, after, allowed=True)


def check(workflow, before, after, *, allowed):
    start, end = TaskStatus(before), TaskStatus(after)
    assert workflow.allows(start, end) is allowed
    if allowed:
        workflow.check(start, end)
        return
    with pytest.raises(TransitionRefused) as raised:
        workflow.check(start, end)
    assert (raised.value.before, raised.value.after) == (before, after)


def test_a_workflow_of_ones_own():
    one_way = Workflow({TaskStatus.TODO: [TaskStatus.COMPLETED]})
    assert one_way.allows(TaskStatus.TODO, TaskStatus.COMPLETED)
    assert not one_way.allows(TaskStatus.TODO, TaskStatus.CANCELED)
    # A status that the table leaves out can only stay.
    assert one_way.allows(TaskStatus.COMPLETED, TaskStatus.COMPLETED)
    assert not one_way.allows(TaskStatus.COMPLETED, TaskStatus.TODO)


def test_a_workflow_cannot_be_changed():
    moves = {TaskStatus.TODO: {TaskStatus.COMPLETED}}
    workflow = Workflow(moves)
    moves[TaskStatus.TODO].clear()
    assert workflow.allows(TaskStatus.TODO, TaskStatus.COMPLETED)
    with pytest.raises(TypeError):
        workflow.moves[TaskStatus.TODO] = frozenset()  # type: ignore[index]  # what is tested


@pytest.mark.parametrize("name", NAMES)
def test_parse(name):
    assert TaskStatus.parse(name) is TaskStatus(name)
    assert NewTask("title", status=name).status is TaskStatus(name)
    assert TaskChanges(status=name).status is TaskStatus(name)
    assert TaskFilter(status=name).status is TaskStatus(name)


@pytest.mark.parametrize("name", ["", "Todo", "todo ", "done", "in progress", "\0"])
def test_parse_refuses(name):
    makers = [
        lambda: TaskStatus.parse(name),
        lambda: NewTask("title", status=name),
        lambda: TaskChanges(status=name),
    ]
    if name:  # an empty filter is no filter
        makers.append(lambda: TaskFilter(status=name))
    for make in makers:
        with pytest.raises(InvalidStatus) as raised:
            make()
        assert raised.value.status == name
        assert str(raised.value).endswith("; there are todo, in_progress, completed, canceled")


def test_a_task_may_be_created_in_any_status():
    assert [NewTask("title", status=status).status for status in TaskStatus] == list(TaskStatus)
    assert NewTask("title").status is TaskStatus.TODO


def test_a_workflow_takes_statuses_by_their_texts_too():
    moves: Any = {"todo": ["completed"], "completed": {"todo"}}
    by_text: Any = Workflow(moves)
    assert by_text == Workflow(
        {TaskStatus.TODO: {TaskStatus.COMPLETED}, TaskStatus.COMPLETED: [TaskStatus.TODO]}
    )
    assert by_text.allows("todo", "completed")
    assert by_text.allows("todo", "todo")
    assert not by_text.allows("completed", "canceled")


@pytest.mark.parametrize(
    "moves",
    [
        {"tood": {"todo"}},
        {"todo": {"review"}},
        {None: ()},
        {5: ()},
        {"todo": [None]},
        {"todo": [1]},
    ],
)
def test_a_workflow_takes_statuses_only(moves):
    with pytest.raises(InvalidStatus) as raised:
        Workflow(moves)
    assert f"'{raised.value.status}'" in str(raised.value)


@pytest.mark.parametrize(
    "moves",
    [
        None,
        5,
        "todo",
        ["todo"],
        TaskStatus.TODO,
        {"todo": "completed"},
        {"todo": None},
        {"todo": TaskStatus.TODO},
        {"todo": 5},
    ],
)
def test_a_workflow_is_a_table(moves):
    with pytest.raises(InvalidInput, match="moves"):
        Workflow(moves)


@pytest.mark.parametrize("pair", [("tood", "todo"), ("todo", "tood"), (None, "todo")])
def test_a_move_of_no_status_is_no_question(pair):
    for workflow in (STRICT, PERMISSIVE):
        with pytest.raises(InvalidStatus):
            workflow.allows(*pair)


def test_workflows_can_be_told_apart_as_keys():
    again = Workflow({before: set(after) for before, after in STRICT.moves.items()})
    assert {STRICT: "strict", PERMISSIVE: "permissive"}[again] == "strict"
    assert hash(STRICT) != hash(PERMISSIVE)
