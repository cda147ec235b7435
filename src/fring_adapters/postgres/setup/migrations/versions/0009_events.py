"""Record what changes.

No event tells of the rows that are there: the first change of each tells all that it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the events, and whether one has told of a row."""
    for table in ("users", "tasks"):
        op.add_column(
            table, sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("type", sa.String(collation="C"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String()),
        sa.Column("request_id", sa.String()),
        sa.Column("task_id", sa.BigInteger()),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("owner", sa.String(collation="C")),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
    )
    op.create_index(
        "ix_events_task_id_id",
        "events",
        ["task_id", "id"],
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("events")
    for table in ("users", "tasks"):
        op.drop_column(table, "told")
