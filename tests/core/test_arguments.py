"""An argument that is none of its kind is named, before any store is asked."""

import inspect
from operator import attrgetter
from typing import Any, TypeAlias

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    AccountAdmin,
    AssignmentUseCases,
    Attempt,
    EventUseCases,
    Fring,
    InvalidInput,
    NewTask,
    NewUser,
    NewWebhook,
    Page,
    Registration,
    ReminderUseCases,
    Side,
    TaskChanges,
    TaskFilter,
    TaskOrder,
    TaskStatus,
    TaskUseCases,
    UserChanges,
    UserFilter,
    UserUseCases,
    WebhookChanges,
    WebhookUseCases,
    Workflow,
    run_sync,
)
from fring_core.errors import Problem
from fring_core.webhooks import Outcome
from tests.core.account_world import ReadablePasswords
from tests.core.examples import NOW, Ticking, causes

Known: TypeAlias = tuple[Any, str | None]

STRANGER: Any = object()
WHOLE: Known = (7, "must be an integer")
OWNER: Known = ("ann", "must be a text")
VERSION: Known = (1, "must be an integer")
USER: dict[str, Known] = {"user_id": WHOLE}
TASK: dict[str, Known] = {"task_id": WHOLE}
PAIR: dict[str, Known] = {
    "user": WHOLE,
    "task": WHOLE,
    "first": (Side.USER, "must be a Side: one of USER, TASK"),
}
WEBHOOK: dict[str, Known] = {"webhook_id": WHOLE}
ATTEMPT = Attempt(
    delivery_id=1,
    number=1,
    webhook_id=1,
    url="https://example.com",
    secrets=(),
    message_id="msg_1",
    at=NOW,
    type="webhook.test",
    event=None,
)
PAGE: dict[str, Known] = {"page": (Page(), "must be a Page")}
# Each use case with its arguments: one that will do, and what is said of one that will not. Those
# that have a rule of their own (a status, an order) are tested where it is.
USE_CASES: dict[str, dict[str, Known]] = {
    "users.create": {"new": (NewUser("ann", "ann@example.com"), "must be a NewUser")},
    "users.get": USER,
    "users.get_with_tasks": USER,
    "users.find": {"username": ("ann", "must be a text"), "email": (None, None)},
    "users.list": {"where": (UserFilter(), "must be a UserFilter")} | PAGE,
    "users.all": {"where": (UserFilter(), None)},
    "users.count": {"where": (UserFilter(), "must be a UserFilter")},
    "users.update": USER
    | {"changes": (UserChanges(), "must be a UserChanges"), "version": VERSION},
    "users.delete": USER | {"version": VERSION},
    "tasks.create": {"new": (NewTask("task"), "must be a NewTask"), "owner": OWNER},
    "tasks.create_many": {"new": ([NewTask("task")], "must be a Sequence"), "owner": OWNER},
    "tasks.get": TASK | {"owner": OWNER},
    "tasks.get_with_users": TASK | {"owner": OWNER},
    "tasks.list": {"where": (TaskFilter(), "must be a TaskFilter")}
    | PAGE
    | {"owner": OWNER, "order": (TaskOrder.BY_ID, None)},
    "tasks.all": {
        "where": (TaskFilter(), None),
        "owner": (None, None),
        "order": (TaskOrder.BY_ID, None),
    },
    "tasks.count": {"where": (TaskFilter(), "must be a TaskFilter"), "owner": OWNER},
    "tasks.update": TASK
    | {"changes": (TaskChanges(), "must be a TaskChanges"), "owner": OWNER, "version": VERSION}
    | {"touch": (True, "must be a bool")},
    "tasks.update_many": {
        "task_ids": ([7], "must be a Sequence"),
        "changes": (TaskChanges(), "must be a TaskChanges"),
        "owner": OWNER,
    },
    "tasks.set_status": TASK
    | {"status": (TaskStatus.TODO, None), "owner": OWNER, "version": VERSION},
    "tasks.toggle": TASK | {"owner": OWNER, "version": VERSION},
    "tasks.delete": TASK | {"owner": OWNER, "version": VERSION},
    "assignments.add": PAIR,
    "assignments.remove": PAIR,
    "assignments.tasks_of": USER | {"status": (TaskStatus.TODO, None)} | PAGE,
    "assignments.users_of": TASK | PAGE,
    "reminders.fire": {"limit": (1, "must be an integer")},
    "events.page": {"after": (None, "must be a text"), "limit": (1, "must be an integer")},
    "events.after": {"cursor": (None, None)},
    "events.latest": {},
    "events.has": {"cursor": ("", "must be a text")},
    "events.forget": {"before": (NOW, None), "limit": (1, "must be an integer")},
    "events.of_task": TASK
    | {"owner": OWNER, "limit": (1, "must be an integer"), "before": (None, "must be a text")},
    "webhooks.create": {"new": (NewWebhook("https://example.com"), "must be a NewWebhook")},
    "webhooks.get": WEBHOOK,
    "webhooks.list": PAGE,
    "webhooks.update": WEBHOOK
    | {"changes": (WebhookChanges(), "must be a WebhookChanges"), "version": VERSION},
    "webhooks.delete": WEBHOOK | {"version": VERSION},
    "webhooks.rotate": WEBHOOK,
    "webhooks.test": WEBHOOK,
    "webhooks.deliveries": WEBHOOK
    | {"limit": (1, "must be an integer"), "before_id": (None, "must be an integer")},
    "webhooks.redeliver": {"delivery_id": WHOLE},
    "webhooks.dispatch": {"limit": (1, "must be an integer")},
    "webhooks.claim": {"limit": (1, "must be an integer")},
    "webhooks.settle": {
        "attempt": (ATTEMPT, "must be a Attempt"),
        "outcome": (Outcome(204, "", None, 0.1), "must be a Outcome"),
    },
    "webhooks.forget": {"before": (NOW, None), "limit": (1, "must be an integer")},
}
NOUNS = {
    "users": UserUseCases,
    "tasks": TaskUseCases,
    "assignments": AssignmentUseCases,
    "events": EventUseCases,
    "reminders": ReminderUseCases,
    "webhooks": WebhookUseCases,
}


class NoStore:
    """Fail whoever calls a method of any port."""

    def __getattr__(self, _: str) -> Any:
        return self

    def __call__(self, *arguments: Any) -> Any:
        raise AssertionError(f"the store was asked with {arguments}")


def problems(call):
    with pytest.raises(InvalidInput) as raised:
        call()
    return raised.value.problems


def is_wrong(field, why):
    return (Problem(field, why, "type_error"),)


def test_no_use_case_is_missing():
    arguments = {
        f"{noun}.{name}": [*inspect.signature(method).parameters][1:]
        for noun, use_cases in NOUNS.items()
        for base in use_cases.__mro__[-2::-1]
        for name, method in vars(base).items()
        # What a mutated copy of the class has besides is not ASCII.
        if name.isascii() and not name.startswith("_")
    }
    assert {name: [*known] for name, known in USE_CASES.items()} == arguments


@pytest.mark.parametrize(
    ("use_case", "argument"),
    [(call, name) for call, known in USE_CASES.items() for name, (_, why) in known.items() if why],
)
def test_an_argument_of_a_use_case(use_case, argument):
    fring = Fring(NoStore(), clock=Ticking())
    given = {name: value for name, (value, _) in USE_CASES[use_case].items()}
    wrong = given | {argument: STRANGER}
    _, why = USE_CASES[use_case][argument]
    assert problems(lambda: run_sync(attrgetter(use_case)(fring)(**wrong))) == is_wrong(
        argument, why
    )


@pytest.mark.parametrize("workflow", [STRANGER, {"todo": ["completed"]}, "strict", Workflow])
@pytest.mark.parametrize("argument", ["workflow", "personal_workflow"])
def test_a_workflow(argument, workflow):
    expected = is_wrong(argument, "must be a Workflow")
    wrong = {argument: workflow}
    assert problems(lambda: Fring(MemoryStore(), clock=Ticking(), **wrong)) == expected


@pytest.mark.parametrize(
    ("store", "instead"),
    [
        (MemoryStore, r"not its class: MemoryStore\(...\) makes one"),
        ("postgresql://db.example/fring", r"such as .* or PostgresStore\(url\), not str"),
        (None, "not NoneType"),
    ],
)
def test_a_store_is_one(store, instead):
    with pytest.raises(InvalidInput, match=f"^store: must be a store, .*{instead}"):
        Fring(store, clock=Ticking())
    with pytest.raises(InvalidInput, match=instead):
        AccountAdmin(store, passwords=ReadablePasswords(), causes=causes())


@pytest.mark.parametrize(
    ("argument", "make"),
    [
        ("clock", lambda clock: Fring(MemoryStore(), clock=clock)),
        ("on_commit", lambda hook: Fring(MemoryStore(), clock=Ticking(), on_commit=hook)),
        (
            "causes",
            lambda causes: AccountAdmin(
                MemoryStore(), passwords=ReadablePasswords(), causes=causes
            ),
        ),
    ],
)
def test_a_function(argument, make):
    assert problems(lambda: make(STRANGER)) == is_wrong(argument, "must be a function")


@pytest.mark.parametrize("value", [STRANGER, "yes", 1, 0])
@pytest.mark.parametrize("flag", ["completed", "assigned"])
def test_a_flag(flag, value):
    wrong = {flag: value}
    assert problems(lambda: TaskFilter(**wrong)) == is_wrong(flag, "must be true or false")


@pytest.mark.parametrize("moves", [STRANGER, {TaskStatus.TODO: "todo"}, {TaskStatus.TODO: 7}])
def test_the_moves_of_a_workflow(moves):
    why = "must be a mapping of statuses to collections of statuses"
    assert problems(lambda: Workflow(moves)) == (Problem("moves", why),)


def test_of_an_operator():
    admin = AccountAdmin(NoStore(), passwords=ReadablePasswords(), causes=causes())
    registration = Registration("ann", "ann@example.com", "correct horse")
    expected = is_wrong("role", "must be a Role: one of VIEWER, MEMBER, ADMIN")
    assert problems(lambda: run_sync(admin.create(registration, STRANGER))) == expected
    assert problems(lambda: run_sync(admin.set_role("ann", STRANGER))) == expected
    for call in (
        lambda: admin.set_password(STRANGER, STRANGER),
        lambda: admin.set_password("ann", "short"),
    ):
        fields = [problem.field for problem in problems(lambda call=call: run_sync(call()))]
        assert fields[-1] == "password"
    [problem] = problems(lambda: run_sync(admin.set_password(STRANGER, "correct horse")))
    assert (problem.field, problem.kind) == ("username", "type_error")
