"""The settings of a server, read from the environment and from `.env` files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from fring_core import PERMISSIVE, STRICT, Workflow
from fring_http.server.variables.env_files import environment
from fring_http.server.variables.fields import VARIABLE, set_by
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


def _workflow(text: str) -> Workflow:
    return WORKFLOWS[one_of(tuple(WORKFLOWS))(text)]


def _auth_mode(text: str) -> AuthMode:
    return AuthMode(one_of(tuple(AuthMode))(text))


def _is_auto(text: str) -> bool:
    return one_of(("auto", "off"))(text) == "auto"


def _folder(text: str) -> Path:
    return Path(text).expanduser()


@attrs.frozen(kw_only=True)
class Settings:
    """Hold everything that can be set; `from_environment` says where from.

    Times are in seconds, `pool_size` and `pool_overflow` in connections a worker. An empty
    `database_url` means the embedded database, in `data_dir`. `schema` None means what the
    connection's search path leads to, `cors_origins` None localhost, 127.0.0.1 and [::1] at any
    port, `personal_workflow` None `workflow`. `strays` has a line about each variable that looks
    like a setting and is none.
    """

    database_url: str = set_by("DATABASE_URL", default="", shown=False)
    schema: str | None = set_by("FRING_SCHEMA", default=None)
    host: str = set_by("HOST", default="127.0.0.1")
    port: int = set_by("PORT", whole(1, 65535), default=8000)
    workers: int = set_by("WORKERS", whole(1, 256), default=1)
    drain: float = set_by("FRING_DRAIN_SECONDS", between(0, 600), default=0.0)
    environment: str = set_by("ENVIRONMENT", one_of(ENVIRONMENTS), default="development")
    debug: bool = set_by("DEBUG", debug, default=False)
    log_level: str = set_by("LOG_LEVEL", one_of(LOG_LEVELS), default="info")
    cors_origins: tuple[str, ...] | None = set_by("CORS_ORIGINS", origins, default=None)
    allowed_hosts: tuple[str, ...] | None = set_by("FRING_ALLOWED_HOSTS", hosts, default=None)
    strict_input: bool = set_by("FRING_STRICT_INPUT", boolean, default=False)
    data_dir: Path = set_by("FRING_DATA_DIR", _folder, default=Path(".fring"))
    migrate: bool = set_by("FRING_MIGRATE", _is_auto, default=False)
    workflow: Workflow = set_by("FRING_WORKFLOW", _workflow, default=PERMISSIVE)
    personal_workflow: Workflow | None = set_by("FRING_PERSONAL_WORKFLOW", _workflow, default=None)
    pool_size: int = set_by("FRING_POOL_SIZE", whole(1, 1000), default=16)
    pool_overflow: int = set_by("FRING_POOL_OVERFLOW", whole(0, 1000), default=0)
    pool_timeout: float = set_by("FRING_POOL_TIMEOUT", between(0.01, 60), default=1.0)
    pool_recycle: float = set_by("FRING_POOL_RECYCLE", between(1, 86_400), default=3600.0)
    pool_prepare: bool = set_by("FRING_POOL_PREPARE", boolean, default=True)
    auth: AuthMode | None = set_by("FRING_AUTH", _auth_mode, default=None)
    secret: str = set_by("BETTER_AUTH_SECRET", default="", shown=False)
    jwks_url: str = set_by("FRING_JWKS_URL", address, default="", shown=False)
    token_issuer: str = set_by("FRING_TOKEN_ISSUER", default="")
    token_audience: str = set_by("FRING_TOKEN_AUDIENCE", default="")
    token_seconds: int = set_by("FRING_TOKEN_SECONDS", whole(1, 31_536_000), default=3600)
    token_max_lifetime: int | None = set_by(
        "FRING_TOKEN_MAX_LIFETIME", whole(1, 315_360_000), default=None
    )
    role_claim: str = set_by("FRING_ROLE_CLAIM", default="role")
    subject_claim: str = set_by("FRING_SUBJECT_CLAIM", default="sub")
    registration: bool = set_by("FRING_REGISTRATION", boolean, default=True)
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


# The fields that can be set, each with its variable and what reads it.
VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    field.name: field.metadata[VARIABLE]
    for field in attrs.fields(Settings)
    if VARIABLE in field.metadata
}
