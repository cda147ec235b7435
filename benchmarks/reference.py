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

from benchmarks import reference_models as shapes
from benchmarks.reference_models import Base, Task, User

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


def saved(db: Session, row: Row) -> Row:
    """Store a row, and read it back."""
    db.add(row)
    db.commit()
    db.refresh(row)
    return row


def refuse_taken(db: Session, email: str) -> None:
    """Refuse a request with an e-mail that somebody has."""
    if db.scalars(select(User).where(User.email == email)).first():
        raise HTTPException(400, "Already existing email")


@app.get(f"{API}/users", response_model=list[shapes.UserOut])
def list_users(db: Db, skip: int = 0, limit: int = 100) -> Sequence[User]:
    """Return a page of users."""
    return db.scalars(select(User).order_by(User.id).offset(skip).limit(limit)).all()


@app.get(f"{API}/users/{{number}}", response_model=shapes.UserWithTasks)
def get_user(db: Db, number: int) -> User:
    """Return a user with its tasks."""
    return found(db, User, number)


@app.get(f"{API}/users/{{number}}/tasks", response_model=list[shapes.TaskOut])
def tasks_of_user(db: Db, number: int) -> list[Task]:
    """Return a user's tasks."""
    return found(db, User, number).tasks


@app.post(f"{API}/users", response_model=shapes.UserOut, status_code=201)
def create_user(db: Db, new: shapes.UserIn) -> User:
    """Create a user."""
    refuse_taken(db, new.email)
    return saved(db, User(**new.model_dump()))


@app.put(f"{API}/users/{{number}}", response_model=shapes.UserOut)
def update_user(db: Db, number: int, changes: shapes.UserIn) -> User:
    """Change a user's e-mail."""
    user = found(db, User, number)
    refuse_taken(db, changes.email)
    user.email = changes.email
    return saved(db, user)


@app.delete(f"{API}/users/{{number}}", status_code=204)
def delete_user(db: Db, number: int) -> None:
    """Delete a user."""
    db.delete(found(db, User, number))
    db.commit()


@app.get(f"{API}/tasks/{{number}}/users", response_model=list[shapes.UserOut])
def users_of_task(db: Db, number: int) -> list[User]:
    """Return a task's users."""
    return found(db, Task, number).assigned_users


@app.get(f"{API}/tasks", response_model=list[shapes.TaskOut])
def list_tasks(
    db: Db, skip: int = 0, limit: int = 100, status: str | None = None
) -> Sequence[Task]:
    """Return a page of tasks."""
    query = select(Task).where(Task.owner.is_(None))
    if status:
        query = query.where(Task.status == status)
    return db.scalars(query.order_by(Task.id).offset(skip).limit(limit)).all()


@app.get(f"{API}/tasks/{{number}}", response_model=shapes.TaskWithUsers)
def get_task(db: Db, number: int) -> Task:
    """Return a task with its users."""
    return found(db, Task, number)


@app.post(f"{API}/tasks", response_model=shapes.TaskOut, status_code=201)
def create_task(db: Db, new: shapes.TaskIn) -> Task:
    """Create a task."""
    return saved(db, Task(**new.model_dump()))


@app.put(f"{API}/tasks/{{number}}", response_model=shapes.TaskOut)
def update_task(db: Db, number: int, changes: shapes.TaskIn) -> Task:
    """Change what a client wrote of a task."""
    task = found(db, Task, number)
    for name, value in changes.model_dump(exclude_unset=True).items():
        setattr(task, name, value)
    return saved(db, task)


@app.patch(f"{API}/tasks/{{number}}/status", response_model=shapes.TaskOut)
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
