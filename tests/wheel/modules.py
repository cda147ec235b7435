"""Import every module: those that match the argument, and others if their extra is there too."""

import re
import sys
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import fring_core

ROOT = Path(fring_core.__file__).parents[1]
required = sys.argv[1]
assert ROOT.is_relative_to(sys.prefix), f"{ROOT} is not in this environment"
names = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("fring_core", "fring_adapters", "fring_http")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts  # which are Alembic's to load
}
assert len(names) > 70, names
for name in sorted(names):
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        assert not re.fullmatch(required, name), f"{name} needs {missing}"
        assert not missing.startswith("fring"), f"{name} needs {error.name}"
        assert missing not in packages_distributions(), f"{name} needs {error.name}"
        if name == "fring_adapters.postgres":
            assert "fring[postgres]" in str(error.__notes__), error
