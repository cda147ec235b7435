"""Create users, tasks and the assignments between them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    text = sa.String(collation="C")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("username", text, nullable=False),
        sa.Column("email", text, nullable=False),
        sa.Column("created_at", moment, nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("username", name="uq_users_username"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("title", text, nullable=False),
        sa.Column("description", sa.String),
        sa.Column("status", sa.String, nullable=False, server_default=sa.text("'todo'")),
        sa.Column("created_at", moment, nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", moment, nullable=False, server_default=sa.text("now()")),
        sa.Column("owner", text),
        sa.Column("due_date", sa.Date),
        sa.Column("version", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.CheckConstraint(
            "status IN ('todo', 'in_progress', 'completed', 'canceled')", name="ck_tasks_status"
        ),
    )
    op.create_index("ix_tasks_shared", "tasks", ["id"], postgresql_where=sa.text("owner IS NULL"))
    op.create_table(
        "user_tasks",
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("task_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "task_id", name="pk_user_tasks"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", name="fk_user_tasks_user_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], ondelete="CASCADE", name="fk_user_tasks_task_id"
        ),
    )
    op.create_index("ix_user_tasks_task_id_user_id", "user_tasks", ["task_id", "user_id"])


def downgrade() -> None:
    """Drop the tables, with everything in them."""
    op.drop_table("user_tasks")
    op.drop_table("tasks")
    op.drop_table("users")
