"""Every public name has a docstring, and a place in the reference."""

import ast
import inspect
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest

import fring_core
from tests.docs.pages import ROOT

PACKAGES = (
    "fring_core",
    "fring_core.testing",
    "fring_adapters",
    "fring_adapters.memory",
    "fring_adapters.postgres",
    "fring_adapters.postgres.backup",
    "fring_adapters.postgres.bulk",
    "fring_adapters.identity",
    "fring_http.client",
    "fring_http.api.personal",
    "fring_http.api.rates",
    "fring_http.api.v1",
)
ALONE = (
    "fring_adapters.clock.utc_now",
    "fring_adapters.postgres.embedded.embedded",
    "fring_http.api.app.create_app",
    "fring_http.api.door.edge.head_as_get",
    "fring_http.api.door.lingering.lingering",
    "fring_http.client.webhooks.NotGenuine",
    "fring_http.client.webhooks.verify",
    "fring_http.server.composition.create",
    "fring_http.server.settings.AuthMode",
    "fring_http.server.settings.Settings",
    "fring_http.server.settings.SettingsError",
)
CORE = Path(fring_core.__file__).parent
WHOLE = "fring_core.testing"  # of which a page shows whatever is public
DIRECTIVE = re.compile(r"^::: (\S+)$", re.MULTILINE)
AS_A_PORT = re.compile(r"as `fring_core\.(\w+)` says")


def names_of(package):
    return [f"{package}.{name}" for name in import_module(package).__all__]


PUBLIC = [*(name for package in PACKAGES for name in names_of(package)), *ALONE]


def found(path):
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def shown():
    """Return the names that the reference shows."""
    pages = (ROOT / "docs/reference").glob("*.md")
    named = [path for page in pages for path in DIRECTIVE.findall(page.read_text())]
    return [name for path in named for name in (names_of(path) if path == WHOLE else [path])]


def constants_of_the_core():
    """Return the names that the core's modules assign, those that a docstring follows."""
    bodies = [ast.parse(path.read_text()).body for path in CORE.glob("*.py")]
    return {
        ast.unparse(statement).partition("=")[0].partition(":")[0].strip()
        for body in bodies
        for statement, following in pairwise(body)
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
    }


def methods(kind):
    """Return a class's own public methods and properties that no port describes."""
    port = AS_A_PORT.search(kind.__doc__ or "")
    described = vars(getattr(fring_core, port[1])) if port else {}
    return {
        name: method
        for name, method in vars(kind).items()
        if not name.startswith("_") and name not in described
        if inspect.isroutine(method) or isinstance(method, property)
    }


def test_the_reference_shows_every_public_name():
    assert set(PUBLIC) <= set(shown())


@pytest.mark.parametrize("path", PACKAGES)
def test_packages_have_docstrings(path):
    assert import_module(path).__doc__


@pytest.mark.parametrize("path", PUBLIC)
def test_public_names_have_docstrings(path):
    thing = found(path)
    if inspect.isclass(thing):
        assert vars(thing).get("__doc__")
        assert [name for name, method in methods(thing).items() if not method.__doc__] == []
    elif inspect.isroutine(thing):
        assert thing.__doc__
    else:
        assert path.rpartition(".")[2] in constants_of_the_core()
