"""The reference stack: the same requests as most people would write them first.

FastAPI with handlers in threads, SQLAlchemy's ORM, Pydantic, a session for each request, and a
look before each write. It has defaults everywhere; it can be made faster.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, TypeVar

import psycopg
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from benchmarks.reference_models import (
    Base,
    Task,
    TaskIn,
    TaskOut,
    TaskWithUsers,
    User,
    UserOut,
    UserWithTasks,
)

engine = create_engine(
    "postgresql+psycopg://", creator=lambda: psycopg.connect(os.environ["CONNINFO"])
)


def session() -> Iterator[Session]:
    """Give a session for a request."""
    with Session(engine) as opened:
        yield opened


Db = Annotated[Session, Depends(session)]
Row = TypeVar("Row", bound=Base)
app = FastAPI()
API = "/api/v1"


def found(db: Session, kind: type[Row], number: int) -> Row:
    """Return a row, or refuse the request."""
    row = db.get(kind, number)
    if row is None:
        raise HTTPException(400, f"{kind.__name__} not found")
    return row


def saved(db: Session, task: Task) -> Task:
    """Store a task, and read it back."""
    db.add(task)
    db.commit()
    db.refresh(task)
    return task


@app.get(f"{API}/users", response_model=list[UserOut])
def list_users(db: Db, skip: int = 0, limit: int = 100) -> Sequence[User]:
    """Return a page of users."""
    return db.scalars(select(User).order_by(User.id).offset(skip).limit(limit)).all()


@app.get(f"{API}/users/{{number}}", response_model=UserWithTasks)
def get_user(db: Db, number: int) -> User:
    """Return a user with its tasks."""
    return found(db, User, number)


@app.get(f"{API}/users/{{number}}/tasks", response_model=list[TaskOut])
def tasks_of_user(db: Db, number: int) -> list[Task]:
    """Return a user's tasks."""
    return found(db, User, number).tasks


@app.get(f"{API}/tasks", response_model=list[TaskOut])
def list_tasks(
    db: Db, skip: int = 0, limit: int = 100, status: str | None = None
) -> Sequence[Task]:
    """Return a page of tasks."""
    query = select(Task).where(Task.owner.is_(None))
    if status:
        query = query.where(Task.status == status)
    return db.scalars(query.order_by(Task.id).offset(skip).limit(limit)).all()


@app.get(f"{API}/tasks/{{number}}", response_model=TaskWithUsers)
def get_task(db: Db, number: int) -> Task:
    """Return a task with its users."""
    return found(db, Task, number)


@app.post(f"{API}/tasks", response_model=TaskOut, status_code=201)
def create_task(db: Db, new: TaskIn) -> Task:
    """Create a task."""
    return saved(db, Task(**new.model_dump()))


@app.put(f"{API}/tasks/{{number}}", response_model=TaskOut)
def update_task(db: Db, number: int, changes: TaskIn) -> Task:
    """Change what a client wrote of a task."""
    task = found(db, Task, number)
    for name, value in changes.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    return saved(db, task)


@app.patch(f"{API}/tasks/{{number}}/status", response_model=TaskOut)
def set_status(db: Db, number: int, status: str) -> Task:
    """Change a task's status."""
    task = found(db, Task, number)
    task.status = status
    return saved(db, task)


@app.delete(f"{API}/tasks/{{number}}", status_code=204)
def delete_task(db: Db, number: int) -> None:
    """Delete a task."""
    db.delete(found(db, Task, number))
    db.commit()


@app.post(f"{API}/users/{{user_id}}/tasks/{{task_id}}", status_code=201)
def assign(db: Db, user_id: int, task_id: int) -> dict[str, Any]:
    """Assign a task to a user."""
    user, task = found(db, User, user_id), found(db, Task, task_id)
    if task in user.tasks:
        raise HTTPException(400, "Task already assigned to the user")
    user.tasks.append(task)
    db.commit()
    return {"message": f"Task {task_id} assigned to user {user_id}"}


@app.delete(f"{API}/users/{{user_id}}/tasks/{{task_id}}", status_code=204)
def unassign(db: Db, user_id: int, task_id: int) -> None:
    """Take a task from a user."""
    user, task = found(db, User, user_id), found(db, Task, task_id)
    if task not in user.tasks:
        raise HTTPException(400, "Task not assigned to this user")
    user.tasks.remove(task)
    db.commit()
