"""What is sent to remind of tasks: one statement, so that each is reminded of once.

Rows that another caller has locked are passed over: somebody reminds of them, or changes them, and
then they are looked at the next time.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    String,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.events import TOLD
from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.states import state, task_state, told_value
from fring_adapters.postgres.sql.tables import ARMED, events, tasks
from fring_core import EventType, Task
from fring_core.events import SUBJECTS

_WORDY: Final = bindparam("wordy", type_=Boolean)
_NOW: Final = func.statement_timestamp()
_FIELDS: Final = SUBJECTS[Task].fields


def _reminding() -> Any:
    due = (
        select(
            tasks.c.id,
            tasks.c.version,
            tasks.c.told,
            tasks.c.owner,
            *(tasks.c[name] for name in _FIELDS),
        )
        .where(and_(ARMED, tasks.c.remind_at <= _NOW))
        .order_by(tasks.c.remind_at, tasks.c.id)
        .limit(bindparam("limit"))
        .with_for_update(key_share=True, skip_locked=True)
        .cte("due")
    )
    reminded = (
        update(tasks)
        .values(disarmed=true(), told=true(), version=due.c.version + literal_column("1"))
        .where(tasks.c.id == due.c.id)
        .returning(tasks.c.id)
        .cte("reminded")
    )
    known = case(
        (due.c.told, None),
        (due.c.owner.is_(None), task_state(due, _WORDY)),
        else_=state(Task, due, _WORDY),
    )
    come = func.json_build_object(
        literal_column("'remind_at'", String), told_value(due.c.remind_at), type_=JSON
    )
    values = {
        "type": literal_column(f"'{EventType.TASK_REMINDED.value}'", String),
        "at": _NOW,
        "actor": bindparam("actor"),
        "request_id": bindparam("request_id"),
        "task_id": due.c.id,
        "owner": due.c.owner,
        "version": due.c.version + literal_column("1"),
        "before": func.coalesce(known, come),
        "after": come,
    }
    recorded = (
        insert(events)
        .from_select([*values], select(*values.values()).order_by(due.c.remind_at, due.c.id))
        .returning(*TOLD)
        .cte("recorded")
    )
    return writing(select(*recorded.c).order_by(recorded.c.id).add_cte(reminded))


# By the clock of the database: those of the servers may differ.
REMIND: Final = _reminding()
