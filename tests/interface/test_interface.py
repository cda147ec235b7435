"""Both interfaces are what is written down of them."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest

from tests.interface import http, python

HERE = Path(__file__).parent
RECORDED = {HERE / "http.txt": http.rendered, HERE / "python.txt": python.rendered}
ADVICE = (
    "\nThe public interface is not what {} says. If it is meant to change: `make snapshot` writes it "
    "down, and changelog.d wants a fragment; docs/versions.md says which version may have it.\n\n"
)


def text(rendered):
    """Return the lines of an interface as one text."""
    return "\n".join([*rendered()])


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_the_interface_changes_only_together_with_what_is_written_down(path):
    before, now = path.read_text().splitlines(), text(RECORDED[path]).splitlines()
    changes = [*unified_diff(before, now, "written down", "now", n=2, lineterm="")]
    if changes:
        pytest.fail(ADVICE.format(path.name) + "\n".join(changes), pytrace=False)
