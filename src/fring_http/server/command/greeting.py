"""What a server says as soon as it serves: where it is, where the data are, and who may come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from rich.text import Text

from fring_http.server.authentication import auth_mode
from fring_http.server.command.output import console, say
from fring_http.server.modes import AuthMode
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fring_http.server.processes.addresses import Address
    from fring_http.server.settings import Settings


@attrs.frozen
class Greeting:
    """Hold what there is to say: `data` in words, the addresses that it listens on.

    `is_narrowed` tells that HOST named more than what is listened on.
    """

    settings: Settings
    data: str
    addresses: Sequence[Address]
    metrics: Sequence[Address]
    is_narrowed: bool = attrs.field(kw_only=True)

    def show(self) -> None:
        """Say it: in columns and colour on a terminal, in plain lines elsewhere."""
        lines = list(self._lines())
        out = console()
        if not out.is_terminal:
            for what, words in lines:
                say(f"{what}: {words}" if what else words)
            return
        width = max(len(what) for what, _ in lines)
        for what, words in lines:
            head = (f"  {what:<{width}}  ", "green") if what else ""
            out.print(Text.assemble(head, (words, "" if what else "bold")))

    def _lines(self) -> Iterator[tuple[str, str]]:
        where = _urls(self.addresses)
        yield "", f"Fring {VERSION} on {where} (documentation: /docs)"
        yield "data", self.data
        yield "authentication", self._authentication()
        if self.is_narrowed:
            yield (
                "host",
                (
                    f"HOST={self.settings.host} stands for this machine alone until"
                    " BETTER_AUTH_SECRET or FRING_JWKS_URL is set, or FRING_AUTH=off if everybody may"
                    " do everything"
                ),
            )
        if self.metrics:
            yield "metrics", ", ".join(f"http://{each}/metrics" for each in self.metrics)

    def _authentication(self) -> str:
        match auth_mode(self.settings):
            case AuthMode.SECRET:
                return "on, by tokens that are signed with BETTER_AUTH_SECRET"
            case AuthMode.JWKS:
                return "on, by tokens whose keys are at FRING_JWKS_URL"
            case AuthMode.OFF:
                return (
                    "off: whoever reaches this server may do anything; BETTER_AUTH_SECRET or"
                    " FRING_JWKS_URL switches it on"
                )


def _urls(addresses: Sequence[Address]) -> str:
    return " and ".join(f"http://{address}" for address in addresses)
