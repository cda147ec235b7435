"""With nothing but the wheel: the core, the memory store, README's first example."""

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

installed = {distribution.name for distribution in distributions()}
assert installed == {"attrs", "fring"}, installed

readme = Path(sys.argv[1]).read_text()
example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
assert example is not None
exec(example[1])

command = subprocess.run(
    [Path(sys.executable).parent / "fring", "serve"], capture_output=True, text=True, check=False
)
assert command.returncode == 1
said = r"fring: \w+ is not installed; install fring\[server\]\n"
assert re.fullmatch(said, command.stderr), command.stderr
