"""Make .venv hold what the locks say, and Fring itself: `python3 tools/install.py LOCK...`.

The Makefile runs it before anything else. It is silent where .venv is as it should be. An
installation that was interrupted, a .venv that another Python made, and one that was moved are
made anew.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from ast import literal_eval
from importlib.util import find_spec
from pathlib import Path

VENV = Path(".venv")
PYTHON = VENV / "bin/python"
STATE = VENV / "installed.json"  # it is there while .venv is whole
NEWEST = (3, 14)
IN_USE = 3  # the exit code of tools/in_use.py
ABOUT = {
    "requirements-serve.lock": "what serving needs: about 230 MB, half a minute",
    "requirements.lock": "what the tests and checks need: about 550 MB, a minute",
    "requirements-mutation.lock": "mutmut: about 30 MB, some seconds",
}
# Where packages come from, and on which way, is for the user's pip to say. Which packages, and
# where to, is said here.
OF_THE_USER = {
    *("index-url", "extra-index-url", "find-links", "no-index", "trusted-host"),
    *("proxy", "cert", "client-cert", "keyring-provider", "use-feature", "use-deprecated"),
    *("cache-dir", "no-cache-dir", "timeout", "retries", "no-input"),
}


def say(words: str) -> None:
    """Print a line at once."""
    print(f"Fring: {words}", file=sys.stderr, flush=True)


def clean_environment() -> dict[str, str]:
    """Return the environment without what would lead a Python or its pip astray."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))
        or (value and name.removeprefix("PIP_").lower().replace("_", "-") in OF_THE_USER)
    }
    return kept | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def pip_environment() -> dict[str, str]:
    """Return that environment with what the user's pip files say of sources and ways."""
    environment = clean_environment()
    files = {n: os.environ[n] for n in ("PIP_CONFIG_FILE",) if n in os.environ}
    listed = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"],
        env={n: v for n, v in environment.items() if not n.startswith("PIP_")} | files,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    said = {}
    for section in ("global", "install"):  # the second wins
        for name, value in re.findall(rf"^{section}\.([\w-]+)=(.+)$", listed, re.MULTILINE):
            if name in OF_THE_USER:
                said["PIP_" + name.upper().replace("-", "_")] = literal_eval(value)
    return said | environment | {"PIP_CONFIG_FILE": os.devnull}


def digest(file: str) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def maker() -> dict[str, str]:
    """Return what a .venv depends on besides the locks: this Python, and this folder."""
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "prefix": sys.base_prefix,
        "platform": sysconfig.get_platform(),
        "folder": str(Path.cwd()),
    }


def state() -> dict[str, str]:
    """Return what .venv holds; nothing if it is not whole."""
    try:
        return dict(json.loads(STATE.read_text()))
    except (OSError, ValueError):
        return {}


def save(held: dict[str, str]) -> None:
    """Write down what .venv holds."""
    fresh = STATE.with_suffix(".new")
    fresh.write_text(json.dumps(held, indent=1))
    fresh.replace(STATE)


def needed(locks: list[str]) -> dict[str, str]:
    """Return what .venv has to hold."""
    return maker() | {file: digest(file) for file in (*locks, "pyproject.toml")}


def why_anew(held: dict[str, str], wanted: dict[str, str]) -> str:
    """Return why .venv cannot be kept; nothing if it can."""
    if not held:
        return "it was not finished, or not made by make"
    for name, value in wanted.items():
        if name != "pyproject.toml" and held.get(name, value) != value:
            return f"its {name} is {held[name]}" if name in maker() else f"{name} has changed"
    return ""


def in_use() -> bool:
    """Tell whether a server runs from .venv, and say which."""
    try:
        done = subprocess.run([PYTHON, "tools/in_use.py"], check=False)
    except OSError:  # there is no such Python, or none for this machine
        return False
    return done.returncode == IN_USE


def make_venv() -> None:
    """Make an empty .venv in place of what is there."""
    if not find_spec("ensurepip") or not find_spec("venv"):
        version = maker()["python"]
        sys.exit(
            f"Fring: {sys.executable} cannot make a virtual environment; on Debian and Ubuntu: "
            f"apt install python{version}-venv"
        )
    if in_use():
        sys.exit(1)  # it has been said why
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()  # what it leads to is another folder's
    elif VENV.exists():
        STATE.unlink(missing_ok=True)
        shutil.rmtree(VENV)
    subprocess.run([sys.executable, "-m", "venv", VENV], env=clean_environment(), check=True)
    # The next make takes the same Python, if no other is named.
    (VENV / "python").write_text(os.environ.get("PYTHON", sys.executable))


def install(locks: list[str], lock: int) -> None:
    """Bring .venv to these locks, step by step; each step is written down when it is done."""
    wanted, held = needed(locks), state()
    if wanted.items() <= held.items():  # another one did it meanwhile
        return
    start = time.monotonic()
    if sys.version_info[:2] > NEWEST:
        say(f"Python {maker()['python']} is newer than the locks are made for; it may not work")
    if reason := why_anew(held, wanted):
        if VENV.exists():
            say(f"making .venv anew: {reason}")
        make_venv()
        held = maker()
    environment = pip_environment()
    STATE.unlink(missing_ok=True)
    for file in locks:
        if file not in held:
            say(f"installing into .venv {ABOUT[file]}")
            pip = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", file)
            run_pip(environment, lock, *pip)
            held[file] = wanted[file]
    # What builds Fring is in the locks: no registry is asked for it.
    run_pip(environment, lock, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ".")
    mend_command()
    save(held | wanted)
    say(f"installed, {time.monotonic() - start:.0f} s")


def run_pip(environment: dict[str, str], lock: int, *arguments: str) -> None:
    """Run pip; should it outlive this process, so does the lock."""
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", *arguments]
    subprocess.run(command, env=environment, pass_fds=[lock], check=True)


def mend_command() -> None:
    """Write `fring` anew where pip's is broken: a shell reads the folder's name in it."""
    if set(str(Path.cwd())) & set('$`"\\'):
        command = VENV / "bin/fring"
        command.write_text('#!/bin/sh\nexec "${0%/*}/python" -m fring_http "$@"\n')


def main() -> None:
    """Install the locks that the arguments name, alone."""
    locks = sys.argv[1:]
    if needed(locks).items() <= state().items():
        return
    with Path(__file__).open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another installation in this folder")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            install(locks, lock.fileno())
        except subprocess.CalledProcessError as error:
            sys.exit(f"Fring: the installation failed ({error.returncode}); make begins it anew")
        except KeyboardInterrupt:
            sys.exit("Fring: the installation was interrupted; make begins it anew")


if __name__ == "__main__":
    main()
