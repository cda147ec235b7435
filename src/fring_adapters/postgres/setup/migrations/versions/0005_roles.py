"""Keep a role with each user."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column; everybody is a member."""
    op.add_column(
        "users",
        sa.Column("role", sa.String, nullable=False, server_default=sa.text("'member'")),
    )
    op.create_check_constraint(
        op.f("ck_users_role"), "users", "role IN ('viewer', 'member', 'admin')"
    )


def downgrade() -> None:
    """Drop it, with every role."""
    op.drop_column("users", "role")
