"""A Python client that openapi-python-client makes from the document, in build/clients/python."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.http.documented import operations_of

HERE: Final = Path(__file__).parent
PLACE: Final = HERE.parents[1] / "build/clients/python"
PACKAGE: Final = "fring_api_client"
SESSION: Final = "session.py"


def make() -> None:
    """Make the client of build/clients/openapi.json, every operation of it, and check its types."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    # Nothing is formatted, for nobody reads it.
    (PLACE / "config.yaml").write_text("post_hooks: []\n")
    _run(
        *("openapi_python_client", "generate", "--path", "../openapi.json", "--meta", "none"),
        *("--config", "config.yaml", "--output-path", PACKAGE, "--fail-on-warning"),
    )
    made = {path.stem for path in (PLACE / PACKAGE / "api").glob("*/[a-z]*.py")}
    document = json.loads((PLACE.parent / "openapi.json").read_bytes())
    assert len(made) == len(operations_of(document)), made
    shutil.copy(HERE / SESSION, PLACE)
    # No configuration: the rules of this repository are not those of whoever makes a client.
    _run("mypy", "--config-file=", "--strict", PACKAGE, SESSION)


def run(url: str, *arguments: str) -> None:
    """Run the session with the client that was made."""
    _run("session", url, *arguments)


def _run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=PLACE, check=False)
    if done.returncode:
        raise SystemExit(f"{module} failed")
