"""What is sent about deliveries: what is to be told, and who is telling it.

The clock is the database's: `statement_timestamp()`, which goes on inside a transaction.
"""

from __future__ import annotations

from typing import Final

from fring_adapters.postgres.sql.statements import by_hand
from fring_adapters.postgres.wire.statement import SCHEMA
from fring_core.deliveries import MOST_UNDER_WAY
from fring_core.webhooks import FAILING, TEST

_WEBHOOKS: Final = f"{SCHEMA}.webhooks"
_DELIVERIES: Final = f"{SCHEMA}.deliveries"
_NOW: Final = "statement_timestamp()"
# As the fields of a delivery.
_COLUMNS: Final = (
    "id, webhook_id, message_id, type, event, created_at, state, attempts, next_at, status, error,"
    " seconds"
)


FOLLOWING: Final = by_hand(
    f"SELECT id, types, place FROM {_WEBHOOKS} WHERE disabled_at IS NULL ORDER BY id", reads=True
)

# Places move with what is told on the way, or neither. Events come once, whoever is told of them.
DELIVER: Final = by_hand(
    f"""
    WITH here AS (
        SELECT id FROM {_WEBHOOKS}
        WHERE id = ANY(%(ids)s) AND place = %(place)s AND disabled_at IS NULL
        ORDER BY id FOR NO KEY UPDATE
    ), moved AS (
        UPDATE {_WEBHOOKS} SET place = %(after)s FROM here WHERE webhooks.id = here.id
        RETURNING webhooks.id
    ), told AS (
        INSERT INTO {_DELIVERIES} (webhook_id, message_id, type, at, event, created_at, next_at)
        SELECT webhook_id, message_id, event ->> 'type', (event ->> 'at')::timestamptz, event,
            {_NOW}, {_NOW}
        FROM unnest(%(webhook_ids)s, %(message_ids)s, %(numbers)s) WITH ORDINALITY
            AS new (webhook_id, message_id, number, n)
        JOIN json_array_elements(%(events)s::json) WITH ORDINALITY AS each (event, number)
            USING (number)
        JOIN moved ON moved.id = webhook_id
        ORDER BY n
    )
    SELECT count(*) FROM moved
    """
)
SEND: Final = by_hand(
    f"""
    WITH here AS (SELECT id FROM {_WEBHOOKS} WHERE id = %(id)s FOR KEY SHARE)
    INSERT INTO {_DELIVERIES} (webhook_id, message_id, type, at, created_at, next_at)
    SELECT id, %(message_id)s, '{TEST}', {_NOW}, {_NOW}, {_NOW} FROM here
    RETURNING {_COLUMNS}
    """
)

LIST: Final = by_hand(
    f"""
    SELECT {_COLUMNS} FROM {_DELIVERIES}
    WHERE webhook_id = %(webhook_id)s AND id < %(before_id)s::bigint
    ORDER BY id DESC LIMIT %(limit)s::bigint
    """,
    reads=True,
)

# Without a claim, nobody can settle it.
AGAIN: Final = by_hand(
    f"""
    UPDATE {_DELIVERIES} SET state = 'pending', attempts = 0, next_at = {_NOW},
        status = NULL, error = NULL, seconds = NULL, claimed_until = NULL
    WHERE id = %(id)s
    RETURNING {_COLUMNS}
    """
)

_IS_DUE: Final = (
    f"webhook_id = webhooks.id AND next_at <= {_NOW}"
    f" AND (claimed_until IS NULL OR claimed_until <= {_NOW})"
)
# Who claims some of a webhook's holds it, and others pass it over. They pass it over, too, if
# somebody else has claimed some since this statement began: it would not see how many.
CLAIM: Final = by_hand(
    f"""
    WITH here AS MATERIALIZED (
        SELECT webhooks.id, webhooks.url, webhooks.secret,
            CASE WHEN webhooks.old_until > {_NOW} THEN webhooks.old_secret END AS old_secret
        FROM {_WEBHOOKS} AS webhooks JOIN {_WEBHOOKS} AS seen
            ON (seen.id, seen.claims) = (webhooks.id, webhooks.claims)
        WHERE webhooks.disabled_at IS NULL
            AND EXISTS (SELECT FROM {_DELIVERIES} WHERE {_IS_DUE})
        FOR NO KEY UPDATE OF webhooks SKIP LOCKED
    ), due AS MATERIALIZED (
        SELECT due.id AS number, next_at AS due_at, webhooks.* FROM here AS webhooks, LATERAL (
            SELECT deliveries.id, next_at FROM {_DELIVERIES} WHERE {_IS_DUE}
            ORDER BY next_at, deliveries.id
            LIMIT greatest(0, {MOST_UNDER_WAY} - (
                SELECT count(*) FROM {_DELIVERIES}
                WHERE webhook_id = webhooks.id AND claimed_until > {_NOW}
            ))
            FOR NO KEY UPDATE SKIP LOCKED
        ) AS due
        ORDER BY due_at, number LIMIT %(limit)s::bigint
    ), counted AS (
        UPDATE {_WEBHOOKS} SET claims = claims + 1 WHERE id IN (SELECT id FROM due)
    ), claimed AS (
        UPDATE {_DELIVERIES} SET claim = claim + 1,
            claimed_until = {_NOW} + make_interval(secs => %(seconds)s)
        FROM due WHERE deliveries.id = number
        RETURNING number, attempts, webhook_id, url, secret, old_secret, message_id, at, type,
            event, claim, due_at
    )
    SELECT * FROM claimed ORDER BY due_at, number
    """
)

_WHY: Final = f"""
    CASE WHEN disabled_at IS NOT NULL THEN disabled_why
        WHEN %(disables)s::text IS NOT NULL THEN %(disables)s::text
        WHEN %(fails)s AND {_NOW} - coalesce(failing_since, {_NOW}) >= %(patience)s::interval
            THEN '{FAILING}'
    END
"""
SETTLE: Final = by_hand(
    f"""
    WITH done AS (
        UPDATE {_DELIVERIES} SET state = %(state)s, attempts = attempts + 1,
            next_at = {_NOW} + %(wait)s::interval, claimed_until = NULL,
            status = %(status)s, error = %(error)s, seconds = %(seconds)s
        WHERE id = %(id)s AND claim = %(claim)s AND claimed_until IS NOT NULL
        RETURNING webhook_id
    ), held AS (
        UPDATE {_WEBHOOKS} SET
            failing_since = CASE WHEN %(fails)s THEN coalesce(failing_since, {_NOW}) END,
            disabled_why = {_WHY},
            disabled_at = CASE WHEN {_WHY} IS NOT NULL THEN coalesce(disabled_at, {_NOW}) END,
            version = version + CASE
                WHEN disabled_at IS NULL AND {_WHY} IS NOT NULL THEN 1 ELSE 0
            END
        FROM done
        WHERE webhooks.id = webhook_id AND (%(fails)s OR failing_since IS NOT NULL)
    )
    SELECT count(*) FROM done
    """
)

FORGET: Final = by_hand(
    f"""
    WITH gone AS (
        DELETE FROM {_DELIVERIES} WHERE id IN (
            SELECT id FROM {_DELIVERIES}
            WHERE next_at IS NULL AND created_at < %(before)s
            ORDER BY created_at, id LIMIT %(limit)s::bigint FOR UPDATE SKIP LOCKED
        )
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """
)
