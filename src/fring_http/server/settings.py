"""The settings of a server, read from the environment and from `.env` files."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import PERMISSIVE, STRICT, Workflow
from fring_http.api.door import authority
from fring_http.server.variables.env_files import environment
from fring_http.server.variables.parsers import (
    address,
    between,
    boolean,
    debug,
    hosts,
    one_of,
    origins,
    read_value,
    whole,
)
from fring_http.server.variables.strays import strays

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

BOTH_FAMILIES: Final = "::"
MEMORY: Final = "memory://"  # the `database_url` of the memory store
WORKFLOWS: Final = {"permissive": PERMISSIVE, "strict": STRICT}
ENVIRONMENTS: Final = ("development", "test", "production")
NEW_SECRET: Final = "`openssl rand -base64 32` makes one"  # noqa: S105  # advice, no secret
LOG_LEVELS: Final = ("debug", "info", "warning", "error", "critical")


class AuthMode(StrEnum):
    """Name the ways to tell who is calling."""

    OFF = "off"
    SECRET = "secret"  # noqa: S105  # a word, not one to keep
    JWKS = "jwks"


class SettingsError(Exception):
    """Report settings that cannot be used, by their names, a line each."""


@attrs.frozen(kw_only=True)
class Settings:
    """Hold everything that can be set; `from_environment` says where from.

    Times are in seconds, `pool_size` and `pool_overflow` in connections a worker. An empty
    `database_url` means the embedded database, in `data_dir`. `schema` None means what the
    connection's search path leads to, `cors_origins` None localhost, 127.0.0.1 and [::1] at any
    port, `personal_workflow` None `workflow`. `strays` has a line about each variable that looks
    like a setting and is none.
    """

    database_url: str = attrs.field(default="", repr=False)
    schema: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    environment: str = "development"
    debug: bool = False
    log_level: str = "info"
    cors_origins: tuple[str, ...] | None = None
    allowed_hosts: tuple[str, ...] | None = None
    strict_input: bool = False
    data_dir: Path = Path(".fring")
    migrate: bool = False
    workflow: Workflow = PERMISSIVE
    personal_workflow: Workflow | None = None
    pool_size: int = 16
    pool_overflow: int = 0
    pool_timeout: float = 1.0
    pool_recycle: float = 3600.0
    pool_prepare: bool = True
    auth: AuthMode | None = None
    secret: str = attrs.field(default="", repr=False)
    jwks_url: str = attrs.field(default="", repr=False)
    token_issuer: str = ""
    token_audience: str = ""
    token_seconds: int = 3600
    token_max_lifetime: int | None = None
    role_claim: str = "role"
    subject_claim: str = "sub"
    registration: bool = True
    strays: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, folder: Path | None = None) -> Settings:
        """Read the settings: the environment wins, then `.env.development`, then `.env`.

        The files are looked for in `folder` (None: the current one), `.env.development` not in
        production. An empty variable counts as absent. Raise `SettingsError` for a value that
        cannot be used, and for a line of a file that cannot be read.
        """
        names = [name for name, _ in VARIABLES.values()]
        try:
            values = environment(folder or Path.cwd(), names)
        except ValueError as error:
            raise SettingsError(str(error)) from None
        unknown = strays(values, names)
        try:
            return attrs.evolve(cls.from_mapping(values), strays=tuple(unknown))
        except SettingsError as error:
            raise SettingsError("\n".join([str(error), *unknown])) from None

    def auth_mode(self) -> AuthMode:
        """Return how callers are told apart; raise `SettingsError` if that is not clear.

        The variables that are set decide, FRING_AUTH where both are; in production, no
        authentication at all has to be said.
        """
        if self.auth is AuthMode.OFF:
            return AuthMode.OFF
        if self.auth is None and self.secret and self.jwks_url:
            raise SettingsError(
                "BETTER_AUTH_SECRET and FRING_JWKS_URL are both set; FRING_AUTH=secret or jwks"
                " says which counts"
            )
        if self.auth is AuthMode.SECRET or (self.auth is None and self.secret):
            if not self.secret:
                raise SettingsError(f"FRING_AUTH=secret needs BETTER_AUTH_SECRET; {NEW_SECRET}")
            return AuthMode.SECRET
        if self.auth is AuthMode.JWKS or self.jwks_url:
            if not self.jwks_url:
                raise SettingsError(
                    "FRING_AUTH=jwks needs FRING_JWKS_URL, where the issuer's keys are, such as"
                    " https://app.example/api/auth/jwks"
                )
            return AuthMode.JWKS
        if self.environment == "production":
            raise SettingsError(
                "In production, set BETTER_AUTH_SECRET or FRING_JWKS_URL; FRING_AUTH=off serves"
                " everything to everybody"
            )
        return AuthMode.OFF

    def known_hosts(self) -> tuple[str, ...] | None:
        """Return the names under which to answer, beside those of this machine; None for any.

        Without authentication a page must not come in by giving its own name our address.
        """
        if self.allowed_hosts is None and self.auth_mode() is AuthMode.OFF:
            return ()
        return self.allowed_hosts

    def listening_host(self) -> str:
        """Return where to listen.

        Raise `SettingsError` if another machine could reach a server that asks for no token, unless
        FRING_AUTH=off says that it may. `::`, which is how both families are asked for, is then
        `localhost`, which has both too.
        """
        self._check_host()
        if self.auth is AuthMode.OFF or self.auth_mode() is not AuthMode.OFF:
            return self.host
        try:
            local = authority.resolves_to_loopback(self.host)
        except (OSError, UnicodeError) as error:
            raise SettingsError(f"Cannot listen on {self.host}: {error}") from None
        if not local and self.host != BOTH_FAMILIES:
            raise SettingsError(
                f"HOST={self.host} lets other machines in, and nobody is asked for a token: set"
                " BETTER_AUTH_SECRET or FRING_JWKS_URL, or FRING_AUTH=off if everybody may do"
                " everything"
            )
        return self.host if local else "localhost"

    def _check_host(self) -> None:
        """Raise `SettingsError` for a URL, or a host with its port: people have one at hand."""
        _, _, host = self.host.rpartition("://")
        with suppress(ValueError):
            name, port = authority.split(host.removesuffix("/"))
            if host != self.host or port is not None:
                alone = f"HOST={name} PORT={port or self.port}"
                raise SettingsError(f"HOST={self.host} is more than a host: set {alone}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Settings:
        """Read the settings from variables by name; raise `SettingsError` with all faults."""
        given: dict[str, Any] = {}
        faults: list[str] = []
        for field, (variable, parse) in VARIABLES.items():
            if value := values.get(variable):
                try:
                    given[field] = read_value(variable, value, parse)
                except ValueError as error:
                    faults.append(str(error))
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**given)


def _workflow(text: str) -> Workflow:
    return WORKFLOWS[one_of(tuple(WORKFLOWS))(text)]


VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "database_url": ("DATABASE_URL", str),
    "schema": ("FRING_SCHEMA", str),
    "host": ("HOST", str),
    "port": ("PORT", whole(1, 65535)),
    "workers": ("WORKERS", whole(1, 256)),
    "environment": ("ENVIRONMENT", one_of(ENVIRONMENTS)),
    "debug": ("DEBUG", debug),
    "log_level": ("LOG_LEVEL", one_of(LOG_LEVELS)),
    "cors_origins": ("CORS_ORIGINS", origins),
    "allowed_hosts": ("FRING_ALLOWED_HOSTS", hosts),
    "strict_input": ("FRING_STRICT_INPUT", boolean),
    "data_dir": ("FRING_DATA_DIR", lambda text: Path(text).expanduser()),
    "migrate": ("FRING_MIGRATE", lambda text: one_of(("auto", "off"))(text) == "auto"),
    "workflow": ("FRING_WORKFLOW", _workflow),
    "personal_workflow": ("FRING_PERSONAL_WORKFLOW", _workflow),
    "pool_size": ("FRING_POOL_SIZE", whole(1, 1000)),
    "pool_overflow": ("FRING_POOL_OVERFLOW", whole(0, 1000)),
    "pool_timeout": ("FRING_POOL_TIMEOUT", between(0.01, 60)),
    "pool_recycle": ("FRING_POOL_RECYCLE", between(1, 86_400)),
    "pool_prepare": ("FRING_POOL_PREPARE", boolean),
    "auth": ("FRING_AUTH", lambda text: AuthMode(one_of(tuple(AuthMode))(text))),
    "secret": ("BETTER_AUTH_SECRET", str),
    "jwks_url": ("FRING_JWKS_URL", address),
    "token_issuer": ("FRING_TOKEN_ISSUER", str),
    "token_audience": ("FRING_TOKEN_AUDIENCE", str),
    "token_seconds": ("FRING_TOKEN_SECONDS", whole(1, 31_536_000)),
    "token_max_lifetime": ("FRING_TOKEN_MAX_LIFETIME", whole(1, 315_360_000)),
    "role_claim": ("FRING_ROLE_CLAIM", str),
    "subject_claim": ("FRING_SUBJECT_CLAIM", str),
    "registration": ("FRING_REGISTRATION", boolean),
}
