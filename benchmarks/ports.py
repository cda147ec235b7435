"""A port for a server that is started a moment later."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress
from typing import Final

# Systems give connections, and whoever asks for any port, one above these.
_NEVER_GIVEN: Final = range(10_000, 32_768)


def free_port() -> int:
    """Return a port that nobody listens on, and that no connection is given meanwhile."""
    while True:
        port = secrets.choice(_NEVER_GIVEN)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
