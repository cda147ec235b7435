"""The Python interface in lines: each public name, with all that its users write against.

It is read from the source, so that it is the same on every Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import griffe

import fring_core
from tests.docs.test_reference import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(fring_core.__file__).parents[1]
# What has no name of its own in the interface, and is what a public attribute gives.
GIVEN: Final = (
    *(f"fring_core.blocking.Blocking{noun}" for noun in ("Users", "Tasks", "Assignments")),
    "fring_core.blocking.BlockingAccounts",
    "fring_core.blocking.BlockingAccountAdmin",
    "fring_http.client.users.UsersOverHttp",
    "fring_http.client.tasks.TasksOverHttp",
    "fring_http.client.assignments.AssignmentsOverHttp",
)
FIXTURES: Final = "fring_adapters.pytest_plugin"
CLAUSE: Final = "test_"  # docs/ports.md has them, and each version may add some


def rendered() -> Iterator[str]:
    """Yield the lines of every public name, and of pytest's fixtures."""
    loader = griffe.GriffeLoader(search_paths=[FOLDER])
    for package in ("fring_core", "fring_adapters", "fring_http"):
        loader.load(package)
    loader.resolve_aliases()
    found = loader.modules_collection
    fixtures = [
        f"{FIXTURES}.{name}"
        for name, each in found[FIXTURES].functions.items()
        if any("fixture" in str(decorator.value) for decorator in each.decorators)
    ]
    for path in sorted({*PUBLIC, *GIVEN, *fixtures}):
        module, _, name = path.rpartition(".")
        yield f"# {module}"
        yield from _thing(name, found[path])
        yield ""


def _thing(name: str, thing: griffe.Object | griffe.Alias) -> Iterator[str]:
    if isinstance(thing, griffe.Alias):
        thing = thing.final_target
    if isinstance(thing, griffe.Class):
        yield from _class(name, thing)
    elif isinstance(thing, griffe.Function):
        yield from (f"@{decorator.value}" for decorator in thing.decorators)
        awaited = "async " if "async" in thing.labels else ""
        yield f"{awaited}def {thing.signature(name=name)}"
    elif isinstance(thing, griffe.Attribute):
        kind = f": {thing.annotation}" if thing.annotation is not None else ""
        # What `__init__` gives to an attribute is nobody else's business.
        internal = thing.labels == {"instance-attribute"} or thing.value is None
        yield f"{name}{kind}" if internal else f"{name}{kind} = {thing.value}"


def _class(name: str, kind: griffe.Class) -> Iterator[str]:
    yield from (f"@{decorator.value}" for decorator in kind.decorators)
    bases = ", ".join(str(base) for base in kind.bases)
    yield f"class {name}({bases}):" if bases else f"class {name}:"
    for member, each in kind.all_members.items():
        hidden = member.startswith("_") and member not in {"__init__", "__call__", "__iter__"}
        if not hidden and not member.startswith(CLAUSE):
            yield from (f"    {line}" for line in _thing(member, each))
