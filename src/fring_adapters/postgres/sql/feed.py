"""What is sent about the feed of events: how far it has come, and pages of it."""

from __future__ import annotations

from typing import Final

from fring_adapters.postgres.sql.events import TOLD
from fring_adapters.postgres.sql.statements import by_hand
from fring_adapters.postgres.wire.statement import SCHEMA

SOME: Final = 10_000  # events that are looked at together

_FEED: Final = f"{SCHEMA}.feed"
_EVENTS: Final = f"{SCHEMA}.events"
_SEQUENCE: Final = f"{SCHEMA}.events_id_seq"
# Where the tables are. It is another one in another server or database, for tables that were
# restored, and in a server that took over from one that may have had more.
IDENTITY: Final = (
    "concat_ws('/', (SELECT system_identifier FROM pg_control_system()),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    f" '{_EVENTS}'::regclass::oid, left(pg_walfile_name(pg_current_wal_lsn()), 8))"
)


# Whether the feed is of this place, and of these events, whose ids somebody may have had begin anew.
_IS_HERE: Final = f"identity = {IDENTITY} AND top <= (SELECT last_value FROM {_SEQUENCE})"
# All of one moment: the feed, whether it is of this place, what can be seen of events that are not
# in it yet, and which transactions were over.
LOOK: Final = by_hand(
    f"""
    SELECT {_IS_HERE}, step, epoch, base, top, late, pruned_place, pruned_number,
        gap_firsts, gap_lasts, gap_xids,
        ARRAY(SELECT id FROM {_EVENTS} WHERE id > top ORDER BY id LIMIT {SOME}),
        ARRAY(
            SELECT id FROM unnest(gap_firsts, gap_lasts) AS gap (first, last)
            JOIN {_EVENTS} ON id BETWEEN first AND last
            WHERE late_after IS NULL ORDER BY id LIMIT {SOME}
        ),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    FROM {_FEED}
    """,
    reads=True,
)

# Unless somebody else has taken this step. Who drew an id that was missing when it was looked, had
# begun to write before, and so has a lower number than this transaction. (A snapshot's `xmax` would
# not do: those who have begun may have higher ones.)
ADVANCE: Final = by_hand(
    f"""
    WITH taken AS (
        UPDATE {_FEED} SET step = %(step)s::bigint, top = %(top)s::bigint, late = %(late)s::bigint,
            gap_firsts = %(firsts)s, gap_lasts = %(lasts)s,
            gap_xids = array_replace(%(xids)s, NULL, pg_current_xact_id()::text::bigint)
        WHERE step = %(step)s::bigint - 1
        RETURNING late
    ), placed AS (
        UPDATE {_EVENTS} SET late_after = %(after)s::bigint,
            late_number = taken.late - cardinality(%(filled)s) + number
        FROM taken, unnest(%(filled)s) WITH ORDINALITY AS each (id, number)
        WHERE events.id = each.id
        RETURNING 1
    )
    SELECT late FROM taken
    """,
    reads=False,
)

# No transaction of another place will end here, and no event will have an id that it had there.
RENEW: Final = by_hand(
    f"""
    INSERT INTO {_FEED} AS feed VALUES (
        true, 1, {IDENTITY}, left(md5(random()::text || clock_timestamp()), 8), 0, 0, 0, 0, 0,
        '{{}}', '{{}}', '{{}}'
    )
    ON CONFLICT (is_one) DO UPDATE SET
        step = feed.step + 1, identity = excluded.identity, epoch = excluded.epoch,
        gap_xids = array_fill(0::bigint, ARRAY[cardinality(feed.gap_xids)]),
        top = CASE
            WHEN feed.top <= (SELECT last_value FROM {_SEQUENCE}) THEN feed.top ELSE 0
        END,
        pruned_place = 0, pruned_number = 0,
        base = setval('{_SEQUENCE}', greatest(
            extract(epoch FROM clock_timestamp())::bigint << 28,
            (SELECT last_value + 1 FROM {_SEQUENCE})
        ))
        WHERE NOT (feed.{_IS_HERE.replace(" AND top", " AND feed.top")})
    RETURNING step
    """,
    reads=False,
)

_COLUMNS: Final = ", ".join(column.name for column in TOLD)

# Each with its place: an id, and a number behind it for one that was late.
PAGE: Final = by_hand(
    f"""
    SELECT coalesce(late_after, id), coalesce(late_number, 0), {_COLUMNS} FROM (
        (
            SELECT * FROM {_EVENTS}
            WHERE id > %(place)s::bigint AND id <= %(top)s::bigint AND late_after IS NULL
            ORDER BY id LIMIT %(limit)s::bigint
        ) UNION ALL (
            SELECT * FROM {_EVENTS}
            WHERE (late_after, late_number) > (%(place)s::bigint, %(number)s::bigint) AND late_after <= %(top)s::bigint
            ORDER BY late_after, late_number LIMIT %(limit)s::bigint
        )
    ) AS found
    ORDER BY 1, 2 LIMIT %(limit)s::bigint
    """,
    reads=True,
)

FIND: Final = by_hand(
    f"SELECT coalesce(late_after, id), coalesce(late_number, 0) FROM {_EVENTS} WHERE id = %(id)s::bigint",
    reads=True,
)

# The first events of the feed, as far as they are older, and what is left of it.
FORGET: Final = by_hand(
    f"""
    WITH first AS (
        SELECT id, place, number,
            bool_and(at < %(before)s) OVER (ORDER BY place, number) AS is_old
        FROM (
            (
                SELECT id, at, id AS place, 0 AS number FROM {_EVENTS}
                WHERE late_after IS NULL AND id <= (SELECT top FROM {_FEED}) AND NOT EXISTS (
                    SELECT FROM {_FEED}, unnest(gap_firsts, gap_lasts) AS gap (first, last)
                    WHERE id BETWEEN first AND last
                )
                ORDER BY id LIMIT %(limit)s::bigint
            ) UNION ALL (
                SELECT id, at, late_after, late_number FROM {_EVENTS}
                WHERE late_after IS NOT NULL
                ORDER BY late_after, late_number LIMIT %(limit)s::bigint
            )
        ) AS events
        ORDER BY place, number LIMIT %(limit)s::bigint
    ), gone AS (
        DELETE FROM {_EVENTS} USING first WHERE events.id = first.id AND is_old
        RETURNING place, number
    ), pruned AS (
        UPDATE {_FEED} SET pruned_place = place, pruned_number = number
        FROM (SELECT place, number FROM gone ORDER BY place DESC, number DESC LIMIT 1) AS last
        WHERE (place, number) > (pruned_place, pruned_number)
    )
    SELECT count(*) FROM gone
    """,
    reads=False,
)
