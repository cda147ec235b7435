"""What the reference stack maps and shows."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Column, DateTime, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Gather the tables."""


user_tasks = Table(
    "user_tasks",
    Base.metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("task_id", ForeignKey("tasks.id"), primary_key=True),
)


class User(Base):
    """Map a user."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    tasks: Mapped[list[Task]] = relationship(secondary=user_tasks, back_populates="assigned_users")


class Task(Base):
    """Map a task."""

    __tablename__ = "tasks"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="todo")
    owner: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now, onupdate=now)
    assigned_users: Mapped[list[User]] = relationship(secondary=user_tasks, back_populates="tasks")


class UserOut(BaseModel):
    """Show a user."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    username: str
    email: str
    created_at: datetime


class TaskOut(BaseModel):
    """Show a task."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    description: str | None
    status: str
    created_at: datetime
    updated_at: datetime


class UserWithTasks(UserOut):
    """Show a user with its tasks."""

    tasks: list[TaskOut]


class TaskWithUsers(TaskOut):
    """Show a task with its users."""

    assigned_users: list[UserOut]


class TaskIn(BaseModel):
    """Hold what a client wrote of a task."""

    title: str
    description: str | None = None
    status: str = "todo"


class UserIn(BaseModel):
    """Hold what a client wrote of a user."""

    username: str | None = None
    email: str
