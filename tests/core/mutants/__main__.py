"""Print the faults that mutmut cannot make, and whether tests/core notices them.

Takes minutes: python -m tests.core.mutants
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import fring_core
from tests.stores.mutants.catalogue import Mutant

CORE = Path(fring_core.__file__).parent
TESTS = Path(__file__).parents[1]
# What looks at the sources themselves proves nothing about them.
LEFT_OUT = ("test_contract_kit.py", "test_imports.py", "test_typing.py")


def catalogue() -> list[Mutant]:
    """Return the faults."""
    text = (TESTS / "mutants/catalogue.toml").read_text()
    return [Mutant("fring_core", **entry) for entry in tomllib.loads(text)["mutant"]]


def kills(mutant: Mutant) -> bool:
    """Tell whether a test fails on a copy of the core with this fault."""
    with TemporaryDirectory() as folder:
        copy = copytree(CORE, Path(folder) / "fring_core")
        for file in copy.rglob("*.py"):
            name = file.relative_to(copy).as_posix()
            file.write_text(mutant.source(name, file.read_text()))
        path = os.pathsep.join([folder, str(CORE.parent)])
        ignored = [f"--ignore={TESTS / name}" for name in LEFT_OUT]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-qx", "-pno:cacheprovider", str(TESTS), *ignored],
            env=os.environ | {"PYTHONPATH": path},
            cwd=TESTS.parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in (0, 1):  # the tests did not run at all
        raise RuntimeError(f"{mutant.name}: {done.stdout}{done.stderr}")
    return done.returncode == 1


def main() -> None:
    """Run the tests on every fault, and print the table."""
    faults = catalogue()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        killed = list(threads.map(kills, faults))
    for mutant, dead in zip(faults, killed, strict=True):
        sys.stdout.write(f"| {mutant.name} | `{mutant.file}` | {'yes' if dead else 'no'} |\n")
    sys.stdout.write(f"{sum(killed)} of {len(faults)}\n")


if __name__ == "__main__":
    assert not kills(Mutant("fring_core", "no fault"))
    main()
