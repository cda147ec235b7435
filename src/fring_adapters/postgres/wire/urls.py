"""DATABASE_URL, as people spell it, to the connection string that libpq reads.

libpq's own complaints quote what they cannot read, which may be a piece of a password. So what it
would refuse is refused here first, in words that quote nothing but names that are known to be none.
"""

from __future__ import annotations

import re
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from fring_adapters.postgres.wire.parameters import effective

_URL: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME: Final = re.compile(
    r"postgres(ql)?(\+(psycopg|psycopg_async|psycopg2|asyncpg))?", re.IGNORECASE
)
_KEYWORD_AND_VALUE: Final = re.compile(r"[a-z_]+\s*=")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9a-f]{2})|%00", re.IGNORECASE)
_NAME: Final = re.compile(r"\w{1,40}", re.ASCII)
_PORTS: Final = re.compile(r"[0-9]{0,5}(,[0-9]{0,5})*")

_KEYWORDS: Final = frozenset(option.keyword.decode() for option in Conninfo.get_defaults())
_SECRETS: Final = ("password", "sslpassword")
_SSL_MODES: Final = {"true": "require", "false": "disable"}
_ENCODE: Final = (
    "in a user name or password, write %40 for @, %2F for /, %3F for ?, %25 for %, %26 for &,"
    " %20 for a blank"
)
# What other libraries put after the ?, and what to do about it.
_POOL: Final = "FRING_POOL_SIZE and FRING_POOL_OVERFLOW size the pool"
_PREPARE: Final = "FRING_POOL_PREPARE=false is for a PgBouncer that needs it"
_SEARCH_PATH: Final = (
    'leave it out for the schema public; FRING_SCHEMA=name, in Python schema="name", is for another'
)
_TLS: Final = "sslmode, sslrootcert, sslcert and sslkey are libpq's words"
_ELSEWHERE: Final = {
    "schema": _SEARCH_PATH,
    "currentSchema": _SEARCH_PATH,
    "search_path": _SEARCH_PATH,
    "pgbouncer": _PREPARE,
    "prepareThreshold": _PREPARE,
    "statement_cache_size": _PREPARE,
    "prepared_statement_cache_size": _PREPARE,
    "connection_limit": _POOL,
    "pool_size": _POOL,
    "max_overflow": _POOL,
    "pool_timeout": "FRING_POOL_TIMEOUT is how long a request waits for a connection",
    "sslaccept": _TLS,
    "sslidentity": _TLS,
    "sslpassphrase": _TLS,
}


def to_conninfo(url: str) -> str:
    """Return the libpq connection string for a database URL.

    Takes `postgresql://` (or `postgres://`), alone or with `+psycopg`, `+psycopg_async`,
    `+psycopg2` or `+asyncpg`, and reads the rest as libpq does, but asyncpg's `ssl=` as
    `sslmode=`. libpq's `host=… dbname=…` will do too. Raise `ValueError`, which quotes no part of
    a password, for anything else, and `TypeError` for what is no text.
    """
    # Often it comes from os.environ.get, whatever its type says.
    if not isinstance(url, str):
        found = "None: is it set?" if url is None else type(url).__name__
        raise TypeError(
            f"a database URL is a text such as 'postgresql://db.example/fring', not {found}"
        )
    url = url.strip()
    parts = _URL.fullmatch(url)
    if parts and _SCHEME.fullmatch(parts[1]):
        conninfo = "postgresql://" + _for_libpq(parts[2])
    elif _KEYWORD_AND_VALUE.match(url):
        conninfo = url
    else:
        raise ValueError(_what_is_wrong_with(url))
    try:
        found = conninfo_to_dict(conninfo)
    except (psycopg.Error, UnicodeError):
        found = None  # raised below, so that no trace leads to the text
    if found is None:
        raise ValueError(f"libpq cannot read the database URL; {_ENCODE}")
    if not _PORTS.fullmatch(str(found.get("port", ""))):
        raise ValueError(f"the port in the database URL is no number; {_ENCODE}")
    if "://" in str(found.get("dbname", "")):
        raise ValueError("the database's name in the database URL is a URL itself")
    return conninfo


def _for_libpq(rest: str) -> str:
    """Return what follows the scheme; raise `ValueError` for what libpq would not read as meant."""
    if " " in rest or not rest.isprintable():
        raise ValueError(f"the database URL holds a blank or a control character; {_ENCODE}")
    if _BAD_ESCAPE.search(rest):
        raise ValueError(f"the database URL holds a % with no two digits behind it; {_ENCODE}")
    credentials, at, place = rest.rpartition("@")
    if any(each in credentials for each in "@/?"):
        raise ValueError(f"the database URL holds an @ where none can be; {_ENCODE}")
    place, mark, query = place.partition("?")
    # Without an @, what is behind a colon may be a password whose host was forgotten.
    parameters = _parameters(query, suspect=not at and ":" in place)
    return credentials + at + place + mark + parameters


def _parameters(query: str, *, suspect: bool) -> str:
    """Return the query with libpq's words; raise `ValueError` for one that it does not know.

    Its name is quoted, unless it may be a piece of a password, as what follows an & in one.
    """
    read: list[str] = []
    for each in query.removesuffix("&").split("&") if query else ():
        name, equals, value = each.partition("=")
        if not equals or "=" in value:
            raise ValueError(
                "each parameter in the database URL is name=value; inside a value, write %3D for ="
                " and %26 for &"
            )
        if name == "ssl":
            name, value = "sslmode", _SSL_MODES.get(value.lower(), value)
        if name in _ELSEWHERE:
            raise ValueError(f"{name!r} in the database URL is not libpq's: {_ELSEWHERE[name]}")
        if name not in _KEYWORDS:
            quoted = repr(name) if _NAME.fullmatch(name) and not suspect else "a name"
            raise ValueError(
                f"{quoted} in the database URL is no parameter of libpq, and only those may follow"
                f" the ?{f'; {_ENCODE}' if suspect else ''}"
            )
        suspect = suspect or name in _SECRETS
        read.append(f"{name}={value}")
    return "&".join(read)


def _what_is_wrong_with(url: str) -> str:
    must = "a database URL begins with postgresql://"
    if not url.strip():
        return f"{must}, and this one is empty: is it set?"
    if url[:1] in "\"'`" and url:
        return f"{must}, not with a quotation mark: env files of Docker, say, take none"
    if url.startswith("jdbc:"):
        return f"{must}: take jdbc: away, and user= and password= may stay"
    parts = _URL.fullmatch(url)
    return f"{must}, not {parts[1]!r}" if parts else must


def described(url: str) -> str:
    """Return where a database URL leads, without its password, for people to read."""
    conninfo = to_conninfo(url)
    found = effective(conninfo) or conninfo_to_dict(conninfo)
    name = found.get("dbname")
    if "service" in found and not found.get("host") and not name:
        return f"the database of service {found['service']!r}"
    hosts = str(found.get("host") or found.get("hostaddr") or "").split(",")
    ports = str(found.get("port") or "5432").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    places = " or ".join(map(_place, hosts, ports))
    return f"database {name!r} {places}" if name else f"the user's database {places}"


def _place(host: str, port: str) -> str:
    port = port or "5432"
    if not host:
        return f"on the local socket (port {port})"
    return f"at [{host}]:{port}" if ":" in host else f"at {host}:{port}"
