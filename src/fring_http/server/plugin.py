"""Fring inside a Litestar application: its APIs below a path, its commands below `litestar`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import asgi
from litestar.plugins import CLIPlugin, InitPlugin
from litestar.types import Receive, Scope, Send  # noqa: TC002  # Litestar reads the types

from fring_http.server.settings import Settings
from fring_http.server.wiring import Wiring

if TYPE_CHECKING:
    from click import Group
    from litestar.config.app import AppConfig


class FringPlugin(InitPlugin, CLIPlugin):
    """Mount what `fring serve` serves below a path of a Litestar application.

    `settings` are those of the environment if they are None. The application's lifespan opens the
    store, after it has checked the tables. `litestar fring …` are the commands of `fring`, which
    read the environment. Raise `SettingsError` for what cannot be served, and without a
    DATABASE_URL.
    """

    def __init__(self, path: str = "/fring", settings: Settings | None = None) -> None:
        self._path = path
        self._settings = settings

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Add the mounted application, and what opens and closes with the other one."""
        wiring = Wiring.alone(self._settings or Settings.from_environment())
        mounted: Any = wiring.application()

        @asgi(self._path, is_mount=True, copy_scope=True)
        async def fring(scope: Scope, receive: Receive, send: Send) -> None:
            await mounted(scope, receive, send)

        app_config.route_handlers.append(fring)
        app_config.lifespan.append(lambda _: wiring.opened(prepares=True))
        return app_config

    def on_cli_init(self, cli: Group) -> None:
        """Add the commands."""
        from fring_http.server.command.cli import fring  # noqa: PLC0415  # a server does without

        cli.add_command(fring)
