"""What there is to say of the machine: ports, disk, files with secrets in them."""

from __future__ import annotations

import resource
import shutil
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fring_http.server.database import embedded_folder
from fring_http.server.doctor.findings import Finding, fail, ok, warn
from fring_http.server.processes.addresses import addresses_of
from fring_http.server.settings import SETTINGS
from fring_http.server.variables.env_files import ENV_FILES
from fring_http.server.variables.sources import find_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fring_http.server.settings import Settings

SCARCE_BYTES: Final = 2**30
TOO_FEW_BYTES: Final = 100 * 2**20
FEW_DESCRIPTORS: Final = 1024
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def look_at_machine(settings: Settings, folder: Path) -> Iterator[Finding]:
    """Look at what the settings take for granted of this machine, read from a folder."""
    yield _port("port", settings.host, settings.port, "PORT")
    if settings.metrics and settings.metrics_port is not None:
        yield _port("metrics port", settings.host, settings.metrics_port, "FRING_METRICS_PORT")
    yield _descriptors()
    yield from _secrets(folder)
    if not settings.database_url:
        yield _disk(embedded_folder(settings))


def _port(about: str, host: str, port: int, variable: str) -> Finding:
    try:
        for address in addresses_of(host, port):
            with socket.socket(address.family) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                sock.bind((address.ip, address.port))
    except OSError as error:
        return warn(
            about,
            f"{host}:{port} cannot be listened on now: {error.strerror or error}",
            f"if it is not Fring that runs there, end it, or set another {variable}",
        )
    return ok(about, f"{host}:{port} is free")


def _descriptors() -> Finding:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FEW_DESCRIPTORS:
        return warn(
            "descriptors",
            f"a process may open {hard} files, and each client is one",
            "raise it: LimitNOFILE= of systemd, ulimit -n of a shell",
        )
    return ok("descriptors", "enough files may be opened")


def _secrets(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each file with a secret in it that others may read."""
    try:
        found, _ = find_all(SETTINGS, folder)
    except ValueError:
        return  # the settings tell of it
    secret = {each.variable for each in SETTINGS if each.shown}
    sources = {each.source for variable, each in found.items() if variable in secret}
    paths = {folder / name for name in ENV_FILES if name in sources}
    paths |= {Path(source.rpartition(" (")[0]) for source in sources if source.endswith(")")}
    for path in sorted(paths):
        mode = path.stat().st_mode
        if mode & _OTHERS:
            yield warn(
                "secrets",
                f"{path} has a secret, and others may use the file (mode {stat.filemode(mode)})",
                f"chmod 600 {path}",
            )
        else:
            yield ok("secrets", f"{path} is its owner's alone")


def _disk(folder: Path) -> Finding:
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    words = f"{free / 2**30:.1f} GiB are free where the embedded database is ({place})"
    remedy = "make room, or let FRING_DATA_DIR name another disk"
    if free < TOO_FEW_BYTES:
        return fail("disk", words, remedy)
    return warn("disk", words, remedy) if free < SCARCE_BYTES else ok("disk", words)
