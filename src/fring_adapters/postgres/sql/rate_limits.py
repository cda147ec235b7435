"""What is sent about limits on rates: the generic cell rate algorithm, in one statement.

`fring_http.api.rates.gcra` says the same in Python. Who comes at the same moment waits for the
row; who then finds the clock behind another's is only later to be let through.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from fring_adapters.postgres.sql.statements import writing
from fring_adapters.postgres.sql.tables import rate_limits

# Whole microseconds. Tests have a clock of their own.
_CLOCK: Final = select(
    func.coalesce(
        cast(bindparam("now"), BigInteger),
        cast(literal_column("extract(epoch FROM clock_timestamp()) * 1000000"), BigInteger),
    ).label("now")
).cte("clock")
_NOW: Final = select(_CLOCK.c.now).scalar_subquery()
_ZERO: Final = literal_column("0", BigInteger)
_INTERVAL: Final = cast(bindparam("interval"), BigInteger)
_WINDOW: Final = cast(bindparam("window"), BigInteger)
_IS_IT: Final = rate_limits.c.key == bindparam("key")

_AHEAD: Final = func.greatest(func.least(rate_limits.c.tat - _NOW, _WINDOW), _ZERO)
_FITS: Final = _AHEAD + _INTERVAL <= _WINDOW
_FIRST: Final = insert(rate_limits).from_select(
    ["key", "tat", "let_through"],
    select(cast(bindparam("key"), rate_limits.c.key.type), _CLOCK.c.now + _INTERVAL, true()),
)
SPEND: Final = writing(
    _FIRST.on_conflict_do_update(
        index_elements=[rate_limits.c.key],
        set_={
            "tat": _NOW + _AHEAD + case((_FITS, _INTERVAL), else_=_ZERO),
            "let_through": _FITS,
        },
    ).returning(rate_limits.c.let_through, rate_limits.c.tat - _NOW)
)
REFUND: Final = writing(
    update(rate_limits)
    .values(tat=rate_limits.c.tat - _INTERVAL)
    .where(_IS_IT)
    .returning(rate_limits.c.tat)
)
# A TAT of the past says no more than none.
_PAST: Final = delete(rate_limits).where(rate_limits.c.tat < _NOW).returning(rate_limits.c.key)
_SWEPT: Final = _PAST.cte("swept")
SWEEP: Final = writing(select(func.count(_SWEPT.c.key)))
