"""What is sent about webhooks."""

from __future__ import annotations

from typing import Final

from fring_adapters.postgres.sql.statements import by_hand
from fring_adapters.postgres.wire.statement import SCHEMA

_WEBHOOKS: Final = f"{SCHEMA}.webhooks"
# As the fields of a webhook.
_COLUMNS: Final = "id, url, types, description, created_at, version, disabled_at, disabled_why"


ADD: Final = by_hand(
    f"""
    INSERT INTO {_WEBHOOKS} (url, types, description, created_at, secret, place)
    VALUES (
        %(url)s, %(types)s, %(description)s, statement_timestamp(), %(secret)s, %(place)s
    )
    RETURNING {_COLUMNS}
    """
)
GET: Final = by_hand(f"SELECT {_COLUMNS} FROM {_WEBHOOKS} WHERE id = %(id)s", reads=True)
LIST: Final = by_hand(
    f"""
    SELECT {_COLUMNS} FROM {_WEBHOOKS} WHERE id > %(after)s::bigint
    ORDER BY id LIMIT %(limit)s::bigint OFFSET %(skip)s::bigint
    """,
    reads=True,
)

# Whoever changes it keeps others from it until the transaction ends.
FIND: Final = by_hand(f"SELECT {_COLUMNS} FROM {_WEBHOOKS} WHERE id = %(id)s FOR NO KEY UPDATE")
_IS_ENABLED: Final = "disabled_at IS NOT NULL AND %(disabled_at)s::timestamptz IS NULL"
SAVE: Final = by_hand(
    f"""
    UPDATE {_WEBHOOKS} SET
        url = %(url)s, types = %(types)s, description = %(description)s, version = version + 1,
        disabled_at = %(disabled_at)s, disabled_why = %(disabled_why)s,
        place = CASE WHEN {_IS_ENABLED} THEN %(place)s ELSE place END,
        failing_since = CASE WHEN {_IS_ENABLED} THEN NULL ELSE failing_since END
    WHERE id = %(id)s
    RETURNING {_COLUMNS}
    """
)

REMOVE: Final = by_hand(
    f"""
    WITH found AS (
        SELECT id, version FROM {_WEBHOOKS} WHERE id = %(id)s FOR UPDATE
    ), gone AS (
        DELETE FROM {_WEBHOOKS} USING found
        WHERE webhooks.id = found.id
            AND found.version = coalesce(%(version)s::bigint, found.version)
    )
    SELECT version FROM found
    """
)
ROTATE: Final = by_hand(
    f"""
    UPDATE {_WEBHOOKS} SET
        secret = %(secret)s, old_secret = secret,
        old_until = statement_timestamp() + %(keep)s::interval
    WHERE id = %(id)s
    RETURNING {_COLUMNS}
    """
)
