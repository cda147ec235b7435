"""Tell others of events: whom, and what of it is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables, empty."""
    op.create_table(
        "webhooks",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("types", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("created_at", _moment(), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
        sa.Column("disabled_at", _moment()),
        sa.Column("disabled_why", sa.String()),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String()),
        sa.Column("old_until", _moment()),
        sa.Column("failing_since", _moment()),
        sa.Column("place", sa.String(collation="C"), nullable=False),
        sa.Column("claims", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("at", _moment(), nullable=False),
        sa.Column("event", sa.JSON()),
        sa.Column("created_at", _moment(), nullable=False, server_default=sa.text("now()")),
        sa.Column("state", sa.String(), nullable=False, server_default=sa.text("'pending'")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("next_at", _moment()),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String()),
        sa.Column("seconds", sa.Double()),
        sa.Column("claim", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("claimed_until", _moment()),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'failed')", name=op.f("ck_deliveries_state")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhooks.id"],
            name=op.f("fk_deliveries_webhook_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_deliveries_webhook_id_next_at_id",
        "deliveries",
        ["webhook_id", "next_at", "id"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_claimed",
        "deliveries",
        ["webhook_id"],
        postgresql_where=sa.text("claimed_until IS NOT NULL"),
    )
    op.create_index("ix_deliveries_webhook_id_id", "deliveries", ["webhook_id", "id"])
    op.create_index(
        "ix_deliveries_done",
        "deliveries",
        ["created_at", "id"],
        postgresql_where=sa.text("next_at IS NULL"),
    )


def _moment() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def downgrade() -> None:
    """Drop them: nobody is told any more."""
    op.drop_table("deliveries")
    op.drop_table("webhooks")
