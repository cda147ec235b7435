"""Order personal lists by an index, and give users a password hash."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index and the column."""
    op.create_index(
        "ix_tasks_owner_created_at_id",
        "tasks",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("owner IS NOT NULL"),
    )
    op.add_column("users", sa.Column("password_hash", sa.String))


def downgrade() -> None:
    """Drop them, with every password."""
    op.drop_column("users", "password_hash")
    op.drop_index("ix_tasks_owner_created_at_id", "tasks")
