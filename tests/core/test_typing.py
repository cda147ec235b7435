"""`typing_tests` shows every public name to the type checkers."""

import ast
from pathlib import Path

import pytest

import fring_core
from fring_core import Accounts, Fring, testing

FOLDER = Path(__file__).parents[2] / "typing_tests"


def shown():
    """Return the names that the files use, not those that they import."""
    nodes = [node for path in FOLDER.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize(
    "public", [fring_core.__all__, testing.__all__, vars(Fring), vars(Accounts)]
)
def test_every_public_name_is_shown(public):
    assert {name for name in public if not name.startswith("_")} - shown() == set()
