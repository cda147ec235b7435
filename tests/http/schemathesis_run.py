"""Run Schemathesis on a server's document: every check, but for what the config has a reason for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).with_name("schemathesis.toml")


def run(url: str, *options: str) -> tuple[int, str]:
    """Let it try every operation; return how many requests it has sent, and what it found wrong."""
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)]
    command += ["run", f"{url}/openapi.json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    (sent,) = re.findall(r"(\d+) generated", done.stdout) or ["0"]
    return int(sent), done.stdout + done.stderr if done.returncode else ""
