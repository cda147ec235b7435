"""The parameters of a connection: what its string, its service and the environment set, and ours."""

from __future__ import annotations

from typing import Any, Final

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn

# Fring's own, for what nobody has set. A network that has gone silent is noticed within seconds.
_DEFAULTS: Final = {
    "application_name": "fring",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "5000",
}


def effective(conninfo: str) -> dict[str, str]:
    """Return what libpq would connect with: the string, its service, PG… variables, defaults.

    Nothing that is not known yet, such as the socket's folder by default; nothing at all if there
    is no such service.
    """
    # An impossible mode ends it when libpq has gathered the parameters, before it connects.
    stopped = PGconn.connect_start(make_conninfo(conninfo, sslmode="impossible").encode())
    found = {each.keyword.decode(): each.val for each in stopped.info}
    stopped.finish()
    return {
        name: value.decode(errors="replace") for name, value in found.items() if value is not None
    }


def arguments(conninfo: str, *, connect_timeout: int) -> dict[str, Any]:
    """Return what to hand to psycopg beside a connection string, to connect as Fring does.

    What the string, its service or a PG… variable sets wins over Fring's defaults, of which
    `connect_timeout` (in seconds) is one. Texts are always UTF-8 on the way.
    """
    found = effective(conninfo)
    defaults = {**_DEFAULTS, "connect_timeout": str(connect_timeout)}
    chosen = {name: found.get(name, value) for name, value in defaults.items()}
    return {**chosen, "client_encoding": "utf8"}
