"""With nothing but the wheel: the core, the memory store, README's first example."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path

installed = {distribution.name for distribution in distributions()}
assert installed == {"attrs", "fring"}, installed

readme = Path(sys.argv[1]).read_text()
example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
assert example is not None
exec(example[1])

fring = Path(sys.executable).parent / "fring"


def run(argument: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an argument."""
    return subprocess.run([fring, argument], capture_output=True, text=True, check=False)


assert run("--version").stdout == f"fring {version('fring')}\n"
serve = run("serve")
assert serve.returncode == 1
# The advice can be followed from anywhere: it names this Python, and the wheel.
said = r"fring: \w+ is not installed; install it with: (.+)\n"
advice = re.fullmatch(said, serve.stderr)
assert advice is not None, serve.stderr
*pip, source = shlex.split(advice[1])
assert pip == [sys.executable, "-m", "pip", "install"]
wheel = Path(source.removesuffix("[server,embedded]"))
assert wheel.is_file(), source
