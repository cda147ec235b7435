"""The page on stores, taken as the test module that it tells its reader to write."""

import inspect
import subprocess
import sys

import pytest

from fring_core import ports, testing
from tests.docs.pages import ROOT, blocks, table
from tests.docs.port_clauses import PORTS
from tests.serving import DEADLINE

PAGE = ROOT / "docs/write-a-store.md"
# Few histories, and none made shorter: what is tested here is the page.
SETTINGS = """
from hypothesis import Phase, settings
TestHistories.settings = TestSuspendingHistories.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
"""

# Plugins that come with what the tests need; a store's author has none of them.
PLAIN = ("-p", "no:faker", "-p", "no:schemathesis", "-p", "no:xdist", "-p", "no:cov")


def run_the_page(folder, *options, instead=("", "")):
    """Run pytest on the page's Python; return what it printed, and how it ended."""
    code = "\n".join(block.text for block in blocks(PAGE) if block.language == "python")
    old, new = instead
    assert old in code
    (folder / "test_page.py").write_text(code.replace(old, new) + SETTINGS)
    done = subprocess.run(
        # A base of its own: making the usual one would disturb the run that this is part of.
        [sys.executable, "-m", "pytest", "-q", f"--basetemp={folder / 'tmp'}", *PLAIN, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=4 * DEADLINE,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


def test_the_store_of_the_page_keeps_the_contract(tmp_path):
    output, code = run_the_page(tmp_path)
    assert code == pytest.ExitCode.OK, output
    assert "passed" in output
    assert "skipped" not in output


def test_and_the_page_would_show_one_that_does_not(tmp_path):
    changes_go_past_the_transaction = ("CountingStore(inside,", "CountingStore(self._store,")
    only = ("-k", "(test_transaction or Histories) and not Suspending")
    output, code = run_the_page(tmp_path, *only, instead=changes_go_past_the_transaction)
    assert code == pytest.ExitCode.TESTS_FAILED, output
    for test in ("TestCountingStore", "TestHistories"):
        assert f"FAILED test_page.py::{test}" in output


def test_every_method_is_on_the_page_as_it_is_called():
    expected = [
        f"{port.__name__.lower()}.{name}({', '.join(inspect.signature(method).parameters)})"
        for port in PORTS
        if port is not ports.Store
        for name, method in vars(port).items()
        if not name.startswith("_")
    ]
    shown = [call for call, _, _ in table(PAGE, "call", "returns", "mind")]
    assert shown == [
        *(call.replace("self, ", "").replace("self", "") for call in expected),
        "transaction()",
    ]


def test_every_hook_is_on_the_page():
    shown = {
        (call.partition("(")[0], kind) for call, kind, _ in table(PAGE, "hook", "of", "what to do")
    }
    for hook, kind in shown:
        assert hasattr(getattr(testing, kind), hook)
    assert len(shown) == 10
