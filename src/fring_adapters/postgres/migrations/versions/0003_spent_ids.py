"""Remember the ids of removed rows that a sequence has yet to come to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table; what was removed before is not known."""
    op.create_table(
        "spent_ids",
        sa.Column("kind", sa.String(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_spent_ids"),
    )


def downgrade() -> None:
    """Drop it: ids may come back then."""
    op.drop_table("spent_ids")
