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
    numbers = [
        sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))
        for name in ("base", "top", "late")
    ]
    gaps: list[sa.Column[list[int]]] = [
        sa.Column(name, sa.ARRAY(sa.BigInteger()), nullable=False, server_default=sa.text("'{}'"))
        for name in ("gap_firsts", "gap_lasts", "gap_xids")
    ]
    texts = [
        sa.Column(name, sa.String(collation="C"), nullable=False) for name in ("identity", "epoch")
    ]
    op.create_table(
        "feed",
        sa.Column("step", sa.BigInteger(), primary_key=True, autoincrement=False),
        *texts,
        *numbers,
        *gaps,
    )
    op.execute("INSERT INTO feed (step, identity, epoch) VALUES (0, '', '')")


def downgrade() -> None:
    """Take both away."""
    op.drop_table("feed")
    op.drop_index("ix_events_late_after_late_number", "events")
    for name in ("late_after", "late_number"):
        op.drop_column("events", name)
