"""A session of the made Python client with a real server: python session.py URL [TOKEN].

The client is made anew each time, so `make check` cannot know its types: `make clients` checks
them, by mypy --strict, in the folder beside the client that this file is copied into.
"""

import sys
from datetime import date
from typing import TypeVar

from fring_api_client import AuthenticatedClient
from fring_api_client.api.accounts import get_own_account, log_in, register
from fring_api_client.api.board import (
    assign_task,
    create_task,
    create_user,
    get_task,
    list_tasks,
    list_users,
    set_status,
)
from fring_api_client.api.personal import create_own_task, list_own_tasks, toggle_own_task
from fring_api_client.models import (
    AccessToken,
    Account,
    Completion,
    Error,
    ErrorCode,
    ListTasksStatus,
    LoginType1,
    Message,
    NewAccount,
    NewOwnTask,
    NewTask,
    NewUser,
    OwnTask,
    SetStatusStatus,
    Task,
    TaskStatus,
    TaskWithUsers,
    User,
    ValidationError,
)

T = TypeVar("T")
PASSWORD = "correct horse battery staple"


def the(kind: type[T], answer: object) -> T:
    """Return an answer of this kind; fail if it is another one."""
    assert isinstance(answer, kind), answer
    return answer


url, token = (*sys.argv[1:], "none")[:2]
client = AuthenticatedClient(base_url=url, token=token, raise_on_unexpected_status=True)

carol = NewUser(username="carol", email="carol@example.com")
user = the(User, create_user.sync(client=client, body=carol))
assert user in the(list, list_users.sync(client=client))
again = create_user.sync_detailed(client=client, body=carol)
assert again.status_code == 400
assert the(Error, again.parsed).code is ErrorCode.USERNAME_TAKEN

new = NewTask(title="Test task", description="Test description", status=TaskStatus.TODO)
task = the(Task, create_task.sync(client=client, body=new))
assigned = the(Message, assign_task.sync(user.id, task.id, client=client))
assert assigned.message == f"Task {task.id} assigned to {user.id}"
found = list_tasks.sync(client=client, assigned=True, status=ListTasksStatus.TODO, limit=1000)
assert task in the(list, found)
moved = set_status.sync(task.id, client=client, status=SetStatusStatus.COMPLETED)
assert the(Task, moved).status is TaskStatus.COMPLETED
shown = the(TaskWithUsers, get_task.sync(task.id, client=client))
assert [each.username for each in shown.assigned_users] == ["carol"]
blank = the(ValidationError, create_task.sync(client=client, body=NewTask(title=" ")))
assert blank.detail[0].loc == ["body", "title"]
lost = the(Error, get_task.sync(task.id + 1000, client=client))
assert lost.code is ErrorCode.TASK_NOT_FOUND

plants = NewOwnTask(title="Water the plants", due_date=date(2030, 6, 1))
own = the(OwnTask, create_own_task.sync("me", client=client, body=plants))
assert own.due_date == date(2030, 6, 1)
toggled = the(OwnTask, toggle_own_task.sync(own.user_id, own.id, client=client))
assert toggled.completed
completion = Completion(completed=True)
once_more = toggle_own_task.sync("me", own.id, client=client, body=completion)
assert the(OwnTask, once_more).completed
assert own.id in [each.id for each in the(list, list_own_tasks.sync("me", client=client))]

if token != "none":
    account = NewAccount(username="dora", email="dora@example.com", password=PASSWORD)
    the(User, register.sync(client=client, body=account))
    login = LoginType1(email="dora@example.com", password=PASSWORD)
    entered = the(AccessToken, log_in.sync(client=client, body=login))
    dora = AuthenticatedClient(base_url=url, token=entered.access_token)
    assert the(Account, get_own_account.sync(client=dora)).username == "dora"
    wrong = AuthenticatedClient(base_url=url, token=f"{entered.access_token}x")
    refused = the(Error, get_own_account.sync(client=wrong))
    assert refused.code is ErrorCode.UNAUTHENTICATED
