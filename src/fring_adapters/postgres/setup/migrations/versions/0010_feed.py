"""Put events in one order, the feed; those that are there already stand in it by their ids."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add places for events that are seen late, and how far the feed has come: nowhere yet."""
    for name in ("late_after", "late_number"):
        op.add_column("events", sa.Column(name, sa.BigInteger()))
    op.create_index(
        "ix_events_late_after_late_number",
        "events",
        ["late_after", "late_number"],
        postgresql_where=sa.text("late_after IS NOT NULL"),
    )
    op.create_table(
        "feed",
        sa.Column("is_one", sa.Boolean(), sa.CheckConstraint("is_one", name="is_one")),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.String(collation="C"), nullable=False),
        sa.Column("epoch", sa.String(collation="C"), nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=False),
        sa.Column("top", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.BigInteger(), nullable=False),
        sa.Column("pruned_place", sa.BigInteger(), nullable=False),
        sa.Column("pruned_number", sa.BigInteger(), nullable=False),
        sa.Column("gap_firsts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("gap_lasts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("gap_xids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("is_one", name="pk_feed"),
    )


def downgrade() -> None:
    """Take both away."""
    op.drop_table("feed")
    op.drop_index("ix_events_late_after_late_number", "events")
    for name in ("late_after", "late_number"):
        op.drop_column("events", name)
