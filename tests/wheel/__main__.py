"""Install the wheel in empty environments, and run in each the program of its name."""

import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

from fring_adapters.postgres.embedded import embedded
from tests.serving import serving
from tools.install import pip_environment

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build"
PROGRAMS = Path(__file__).parent
CONSTRAINTS = BUILD / "constraints.txt"
# Of extras that are installed together.
SEVERAL = {"telling": "uvicorn,tracing,sentry"}
ENVIRONMENT = pip_environment()
# The slowest first. Of each, the modules that have to import there; of the others, none may
# fail but for a package that is not installed.
CORE = r"fring_core|fring_core\.(?!testing)\w+|fring_adapters(\.memory.*|\.clock)?|fring_http"
POSTGRES = CORE + r"|fring_adapters\.postgres(?!\.bulk)(\..*)?(?<!embedded)"
MODULES = {
    "telling": r"fring_http\.server\..*",
    "server": POSTGRES
    + r"|fring_adapters\.(postgres\.bulk|identity).*|fring_http(?!\.client|.*\.(traces|sentry|uvicorn_on_socket)$).*",
    "embedded": POSTGRES + r"|fring_adapters\.postgres\.embedded",
    "testing": CORE + r"|fring_core\.testing.*",
    "postgres": POSTGRES,
    "client": CORE + r"|fring_http\.client.*",
    "base": CORE,
}


def pin() -> None:
    """Write the lock's versions where pip takes them for a wheel that has no hash."""
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^([\w.\[\]-]+==[^\\\n]+)", lock, re.MULTILINE)
    CONSTRAINTS.write_text("\n".join(pins))


def make_environment(folder: Path, extra: str, wheel: Path) -> None:
    """Make an environment of the wheel with an extra in a new folder."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    run(
        *(sys.executable, "-m", "pip", "--python", folder / "bin/python", "install"),
        *("-qq", "--disable-pip-version-check", "--no-compile", "--constraint", CONSTRAINTS),
        str(wheel) if extra == "base" else f"{wheel}[{SEVERAL.get(extra, extra)}]",
    )


def run(*command: str | Path) -> None:
    """Run a command in a folder of its own; raise `RuntimeError` with its output if it fails."""
    with TemporaryDirectory(prefix="fring-wheel-") as folder:
        done = subprocess.run(
            command,
            cwd=folder,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout.decode()}")


def check(extra: str, wheel: Path) -> None:
    """Try what an environment has to be able to do."""
    start = time.monotonic()
    with ExitStack() as stack:
        # Not below the clone: a command's first line holds its folder's name, in which any
        # character may stand.
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="fring-wheel-")))
        make_environment(folder / "environment", extra, wheel)
        python = folder / "environment/bin/python"
        match extra:
            case "base":
                needs = str(ROOT / "README.md")
            case "postgres":
                needs = stack.enter_context(embedded(folder / "data"))
            case "client":
                needs = stack.enter_context(serving(folder, DATABASE_URL="memory://")).url
            case _:
                needs = ""
        # Isolated (-I): nothing of this folder, PYTHONPATH or the user's packages is seen.
        run(python, "-I", PROGRAMS / "modules.py", MODULES[extra])
        program = "server" if extra in SEVERAL else extra
        run(python, "-I", PROGRAMS / f"{program}.py", needs)
    print(f"{extra}: works, {time.monotonic() - start:.1f} s")


def main() -> None:
    """Check every environment, several at a time; raise what the first that fails raised."""
    (wheel,) = (BUILD / "dist").glob("*.whl")
    pin()
    with ThreadPoolExecutor(cpu_count()) as threads:
        for checked in [threads.submit(check, extra, wheel) for extra in MODULES]:
            checked.result()


if __name__ == "__main__":
    main()
