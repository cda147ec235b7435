"""The page on testing: its code as the test module that it is, its tables against the kit."""

import re
import subprocess
import sys

import pytest

from fring_core import testing
from tests.docs.pages import README, ROOT, blocks, table
from tests.serving import DEADLINE

PAGE = ROOT / "docs/testing.md"
# None made shorter: what is tested here is the page, not the store.
BEFORE = """
from hypothesis import Phase, settings
settings.register_profile(
    "page", deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
settings.load_profile("page")
"""
AFTER = """
TestHistories.settings = settings(max_examples=5, stateful_step_count=10)
TestAuditedHistories.settings = settings(max_examples=5, stateful_step_count=3)
"""


def run_the_page(folder, *arguments, instead=("", "")):
    """Run pytest on the page's Python; return what it printed, and how it ended."""
    python = [block.text for block in blocks(PAGE) if block.language == "python"]
    code = "\n".join([BEFORE, *python, AFTER])
    old, new = instead
    assert old in code
    (folder / "test_page.py").write_text(code.replace(old, new))
    return run_pytest(folder, *arguments)


def run_pytest(folder, *arguments):
    """Run pytest in a folder; return what it printed, and how it ended."""
    options = [
        "-q",
        "-W",
        "error",
        "-pno:faker",
        "-pno:schemathesis",
        "-p",
        "fring_adapters.pytest_plugin",
    ]
    done = subprocess.run(
        # A base of its own: making the usual one would disturb the run that this is part of.
        [sys.executable, "-m", "pytest", *options, f"--basetemp={folder / 'tmp'}", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=4 * DEADLINE,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode


def test_the_page_passes(tmp_path):
    output, code = run_the_page(tmp_path)
    assert code == pytest.ExitCode.OK, output
    assert "skipped" not in output


@pytest.mark.parametrize(
    "page", [README, ROOT / "docs/postgres-tests.md"], ids=lambda page: page.stem
)
def test_the_tests_that_others_show_pass(page, tmp_path, postgres, monkeypatch):
    monkeypatch.setenv("TEST_DATABASE_URL", postgres)
    python = [block.text for block in blocks(page) if block.language == "python"]
    tests = [text for text in python if "\ndef test_" in text or "@pytest.fixture" in text]
    (tmp_path / "test_page.py").write_text("\n".join(tests))
    output, code = run_pytest(tmp_path)
    assert code == pytest.ExitCode.OK, output
    assert f"{len(re.findall('def test_', ''.join(tests)))} passed" in output


def test_and_its_tests_would_fail(tmp_path):
    nobody_looks = ("except IdTaken:", "except TimeoutError:")
    output, code = run_the_page(tmp_path, "-k", "fails or failure", instead=nobody_looks)
    assert code == pytest.ExitCode.TESTS_FAILED, output
    failed = re.findall(r"^FAILED test_page.py::(\w+)", output, re.MULTILINE)
    assert set(failed) == {
        "test_a_failure_loses_nothing_and_doubles_nothing",
        "test_whatever_fails_there_is_one_task_or_an_error",
    }


def test_every_strategy_is_on_the_page():
    cells = [cell for cell, _ in table(PAGE, "strategy", "draws")]
    shown = [name for cell in cells for name in re.findall(r"(\w+)\(", cell)]
    assert sorted(shown) == [name for name in sorted(testing.__all__) if name.islower()]


def test_every_fault_is_on_the_page():
    rows = table(PAGE, "`Fault`", "the call", "and then")
    assert [name for name, *_ in rows] == [fault.name for fault in testing.Fault]
    assert [raised for _, _, raised in rows if raised] == [
        *["StoreUnavailable"] * 2,
        *["asyncio.CancelledError"] * 2,
    ]
