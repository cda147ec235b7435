"""Keep what limits on rates have to know, for as long as it matters: a crash may empty it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("tat", sa.BigInteger, nullable=False),
        sa.Column("let_through", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rate_limits"),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    """Drop it: who was refused may try again at once."""
    op.drop_table("rate_limits")
