"""The settings of a server, each of them once: what it is called, what it means, what it may be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import Workflow  # noqa: TC001  # a field's type, for whoever asks attrs
from fring_http.api.rates import Rate  # noqa: TC001  # the same
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.variables.fields import Setting, described, group
from fring_http.server.variables.parsers import (
    address,
    between,
    boolean,
    days,
    debug,
    dsn,
    folder,
    hosts,
    kept,
    named_workflow,
    networks,
    one_of,
    origins,
    read_value,
    switch,
    whole,
)
from fring_http.server.variables.rates import rate
from fring_http.server.variables.sources import find_all
from fring_http.server.variables.texts import hidden, without_password

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY: Final = "memory://"  # the `database_url` of the memory store
ENVIRONMENTS: Final = ("development", "test", "production")
LOG_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
LOG_FORMATS: Final = ("auto", "pretty", "json")
SERVERS: Final = ("granian", "uvicorn")

_serving = group("Serving")
_running = group("How it runs")
_database = group("The database")
_callers = group("Who is calling")
_pages = group("Pages and proxies")
_rules = group("Rules")
_telling = group("What the server tells")


@attrs.frozen(kw_only=True)
class Settings:
    """Hold everything that can be set; `from_environment` says where from.

    `SETTINGS` has what each means. What is absent is None, but for texts, which are empty then.
    `strays` has a line about each variable that looks like a setting and is none.
    """

    database_url: str = _serving(
        "DATABASE_URL",
        "[where the data are](#database_url); absent: the embedded database",
        kept,
        default="",
        shown=without_password,
    )
    host: str = _serving(
        "HOST",
        "address to listen on; `0.0.0.0` for all. Other than loopback it needs authentication, or"
        " `FRING_AUTH=off`",
        default="127.0.0.1",
    )
    port: int = _serving("PORT", "port to listen on", whole(1, 65535), default="8000")
    workers: int = _serving("WORKERS", "processes that serve", whole(1, 256), default="1")
    environment: str = _serving(
        "ENVIRONMENT",
        "`development`, `test` or `production`, which leaves `.env.development` unread, and does"
        " not start without authentication unless `FRING_AUTH=off`",
        one_of(ENVIRONMENTS),
        default="development",
    )
    request_seconds: float = _serving(
        "FRING_REQUEST_SECONDS",
        "seconds until a request whose answer has not begun is a 503; the time in which its body"
        " arrives does not count",
        between(0.1, 3600),
        default="5",
    )
    max_requests: int = _serving(
        "FRING_MAX_REQUESTS",
        "requests that a worker works on at once; those beyond are a 503 at once",
        whole(1, 100_000),
        default="1000",
    )
    idempotency: float = _serving(
        "FRING_IDEMPOTENCY_SECONDS",
        "seconds in which a write with the same [`Idempotency-Key`](http-api.md#retries) is done"
        " once, and answered the same",
        between(1, 31_536_000),
        default="86400",
    )
    drain: float = _running(
        "FRING_DRAIN_SECONDS",
        "seconds that it goes on after it was told to end, while"
        " [`/health/ready`](operations.md#health) sends callers elsewhere",
        between(0, 600),
        default="0",
    )
    server: str = _running(
        "FRING_SERVER",
        "what serves HTTP: `granian`, or `uvicorn`, which needs the extra of that name",
        one_of(SERVERS),
        default="granian",
    )
    worker: bool = _running(
        "FRING_WORKER",
        "call [webhooks](webhooks.md) and [remind of tasks](domain.md#reminders) beside the"
        " requests; `off` leaves that to other servers, or to `fring worker`",
        boolean,
        default="on",
    )

    data_dir: Path = _database(
        "FRING_DATA_DIR",
        "folder of the embedded database, which is `postgres` in it",
        folder,
        default=".fring",
    )
    schema: str | None = _database(
        "FRING_SCHEMA",
        "[schema](operations.md#beside-other-tables) of the tables, made if it is missing; absent:"
        " where the search path leads, as a rule `public`",
    )
    migrate: bool = _database(
        "FRING_MIGRATE",
        "`auto` upgrades the tables of an older Fring at the start",
        switch("auto", "off"),
        default="off",
    )
    read_database_url: str = _database(
        "FRING_READ_DATABASE_URL",
        "PostgreSQL [standby](operations.md#reads-from-a-standby) that requests which only read may"
        " be answered from; absent: none",
        kept,
        default="",
        shown=without_password,
    )
    read_lag: float = _database(
        "FRING_READ_LAG_SECONDS",
        "seconds that it may be behind, at most, and that whoever has written reads from"
        " `DATABASE_URL` alone",
        between(0.1, 300),
        default="5",
    )
    pool_size: int = _database(
        "FRING_POOL_SIZE", "connections that each worker keeps open", whole(1, 1000), default="16"
    )
    pool_overflow: int = _database(
        "FRING_POOL_OVERFLOW",
        "connections that it may open beyond those, under load",
        whole(0, 1000),
        default="0",
    )
    pool_timeout: float = _database(
        "FRING_POOL_TIMEOUT",
        "seconds that a request waits for a connection",
        between(0.01, 60),
        default="1",
    )
    pool_recycle: float = _database(
        "FRING_POOL_RECYCLE",
        "seconds after which a connection is replaced",
        between(1, 86_400),
        default="3600",
    )
    pool_prepare: bool = _database(
        "FRING_POOL_PREPARE",
        "prepare statements; `false` behind a PgBouncer that does not"
        " [keep track of them](troubleshooting.md#pooled-endpoints-and-pgbouncer)",
        boolean,
        default="true",
    )
    coalesce: bool = _database(
        "FRING_COALESCE",
        "send calls that come together as one statement",
        boolean,
        default="true",
    )
    statement_timeout: float = _database(
        "FRING_STATEMENT_TIMEOUT",
        "seconds that a statement may take; then it is cancelled, and its request is a 503",
        between(0.1, 3600),
        default="10",
    )

    auth: AuthMode | None = _callers(
        "FRING_AUTH",
        "[mode of identity](identity.md#three-modes): `off`, `secret` or `jwks`; absent: what the"
        " next two say",
        one_of(tuple(AuthMode), AuthMode),
    )
    secret: str = _callers(
        "BETTER_AUTH_SECRET",
        "secret that tokens are signed with, at least 32 bytes",
        kept,
        default="",
        shown=hidden,
    )
    jwks_url: str = _callers(
        "FRING_JWKS_URL",
        "where the public keys are that tokens are signed with",
        address("/api/auth/jwks"),
        default="",
        shown=without_password,
    )
    token_issuer: str = _callers(
        "FRING_TOKEN_ISSUER", "`iss` that a token must have; absent: any", default=""
    )
    token_audience: str = _callers(
        "FRING_TOKEN_AUDIENCE", "`aud` that a token must have; absent: any", default=""
    )
    token_seconds: int = _callers(
        "FRING_TOKEN_SECONDS",
        "seconds that a token of Fring's own is valid",
        whole(1, 31_536_000),
        default="3600",
    )
    token_max_lifetime: int | None = _callers(
        "FRING_TOKEN_MAX_LIFETIME",
        "most seconds that a token may be valid; absent: any number",
        whole(1, 315_360_000),
    )
    role_claim: str = _callers(
        "FRING_ROLE_CLAIM",
        "claim that has the role: `viewer`, `member` or `admin`",
        default="role",
    )
    subject_claim: str = _callers(
        "FRING_SUBJECT_CLAIM", "claim that has the subject", default="sub"
    )
    registration: bool = _callers(
        "FRING_REGISTRATION",
        "`off` lets nobody register; [`fring user`](identity.md#the-first-admin) still makes"
        " accounts",
        boolean,
        default="on",
    )
    rate_login: Rate | None = _callers(
        "FRING_RATE_LOGIN",
        "wrong passwords of an account from an address that are looked at, as a number and `/second`,"
        " `/minute`, `/hour` or `/day`; beyond are [429](operations.md#limits-on-rates); `off`: any"
        " number",
        rate,
        default="10/minute",
    )
    rate_register: Rate | None = _callers(
        "FRING_RATE_REGISTER",
        "the same for accounts that are registered from an address other than loopback",
        rate,
        default="20/hour",
    )
    rate_users: Rate | None = _callers(
        "FRING_RATE_USERS",
        "the same for users that a caller creates",
        rate,
        default="off",
    )
    rate_requests: Rate | None = _callers(
        "FRING_RATE_REQUESTS",
        "the same for requests of a caller to the API, counted by each worker for itself",
        rate,
        default="off",
    )

    cors_origins: tuple[str, ...] | None = _pages(
        "CORS_ORIGINS",
        "origins that browsers may call from, with commas between them, or a JSON list;"
        " `https://*.app.example` stands for one label; absent: localhost, 127.0.0.1 and [::1] at"
        " any port. Pages of others do not write without a token",
        origins,
    )
    allowed_hosts: tuple[str, ...] | None = _pages(
        "FRING_ALLOWED_HOSTS",
        "hosts under whose names to answer, with commas between them, beside localhost and `HOST`;"
        " absent: those two without authentication, any with it",
        hosts,
    )
    trusted_proxies: tuple[str, ...] = _pages(
        "FRING_TRUSTED_PROXIES",
        "addresses or networks of proxies, with commas between them, whose `Forwarded` or"
        " `X-Forwarded-…` is believed; absent: nobody's",
        networks,
        default="",
    )

    strict_input: bool = _rules(
        "FRING_STRICT_INPUT",
        "refuse fields and parameters that are not known (422); else they are ignored, and the"
        " answer's `Fring-Ignored` names them",
        boolean,
        default="false",
    )
    require_if_match: bool = _rules(
        "FRING_REQUIRE_IF_MATCH",
        "refuse a PUT, PATCH or DELETE of a user or a task without"
        " [`If-Match`](http-api.md#lost-updates) (428)",
        boolean,
        default="false",
    )
    workflow: Workflow = _rules(
        "FRING_WORKFLOW",
        "which changes of status are allowed, or `strict`",
        named_workflow,
        default="permissive",
    )
    personal_workflow: Workflow | None = _rules(
        "FRING_PERSONAL_WORKFLOW",
        "the same for personal lists; absent: what `FRING_WORKFLOW` says",
        named_workflow,
    )
    event_days: int | None = _rules(
        "FRING_EVENT_DAYS",
        "days that [events](events.md#what-is-kept), and deliveries of webhooks, are kept; `off`:"
        " for ever",
        days,
        default="90",
    )
    event_text: bool = _rules(
        "FRING_EVENT_TEXT",
        "`off` keeps descriptions out of [events](events.md); their length and hash stay",
        boolean,
        default="on",
    )
    webhook_private: bool = _rules(
        "FRING_WEBHOOK_PRIVATE",
        "`true` lets [webhooks lead](webhooks.md#what-is-called-and-what-is-not) to this machine, and"
        " to networks that are not public",
        boolean,
        default="false",
    )

    debug: bool = _telling(
        "DEBUG",
        "`true` logs debug messages, whatever `LOG_LEVEL` says",
        debug,
        default="false",
    )
    log_level: str = _telling(
        "LOG_LEVEL",
        "`debug`, `info`, `warning`, `error` or `critical`",
        one_of(LOG_LEVELS),
        default="info",
    )
    log_format: str = _telling(
        "LOG_FORMAT",
        "`pretty` for people, `json` for programs; `auto`: pretty on a terminal, JSON elsewhere",
        one_of(LOG_FORMATS),
        default="auto",
    )
    access_log: bool = _telling(
        "FRING_ACCESS_LOG", "log a line for each request", boolean, default="on"
    )
    metrics: bool = _telling(
        "FRING_METRICS",
        "count requests and show [`/metrics`](operations.md#metrics)",
        boolean,
        default="on",
    )
    metrics_port: int | None = _telling(
        "FRING_METRICS_PORT",
        "port of their own to show them on, to whoever asks; absent: `PORT`",
        whole(1, 65535),
    )
    metrics_token: str = _telling(
        "FRING_METRICS_TOKEN",
        "token that whoever asks for them on `PORT` has to bring; with authentication they are"
        " shown there with it alone",
        kept,
        default="",
        shown=hidden,
    )
    traces: str = _telling(
        "FRING_TRACES",
        "OTLP collector that [traces](operations.md#traces-and-errors) are sent to, such as"
        " `http://127.0.0.1:4318`; needs the extra `tracing`",
        address(""),
        default="",
        shown=without_password,
    )
    sentry_dsn: str = _telling(
        "SENTRY_DSN",
        "where Sentry takes errors; needs the extra `sentry`",
        dsn,
        default="",
        shown=hidden,
    )
    strays: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, folder: Path | None = None) -> Settings:
        """Read the settings: the environment wins, then `.env.development`, then `.env`.

        The files are looked for in `folder` (None: the current one), `.env.development` not in
        production. An empty variable counts as absent. Raise `SettingsError` with every value that
        cannot be used, and every line of a file that cannot be read.
        """
        try:
            found, unknown = find_all(SETTINGS, folder or Path.cwd())
        except ValueError as error:
            raise SettingsError(str(error)) from None
        texts = {variable: each.text for variable, each in found.items()}
        try:
            return attrs.evolve(cls.from_mapping(texts), strays=tuple(unknown))
        except SettingsError as error:
            raise SettingsError("\n".join([str(error), *unknown])) from None

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Settings:
        """Read the settings from variables by name; raise `SettingsError` with all faults."""
        given: dict[str, Any] = {}
        faults: list[str] = []
        for setting in SETTINGS:
            if text := values.get(setting.variable):
                try:
                    given[setting.field] = read_value(setting, text)
                except ValueError as error:
                    faults.append(str(error))
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**given)


SETTINGS: Final[tuple[Setting, ...]] = tuple(described(Settings))
