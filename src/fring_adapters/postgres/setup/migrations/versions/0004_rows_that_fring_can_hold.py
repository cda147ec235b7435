"""Refuse moments and dates that Python has no value for, and count versions as BIGINT.

What is out of range already becomes the nearest value in range: no version of Fring could read it.
"""

import logging

import sqlalchemy as sa
from alembic import context, op

revision = "0004"
down_revision = "0003"

# A day less than Python's own years, so that a moment fits in any time zone of a session.
MOMENTS = ("'0001-01-02 00:00+00'", "'9999-12-30 00:00+00'")
DATES = ("'0001-01-01'", "'9999-12-31'")
RANGES = {
    ("users", "created_at"): MOMENTS,
    ("tasks", "created_at"): MOMENTS,
    ("tasks", "updated_at"): MOMENTS,
    ("tasks", "due_date"): DATES,
}

_log = logging.getLogger("fring.migrations")


def upgrade() -> None:
    """Mend what is out of range, and add the constraints."""
    for (table, column), (first, last) in RANGES.items():
        _mend(table, column, first, last)
        within = f"{column} BETWEEN {first} AND {last}"
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, within)
    for table in ("users", "tasks"):
        op.alter_column(table, "version", type_=sa.BigInteger, existing_type=sa.Integer)
        # So far from the last number that nobody gets there by counting.
        op.create_check_constraint(
            op.f(f"ck_{table}_version"), table, "version <= 4611686018427387904"
        )
    op.execute("ALTER TABLE tasks RENAME CONSTRAINT ck_tasks_ck_tasks_status TO ck_tasks_status")


def _mend(table: str, column: str, first: str, last: str) -> None:
    mend = sa.text(
        f"UPDATE {table} SET {column} = LEAST(GREATEST({column}, {first}), {last})"  # noqa: S608  # constants
        f" WHERE {column} NOT BETWEEN {first} AND {last}"
    )
    if context.is_offline_mode():  # whoever runs the script is told the number by psql
        op.execute(mend)
        return
    mended = op.get_bind().execute(mend)
    if mended.rowcount:
        _log.warning(
            "%d rows of %s had a %s out of range, which is now %s or %s",
            mended.rowcount,
            table,
            column,
            first,
            last,
        )


def downgrade() -> None:
    """Drop the constraints; fail if a version has outgrown INTEGER."""
    op.execute("ALTER TABLE tasks RENAME CONSTRAINT ck_tasks_status TO ck_tasks_ck_tasks_status")
    for table in ("users", "tasks"):
        op.drop_constraint(op.f(f"ck_{table}_version"), table)
        op.alter_column(table, "version", type_=sa.Integer, existing_type=sa.BigInteger)
    for table, column in RANGES:
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
