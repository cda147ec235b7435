"""Read the locks, and what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
SERVING = ROOT / "requirements-serve.lock"
ALL = ROOT / "requirements.lock"
MUTATION = ROOT / "requirements-mutation.lock"
EXTRAS = ("server", "embedded")

Environment = Mapping[str, str]
MACHINES = {"linux": ("x86_64", "aarch64"), "darwin": ("x86_64", "arm64")}
# The patch releases are those that the locks' markers tell apart from others, and from none.
PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0")
ENVIRONMENTS: list[Environment] = [
    {
        "implementation_name": "cpython",
        "implementation_version": python,
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": system.capitalize(),
        "platform_version": "",
        "python_full_version": python,
        "python_version": python.rpartition(".")[0],
        "sys_platform": system,
    }
    for python, (system, machines) in product(PYTHONS, MACHINES.items())
    for machine in machines
]


def here() -> Environment:
    """Return the environment that this Python is."""
    return {name: str(value) for name, value in default_environment().items()}


@cache
def entries(lock: Path) -> list[Requirement]:
    """Return the lines of a lock, without their hashes."""
    found = re.findall(r"^([A-Za-z0-9][^\\\n]*)", lock.read_text(), re.MULTILINE)
    return [Requirement(line) for line in found]


@cache
def hashes(lock: Path) -> dict[str, set[str]]:
    """Return the hashes that a lock admits of each `name==version`."""
    blocks = re.findall(r"^(\S+==\S+).*((?:\n    --hash.*)+)", lock.read_text(), re.MULTILINE)
    return {line: set(re.findall(r"--hash=sha256:(\w+)", block)) for line, block in blocks}


def version(entry: Requirement) -> str:
    """Return the version that an entry pins."""
    (pin,) = entry.specifier
    assert pin.operator == "=="
    return pin.version


def pinned(lock: Path, environment: Environment) -> dict[str, str]:
    """Return the version of each distribution that a lock installs in an environment."""
    chosen: dict[str, str] = {}
    for entry in entries(lock):
        if entry.marker is None or entry.marker.evaluate(dict(environment)):
            name = canonicalize_name(entry.name)
            assert name not in chosen, f"{name} twice in {lock.name}"
            chosen[name] = version(entry)
    return chosen


def asked(extras: tuple[str, ...], groups: tuple[str, ...]) -> Iterator[Requirement]:
    """Yield what pyproject.toml asks for, with these extras and dependency groups."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    yield from map(Requirement, said["project"]["dependencies"])
    for extra in extras:
        for line in said["project"]["optional-dependencies"][extra]:
            requirement = Requirement(line)
            if requirement.name == "fring":
                yield from asked(tuple(requirement.extras), ())
            else:
                yield requirement
    for group in groups:
        for each in said["dependency-groups"][group]:
            if isinstance(each, dict):
                yield from asked((), (each["include-group"],))
            else:
                yield Requirement(each)


def every_extra() -> tuple[str, ...]:
    """Return the names of all extras."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return tuple(said["project"]["optional-dependencies"])
