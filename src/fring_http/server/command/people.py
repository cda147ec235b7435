"""The people of the demo: they add tasks, take them, and get on with them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import TYPE_CHECKING, Final

from fring_core import FringError, NewTask, NewUser, TaskStatus, Unavailable
from fring_http.client import BlockingFringClient

if TYPE_CHECKING:
    from fring_core import Task, User

PEOPLE: Final = ("ann", "bob", "cleo")
TASKS: Final = (
    "Water the plants",
    "Order coffee beans",
    "Repair the bicycle",
    "Write to the printer",
    "Proofread the programme",
    "Book a room for June",
    "Send the invoices",
    "Find a name for the cat",
    "Bake bread for the party",
    "Sort the photographs",
    "Ask about the lease",
    "Plan the garden",
)
MOST_TASKS: Final = 40
STEP_SECONDS: Final = 2.0
_NEXT: Final = {
    TaskStatus.TODO: TaskStatus.IN_PROGRESS,
    TaskStatus.IN_PROGRESS: TaskStatus.COMPLETED,
}


def work(url: str, *, still: bool) -> None:
    """Fill the board of a server as soon as it is there, then work on it for as long as it is."""
    with BlockingFringClient(url) as fring:
        _await(fring)
        people = [
            fring.users.create(NewUser(name, f"{name}@example.org", id=number))
            for number, name in enumerate(PEOPLE, start=1)
        ]
        for title in TASKS:
            _add(fring, title, people)
        for days, title in enumerate(("Renew the passport", "Call grandmother"), start=1):
            due = datetime.now(UTC).date() + timedelta(days=days)
            fring.tasks.create(NewTask(title, due_date=due), owner="ann")
        while not still:
            sleep(STEP_SECONDS)
            try:
                _step(fring, people)
            except FringError:  # whoever looks at the board may change it, too
                continue


def _await(fring: BlockingFringClient) -> None:
    while True:
        try:
            fring.users.count()
        except Unavailable:
            sleep(0.1)
        else:
            return


def _add(fring: BlockingFringClient, title: str, people: list[User]) -> None:
    task = fring.tasks.create(NewTask(title))
    for user in random.sample(people, k=random.randint(0, 2)):  # noqa: S311  # it is a play
        fring.assignments.add(user=user.id, task=task.id)
    if random.random() < 0.5:  # noqa: PLR2004, S311  # half of them are begun
        fring.tasks.set_status(task.id, TaskStatus.IN_PROGRESS)


def _step(fring: BlockingFringClient, people: list[User]) -> None:
    tasks: list[Task] = list(fring.tasks.all())
    task = random.choice(tasks)  # noqa: S311  # as above
    if following := _NEXT.get(task.status):
        fring.tasks.set_status(task.id, following)
    elif len(tasks) < MOST_TASKS:
        _add(fring, random.choice(TASKS), people)  # noqa: S311  # as above
    else:
        fring.tasks.delete(task.id)
