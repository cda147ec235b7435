"""What is sent about receipts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, and_, bindparam, delete, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.tables import receipts
from fring_adapters.postgres.wire.statement import SCHEMA

_IS_IT: Final = and_(receipts.c.caller == bindparam("caller"), receipts.c.key == bindparam("key"))
_HAS_EXPIRED: Final = receipts.c.expires_at <= bindparam("now")

# Advisory locks are the database's, and it may have such a table in several schemas.
_HERE: Final = literal_column(f"'{SCHEMA}.receipts'::regclass::oid::bigint", BigInteger)
_LOCK: Final = bindparam("lock", type_=BigInteger).bitwise_xor(_HERE)
_ONE_ROW: Final = select(literal_column("1")).subquery("one_row")
# Whether the key is this transaction's, and the receipt, if there is one. Whoever looks just before
# another transaction commits may find none, and hold the key; then it cannot keep its own.
HOLD: Final = writing(
    select(
        func.pg_try_advisory_xact_lock(_LOCK),
        receipts.c.request,
        receipts.c.answer,
        receipts.c.expires_at,
    ).select_from(_ONE_ROW.outerjoin(receipts, and_(_IS_IT, ~_HAS_EXPIRED)))
)

_old: Final = receipts.alias("old")
# Two for each that is stored, so there are not more and more of them.
_SOME: Final = (
    select(_old.c.caller, _old.c.key)
    .where(
        _old.c.expires_at <= bindparam("now"),
        or_(_old.c.caller != bindparam("caller"), _old.c.key != bindparam("key")),
    )
    .order_by(_old.c.expires_at)
    .limit(literal_column("2"))
    .with_for_update(skip_locked=True)
    .subquery("some")
)
_REMOVED: Final = (
    delete(receipts)
    .where(receipts.c.caller == _SOME.c.caller, receipts.c.key == _SOME.c.key)
    .cte("removed")
)
_NEW: Final = insert(receipts).values(
    {name: bindparam(name) for name in ("caller", "key", "request", "answer", "expires_at")}
)
KEEP: Final = writing(
    _NEW.on_conflict_do_update(
        index_elements=[receipts.c.caller, receipts.c.key],
        set_={name: _NEW.excluded[name] for name in ("request", "answer", "expires_at")},
        where=_HAS_EXPIRED,
    )
    .returning(receipts.c.key)
    .add_cte(_REMOVED)
)
