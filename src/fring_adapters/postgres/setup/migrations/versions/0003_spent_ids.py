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
        op.execute(f"""
            DO $$ DECLARE found text := pg_get_serial_sequence('{table}', 'id'); BEGIN
                IF split_part(found, '.', -1) <> '{table}_id_seq' THEN
                    EXECUTE 'ALTER SEQUENCE ' || found || ' RENAME TO {table}_id_seq';
                END IF;
            END $$
        """)


def downgrade() -> None:
    """Drop it: ids may come back then."""
    op.drop_table("spent_ids")
