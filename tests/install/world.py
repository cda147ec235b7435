"""A world that has moved on: small wheels of all that is locked, and of far newer releases.

A copy of the clone is laid into it, whose locks have the small wheels' hashes. So all of the
project's own way of installing is run, in seconds, with no index asked.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import attrs

from tests.install.locks import ALL, ROOT, SERVING, entries, version

NEWER = "99999.1"
# These have to work, for they build Fring: they are what is installed here, packed again.
BUILDERS = {"editables", "hatchling", "packaging", "pathspec", "pluggy", "trove-classifiers"}
COPIED = ("Makefile", "tools", "src", "pyproject.toml", "README.md", "LICENSE")


def small_wheel(folder: Path, name: str, pin: str) -> str:
    """Write a wheel with the needs of the installed distribution; return its hash."""
    installed = distribution(name)
    flat = name.replace("-", "_")
    info = f"{flat}-{pin}.dist-info"
    files = {}
    if name in BUILDERS:
        files = {
            str(file): Path(str(file.locate())).read_bytes()
            for file in installed.files or []
            if ".dist-info" not in str(file) and ".." not in file.parts and file.suffix != ".pyc"
        }
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {pin}"]
    lines += [f"Provides-Extra: {e}" for e in installed.metadata.get_all("Provides-Extra") or []]
    lines += [f"Requires-Dist: {line}" for line in installed.requires or []]
    files[f"{info}/METADATA"] = "\n".join([*lines, ""]).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if name in BUILDERS:
        points = installed.read_text("entry_points.txt") or ""  # hatchling finds its parts by them
        files[f"{info}/entry_points.txt"] = points.encode()
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"]).encode()
    path = folder / f"{flat}-{pin}-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        for path_in_wheel, held in files.items():
            archive.writestr(path_in_wheel, held)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@attrs.frozen
class World:
    """Hold a copy of the clone, and the wheels that there are."""

    clone: Path
    wheels: Path

    def make(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run make in the clone; return what it said."""
        return subprocess.run(
            ["make", *words],
            cwd=self.clone,
            env=self.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def environment(self, **settings: str) -> dict[str, str]:
        """Return an environment in which there are no other packages."""
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("PIP_", "MAKE", "MFLAGS"))}
        ours = {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_NO_INDEX": "1",
            "PYTHON": sys.executable,
        }
        return kept | ours | settings

    def installed(self) -> dict[str, str]:
        """Return what the clone's .venv has, but for what every .venv has."""
        program = (
            "import json; from importlib.metadata import distributions;"
            "print(json.dumps({d.name.lower(): d.version for d in distributions()}))"
        )
        done = subprocess.run(
            [self.clone / ".venv/bin/python", "-I", "-c", program], capture_output=True, check=True
        )
        found: dict[str, str] = json.loads(done.stdout)
        return {n: v for n, v in found.items() if n not in {"pip", "setuptools", "fring"}}


def make_world(folder: Path, name: str) -> World:
    """Lay a copy of the clone into a folder of this name, and wheels beside it."""
    clone, wheels = folder / name, folder / "wheels"
    clone.mkdir(parents=True)
    wheels.mkdir()
    for each in COPIED:
        copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
        copy(ROOT / each, clone / each)
    made = {
        (entry.name, version(entry)): small_wheel(wheels, entry.name, version(entry))
        for entry in entries(ALL)
    }
    for needed, _ in made:
        small_wheel(wheels, needed, NEWER)
    for lock in (SERVING, ALL):
        lines = [
            re.sub(r"$", f" --hash=sha256:{made[entry.name, version(entry)]}", str(entry))
            for entry in entries(lock)
            if (entry.name, version(entry)) in made
        ]
        (clone / lock.name).write_text("\n".join([*lines, ""]))
    return World(clone, wheels)
