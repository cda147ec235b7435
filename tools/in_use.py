"""Say which servers run from .venv, and exit with 3 if there are any; .venv's Python runs this."""

import sys
from pathlib import Path

try:
    import psutil
except ModuleNotFoundError:  # an installation that was not finished: nothing can run from it
    sys.exit()

VENV = Path.cwd() / ".venv"


def serves(process: psutil.Process) -> bool:
    """Tell whether a process is Fring, or a PostgreSQL, of this .venv."""
    try:
        executable, command = Path(process.exe()), process.cmdline()
        python = Path(process.cwd(), *command[:1])
    except psutil.Error:  # it has ended, or is somebody else's
        return False
    if executable.is_relative_to(VENV):
        return executable.name == "postgres"
    return python.is_relative_to(VENV) and any(
        Path(word).name.startswith("fring") for word in command[1:4]
    )


servers = [process for process in psutil.process_iter() if serves(process)]
for server in servers:
    print(f"Fring: process {server.pid} runs from .venv ({server.name()})", file=sys.stderr)
if servers:
    print("Fring: .venv is in use; stop the server first", file=sys.stderr)
    sys.exit(3)
