"""The keeper: a process that runs PostgreSQL on a data folder for as long as anybody uses it.

A user of the database holds a connection to the keeper, and that is all there is to using it: the
kernel closes the connection of a program however it ends, and when the last one is closed, the
keeper stops PostgreSQL and ends. `fring_adapters.postgres.embedded` is the other end.
"""

from typing import Final

READY: Final = b"ready\n"
"""What the keeper sends to each user once the database is ready."""
