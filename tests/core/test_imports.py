"""What `import fring_core` brings along: attrs and the standard library."""

import json
import subprocess
import sys

SCRIPT = """
import json, sys
before = set(sys.modules)
import fring_core
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, check=True)
    return set(json.loads(done.stdout))


def test_import_loads_attrs_and_the_standard_library_only():
    roots = {name.partition(".")[0] for name in loaded()}
    assert roots - set(sys.stdlib_module_names) == {"fring_core", "attr", "attrs"}


def test_import_loads_no_loop_no_network_no_chance_and_not_the_kit():
    unwanted = ("asyncio", "socket", "random", "sqlite3", "fring_core.testing")
    assert not {name for name in loaded() if name.startswith(unwanted)}
