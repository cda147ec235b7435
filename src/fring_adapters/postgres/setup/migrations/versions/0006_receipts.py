"""Keep what came of a call under the key that it had."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table, empty."""
    op.create_table(
        "receipts",
        sa.Column("caller", sa.String(collation="C"), nullable=False),
        sa.Column("key", sa.String(collation="C"), nullable=False),
        sa.Column("request", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "expires_at BETWEEN '0001-01-02 00:00+00' AND '9999-12-30 00:00+00'",
            name=op.f("ck_receipts_expires_at"),
        ),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_receipts")),
    )
    op.create_index(op.f("ix_receipts_expires_at"), "receipts", ["expires_at"])


def downgrade() -> None:
    """Drop it: a call that comes again is done again."""
    op.drop_table("receipts")
