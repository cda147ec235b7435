"""What a caller sends: None clears, UNSET leaves alone, and entities cannot be changed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import assert_type

from fring_core import (
    ALLOWED,
    PERMISSIVE,
    STRICT,
    UNSET,
    VIEWS,
    Action,
    Clock,
    FixedClock,
    Identity,
    NewTask,
    NewUser,
    Outcome,
    Page,
    Place,
    Role,
    Task,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    User,
    UserChanges,
    UserFilter,
    View,
    Workflow,
)
from fring_core.unset import UnsetType


def changes() -> None:
    """Say what to change: None is for fields that may be empty, UNSET for all."""
    TaskChanges()
    TaskChanges(title="Buy seeds", description=None, due_date=None)
    TaskChanges(title=UNSET, description=UNSET, status=UNSET, due_date=UNSET, completed=UNSET)
    TaskChanges(status="todo", due_date=date(2025, 1, 31))
    TaskChanges(title=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TaskChanges(status=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TaskChanges(completed=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    UserChanges(username="ann", email=UNSET)
    UserChanges(email=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def what_is_set(changes: TaskChanges) -> None:
    """Compare with UNSET by identity: what is left is what was sent."""
    assert_type(changes.description, str | UnsetType | None)
    if changes.description is not UNSET:
        assert_type(changes.description, str | None)
    if changes.title is not UNSET:
        assert_type(changes.title, str)
    assert_type(changes.status, TaskStatus | UnsetType)
    if changes.status is not UNSET:
        assert_type(changes.status, TaskStatus)


def new_ones() -> None:
    """Say what to create; a status may be given as its text."""
    assert_type(NewTask("Buy seeds", status="todo").status, TaskStatus)
    assert_type(NewTask("Buy seeds", None, TaskStatus.TODO, date(2025, 1, 31), 7).id, int | None)
    assert_type(NewUser("ann", "ann@example.org", id=7).email, str)
    NewTask()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    NewTask("Buy seeds", id="7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def filters(task: Task) -> None:
    """Say what to look for."""
    assert_type(TaskFilter("todo", "seeds", assigned=False).status, TaskStatus | None)
    assert_type(TaskFilter(status=TaskStatus.TODO).title, str | None)
    assert_type(TaskFilter(completed=True).completed, bool | None)
    assert_type(UserFilter(username="ann").email, str | None)
    assert_type(Page(10, 20).limit, int)
    assert_type(Page(after=Place(7)).after, Place | None)
    assert_type(Place.of(task, TaskOrder.BY_TITLE).value, datetime | str | None)
    Page(after=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TaskFilter(assigned="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TaskFilter(owner="ann")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def workflows(task: Task) -> None:
    """Pass a table of rules: any mapping to any collection will do."""
    own = Workflow({TaskStatus.TODO: [TaskStatus.COMPLETED], TaskStatus.COMPLETED: ()})
    assert_type(own.moves, Mapping[TaskStatus, frozenset[TaskStatus]])
    assert_type(STRICT, Workflow)
    assert_type(PERMISSIVE.allows(TaskStatus.TODO, TaskStatus.COMPLETED), bool)
    view: View = VIEWS[TaskStatus.TODO]
    assert_type(view.toggled, TaskStatus)
    assert_type(task.change(TaskChanges(completed=True), own, datetime.now(UTC)), Task)
    assert_type(task.toggle(own, datetime.now(UTC)), Task)
    Workflow({"todo": ["completed"]})  # type: ignore[dict-item, list-item]  # pyright: ignore[reportArgumentType]


def entities(task: Task, user: User, outcome: Outcome) -> None:
    """Read what a store knows; nothing of it can be set."""
    assert_type(task.status, TaskStatus)
    assert_type(task.owner, str | None)
    assert_type(task.due_date, date | None)
    assert_type(user.change(UserChanges(username="Ann")), User)
    assert_type(outcome.changed, bool)
    task.title = "Buy seeds"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    user.version += 1  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def clocks() -> None:
    """Tell the time with a plain function."""
    clock: Clock = lambda: datetime.now(UTC)  # noqa: E731  # as a caller would pass it
    assert_type(clock(), datetime)
    late: Clock = date.today  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    late()
    fixed: Clock = FixedClock(datetime.now(UTC), step=timedelta(seconds=1))
    assert_type(fixed(), datetime)
    FixedClock(date(2024, 2, 29))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def callers(caller: Identity) -> None:
    """Ask what a caller may do."""
    assert_type(caller.role, Role)
    assert_type(ALLOWED[Role.VIEWER], frozenset[Action])
    caller.check_may("read")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
