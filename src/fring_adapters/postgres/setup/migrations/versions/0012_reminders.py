"""Keep when tasks are to be reminded of; those that are there are not, until somebody says so."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

ARMED = sa.text("remind_at IS NOT NULL AND NOT disarmed AND status IN ('todo', 'in_progress')")


def upgrade() -> None:
    """Add the times, and whether anything still comes of them."""
    op.add_column("tasks", sa.Column("remind_at", sa.DateTime(timezone=True)))
    op.add_column(
        "tasks",
        sa.Column("disarmed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.create_check_constraint(
        op.f("ck_tasks_remind_at"),
        "tasks",
        # A day less than Python's own years, so that it fits in any time zone of a session.
        "remind_at BETWEEN '0001-01-02 00:00+00' AND '9999-12-30 00:00+00'",
    )
    op.create_index("ix_tasks_remind_at_id", "tasks", ["remind_at", "id"], postgresql_where=ARMED)


def downgrade() -> None:
    """Forget them."""
    op.drop_index("ix_tasks_remind_at_id", "tasks")
    op.drop_constraint("ck_tasks_remind_at", "tasks")
    for name in ("disarmed", "remind_at"):
        op.drop_column("tasks", name)
