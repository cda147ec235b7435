"""The tables as those revisions left them that Alembic's own `alembic_version` once named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Each column with its type, and the name of each constraint.
_FIRST: Final = frozenset(
    """\
users.id bigint
users.username character varying
users.email character varying
users.created_at timestamp with time zone
users.version integer
pk_users
uq_users_username
uq_users_email
tasks.id bigint
tasks.title character varying
tasks.description character varying
tasks.status character varying
tasks.created_at timestamp with time zone
tasks.updated_at timestamp with time zone
tasks.owner character varying
tasks.due_date date
tasks.version integer
pk_tasks
ck_tasks_ck_tasks_status
user_tasks.user_id bigint
user_tasks.task_id bigint
pk_user_tasks
fk_user_tasks_user_id
fk_user_tasks_task_id
""".splitlines()
)
_WITH_PASSWORDS: Final = _FIRST | {"users.password_hash character varying"}
_WITH_SPENT_IDS: Final = _WITH_PASSWORDS | {
    "spent_ids.kind character varying",
    "spent_ids.id bigint",
    "pk_spent_ids",
}
_WITH_RANGES: Final = (
    _WITH_SPENT_IDS - {"users.version integer", "tasks.version integer", "ck_tasks_ck_tasks_status"}
) | {
    "users.version bigint",
    "ck_users_version",
    "ck_users_created_at",
    "tasks.version bigint",
    "ck_tasks_status",
    "ck_tasks_version",
    "ck_tasks_created_at",
    "ck_tasks_updated_at",
    "ck_tasks_due_date",
}
_WITH_ROLES: Final = _WITH_RANGES | {"users.role character varying", "ck_users_role"}

OLDER: Final[Mapping[str, frozenset[str]]] = {
    "0001": _FIRST,
    "0002": _WITH_PASSWORDS,
    "0003": _WITH_SPENT_IDS,
    "0004": _WITH_RANGES,
    "0005": _WITH_ROLES,
}
