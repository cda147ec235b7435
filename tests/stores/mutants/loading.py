"""Import a store's package once more, under another name and with a fault in it."""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.util import spec_from_loader
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import fring_adapters
from tests.stores.mutants.pausing import pause

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from tests.stores.mutants.catalogue import Mutant

ADAPTERS = Path(fring_adapters.__file__).parent
_NUMBERS = count(1)


class _Copy(MetaPathFinder, ExecutionLoader):
    """Find and load a copy of a package, by the name `copied`.

    The modules import each other by their full names, so these are replaced in their texts too.
    """

    def __init__(self, mutant: Mutant, copied: str) -> None:
        self._mutant = mutant
        self._copied = copied
        self._folder = ADAPTERS / mutant.package

    def _file(self, fullname: str) -> Path:
        path = self._folder.joinpath(*fullname.split(".")[1:])
        return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname.partition(".")[0] != self._copied:
            return None
        file = str(self._file(fullname))
        spec = spec_from_loader(fullname, self, origin=file, is_package=self.is_package(fullname))
        assert spec is not None
        spec.has_location = True  # for what looks for files beside its own
        return spec

    def get_filename(self, fullname: str) -> str:
        return str(self._file(fullname))  # threads give way in files alone

    def is_package(self, fullname: str) -> bool:
        return self._file(fullname).name == "__init__.py"

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["pause"] = pause  # which many faults call
        super().exec_module(module)

    def get_source(self, fullname: str) -> str:
        file = self._file(fullname)
        text = self._mutant.source(file.relative_to(self._folder).as_posix(), file.read_text())
        return text.replace(f"fring_adapters.{self._mutant.package}", self._copied)


@cache
def load(mutant: Mutant) -> ModuleType:
    """Return the package with this fault; raise `LookupError` if its text is not there once."""
    copied = f"mutant_{next(_NUMBERS)}"
    finder = _Copy(mutant, copied)
    sys.meta_path.insert(0, finder)
    try:
        return import_module(copied)
    finally:
        sys.meta_path.remove(finder)
