"""The SQL of the floor: a statement for each request, written by hand."""

from __future__ import annotations

from typing import Final

TASK: Final = "t.id, t.title, t.description, t.status, t.created_at, t.updated_at"
USER: Final = "u.id, u.username, u.email, u.created_at"
GET_USER: Final = (
    f"SELECT {USER}, {TASK} FROM users u LEFT JOIN user_tasks ut ON ut.user_id = u.id"
    " LEFT JOIN tasks t ON t.id = ut.task_id WHERE u.id = %s ORDER BY t.id"
)
GET_TASK: Final = (
    f"SELECT {TASK}, {USER} FROM tasks t LEFT JOIN user_tasks ut ON ut.task_id = t.id"
    " LEFT JOIN users u ON u.id = ut.user_id WHERE t.id = %s ORDER BY u.id"
)
ONE_TASK: Final = f"SELECT {TASK} FROM tasks t WHERE t.id = %s AND t.owner IS NULL"
TASKS: Final = f"SELECT {TASK} FROM tasks t WHERE owner IS NULL ORDER BY id LIMIT %s OFFSET %s"
TASKS_BY_STATUS: Final = (
    f"SELECT {TASK} FROM tasks t WHERE owner IS NULL AND status = %s ORDER BY id LIMIT %s OFFSET %s"
)
USERS: Final = f"SELECT {USER} FROM users u ORDER BY id LIMIT %s OFFSET %s"
TASKS_OF_USER: Final = (
    f"SELECT {TASK} FROM user_tasks ut JOIN tasks t ON t.id = ut.task_id"
    " WHERE ut.user_id = %s ORDER BY t.id"
)
CREATE: Final = (
    "INSERT INTO tasks AS t (title, description, status, created_at, updated_at)"
    f" VALUES (%s, %s, %s, now(), now()) RETURNING {TASK}"
)
SET_TITLE: Final = (
    "UPDATE tasks t SET title = %s, updated_at = now(), version = version + 1"
    f" WHERE id = %s RETURNING {TASK}"
)
SET_STATUS: Final = (
    "UPDATE tasks t SET status = %s, updated_at = now(), version = version + 1"
    f" WHERE id = %s RETURNING {TASK}"
)
USERS_OF_TASK: Final = (
    f"SELECT {USER} FROM user_tasks ut JOIN users u ON u.id = ut.user_id"
    " WHERE ut.task_id = %s ORDER BY u.id"
)
CREATE_USER: Final = (
    f"INSERT INTO users AS u (username, email, created_at) VALUES (%s, %s, now()) RETURNING {USER}"
)
SET_EMAIL: Final = (
    f"UPDATE users u SET email = %s, version = version + 1 WHERE id = %s RETURNING {USER}"
)
DELETE: Final = {
    "tasks": "DELETE FROM tasks WHERE id = %s",
    "users": "DELETE FROM users WHERE id = %s",
}
ASSIGN: Final = "INSERT INTO user_tasks (user_id, task_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
UNASSIGN: Final = "DELETE FROM user_tasks WHERE user_id = %s AND task_id = %s"
