"""The settings of a server, read from the environment and from `.env` files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from dotenv import dotenv_values

from fring_core import PERMISSIVE, STRICT, Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

WORKFLOWS: Final = {"permissive": PERMISSIVE, "strict": STRICT}
LOG_LEVELS: Final = ("debug", "info", "warning", "error", "critical")
_TRUE: Final = ("true", "1", "yes", "on")
_FALSE: Final = ("false", "0", "no", "off")


class SettingsError(Exception):
    """Report a setting that cannot be used, by its name."""


@attrs.frozen(kw_only=True)
class Settings:
    """Hold everything that can be set; `from_environment` says where from.

    Times are in seconds, `pool_size` and `pool_overflow` in connections a worker. An empty
    `database_url` means the embedded database, in `data_dir`. `cors_origins` None means
    localhost and 127.0.0.1 at any port.
    """

    database_url: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    environment: str = "development"
    debug: bool = False
    log_level: str = "info"
    cors_origins: tuple[str, ...] | None = None
    data_dir: Path = Path(".fring")
    migrate: bool = False
    workflow: Workflow = PERMISSIVE
    pool_size: int = 16
    pool_overflow: int = 0
    pool_timeout: float = 1.0
    pool_recycle: float = 3600.0
    pool_prepare: bool = True

    @classmethod
    def from_environment(cls, folder: Path | None = None) -> Settings:
        """Read the settings: the environment wins, then `.env.development`, then `.env`.

        The files are looked for in `folder` (None: the current one), `.env.development` not in
        production. An empty variable counts as absent. Raise `SettingsError` for a value that
        cannot be used.
        """
        return cls.from_mapping(_environment(folder or Path.cwd()))

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> Settings:
        """Read the settings from variables by name; raise `SettingsError`."""
        given: dict[str, Any] = {
            field: _parse(variable, values[variable], parse)
            for field, (variable, parse) in VARIABLES.items()
            if values.get(variable)
        }
        return cls(**given)


def _environment(folder: Path) -> dict[str, str]:
    shared = _file(folder / ".env")
    environment = os.environ.get("ENVIRONMENT") or shared.get("ENVIRONMENT")
    if environment == "production":
        return shared | _present(os.environ)
    return shared | _file(folder / ".env.development") | _present(os.environ)


def _file(path: Path) -> dict[str, str]:
    return _present(dotenv_values(path))


def _present(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _parse(variable: str, text: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise SettingsError(f"{variable}={text} cannot be used: {error}") from None


def _between(least: float, most: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        number = float(text)
        if not least <= number <= most:
            raise ValueError(f"must be between {least:g} and {most:g}")
        return number

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text)
        if not least <= number <= most:
            raise ValueError(f"must be between {least} and {most}")
        return number

    return parse


def _boolean(text: str) -> bool:
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError("must be true or false")
    return text.lower() in _TRUE


def _one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in names:
            raise ValueError("must be one of " + ", ".join(names))
        return text.lower()

    return parse


def _origins(text: str) -> tuple[str, ...]:
    found = json.loads(text) if text.lstrip().startswith("[") else text.split(",")
    origins = tuple(str(origin).strip().rstrip("/") for origin in found if str(origin).strip())
    if "*" in origins:
        raise ValueError("'*' cannot go with credentials; name the origins")
    if not all("://" in origin for origin in origins):
        raise ValueError("an origin looks like https://app.example")
    return origins


VARIABLES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "database_url": ("DATABASE_URL", str),
    "host": ("HOST", str),
    "port": ("PORT", _whole(1, 65535)),
    "workers": ("WORKERS", _whole(1, 256)),
    "environment": ("ENVIRONMENT", str),
    "debug": ("DEBUG", _boolean),
    "log_level": ("LOG_LEVEL", _one_of(LOG_LEVELS)),
    "cors_origins": ("CORS_ORIGINS", _origins),
    "data_dir": ("FRING_DATA_DIR", lambda text: Path(text).expanduser()),
    "migrate": ("FRING_MIGRATE", lambda text: _one_of(("auto", "off"))(text) == "auto"),
    "workflow": ("FRING_WORKFLOW", lambda text: WORKFLOWS[_one_of(tuple(WORKFLOWS))(text)]),
    "pool_size": ("FRING_POOL_SIZE", _whole(1, 1000)),
    "pool_overflow": ("FRING_POOL_OVERFLOW", _whole(0, 1000)),
    "pool_timeout": ("FRING_POOL_TIMEOUT", _between(0.01, 60)),
    "pool_recycle": ("FRING_POOL_RECYCLE", _between(1, 86_400)),
    "pool_prepare": ("FRING_POOL_PREPARE", _boolean),
}
