"""Index what lists are filtered and ordered by, and the pieces of texts that are searched.

No row is touched. The tables cannot be written to while the indexes are built: a minute for a
million tasks.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# As `fring_adapters.postgres.sql.pieces` writes it.
PIECES = (
    "CASE WHEN length({0}) > 1000 THEN array_to_tsvector(ARRAY['longer'])"
    " ELSE array_to_tsvector(array_remove(string_to_array("
    + " || chr(1) || ".join(
        rf"regexp_replace(substr(translate({{0}}, chr(1), chr(2)), {start}), '.{{{{5}}}}',"
        r" '\&' || chr(1), 'g')"
        for start in range(1, 6)
    )
    + ", chr(1)), '')) END"
)
# Rows wait in a list, which is searched too, until there are enough to sort in at once.
WAITING = {"fastupdate": True, "gin_pending_list_limit": 128}
SHARED = sa.text("owner IS NULL")
PERSONAL = sa.text("owner IS NOT NULL")


def upgrade() -> None:
    """Build the indexes."""
    op.create_index("ix_tasks_status_id", "tasks", ["status", "id"], postgresql_where=SHARED)
    for name, order in (
        ("created_at_id", [sa.text("created_at DESC"), sa.text("id DESC")]),
        ("title_id", [sa.text("title"), sa.text("id")]),
        ("id", [sa.text("id")]),
    ):
        op.create_index(
            f"ix_tasks_owner_status_{name}",
            "tasks",
            ["owner", "status", *order],
            postgresql_where=PERSONAL,
        )
    op.drop_index("ix_tasks_owner_created_at_id", "tasks")  # merged of the first of these now
    for table, columns in (("tasks", ["title"]), ("users", ["username", "email"])):
        op.create_index(
            f"ix_{table}_{'_'.join(columns)}_pieces",
            table,
            [sa.text(f"({PIECES.format(column)})") for column in columns],
            postgresql_using="gin",
            postgresql_with=WAITING,
        )


def downgrade() -> None:
    """Drop them, and build what was in place of one."""
    for table, columns in (
        ("users", "username_email_pieces"),
        ("tasks", "title_pieces"),
        ("tasks", "owner_status_id"),
        ("tasks", "owner_status_title_id"),
        ("tasks", "owner_status_created_at_id"),
        ("tasks", "status_id"),
    ):
        op.drop_index(f"ix_{table}_{columns}", table)
    op.create_index(
        "ix_tasks_owner_created_at_id",
        "tasks",
        ["owner", sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=PERSONAL,
    )
