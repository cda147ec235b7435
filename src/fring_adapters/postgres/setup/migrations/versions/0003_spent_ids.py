"""Remember the ids of removed rows that a sequence has yet to come to."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table, in which nothing of before is known, and see to the sequences' names."""
    op.create_table(
        "spent_ids",
        sa.Column("kind", sa.String(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="pk_spent_ids"),
    )
    for table in ("users", "tasks"):
        found = sa.text(f"SELECT pg_get_serial_sequence('{table}', 'id')")
        sequence = op.get_bind().execute(found).scalar_one()
        if not sequence.endswith(f".{table}_id_seq"):
            op.execute(f"ALTER SEQUENCE {sequence} RENAME TO {table}_id_seq")


def downgrade() -> None:
    """Drop it: ids may come back then."""
    op.drop_table("spent_ids")
