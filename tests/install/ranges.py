"""Run much of the suite on the oldest packages that pyproject.toml admits, and on the newest.

`make ranges` runs it: `python -m tests.install.ranges`. It needs uv, and an index.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.install.locks import ROOT, every_extra

SUITES = ("tests/core", "tests/stores", "tests/http", "tests/identity")
# These are about tools: the mutants are run through pytest's inside, and of Schemathesis there is
# only one that fits the oldest Hypothesis.
TOOLS = ("tests/stores/mutants", "tests/http/test_schemathesis.py")


def run(*command: str | Path) -> None:
    """Run a command in the clone; raise `CalledProcessError` if it fails."""
    print("$", *command, flush=True)
    subprocess.run(command, cwd=ROOT, check=True)


def check(resolution: str, folder: Path) -> None:
    """Install what a resolution chooses of every extra, with newest tools, and test on it."""
    (wheel,) = (ROOT / "build/dist").glob("*.whl")
    chosen, python = folder / "chosen.txt", folder / "environment/bin/python"
    extras = [word for extra in every_extra() for word in ("--extra", extra)]
    run(
        *("uv", "pip", "compile", "pyproject.toml", "--quiet", "--no-header", "--no-annotate"),
        *("--resolution", resolution, "--only-binary", ":all:", "--python", sys.executable),
        *(*extras, "--output-file", str(chosen)),
    )
    run("uv", "venv", "--quiet", "--python", sys.executable, folder / "environment")
    into = ("uv", "pip", "install", "--quiet", "--python", str(python))
    run(*into, "--only-binary", ":all:", "--requirement", chosen, "--group", "tests")
    run(*into, "--no-deps", wheel)
    print(chosen.read_text())
    options = ["--quiet", "--numprocesses=3", "--dist=loadfile"]
    run(python, "-m", "pytest", *options, *(f"--ignore={each}" for each in TOOLS), *SUITES)


def main() -> None:
    """Check both ends of the ranges."""
    for resolution in sys.argv[1:] or ("lowest-direct", "highest"):
        with TemporaryDirectory(prefix="fring-ranges-") as folder:
            check(resolution, Path(folder))


if __name__ == "__main__":
    main()
