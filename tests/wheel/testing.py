"""With the extra `testing`: a store joins the contract kit, without a line of configuration."""

from pathlib import Path

import pytest

Path("test_store.py").write_text("""
from contextlib import asynccontextmanager

from hypothesis import settings

from fring_adapters.memory import MemoryStore
from fring_core.testing import InThreads, StoreContract, StoreMachine


class TestMemoryStore(InThreads, StoreContract):
    @asynccontextmanager
    async def open_store(self):
        yield MemoryStore()


class Histories(StoreMachine):
    def make_store(self):
        return MemoryStore()

    def make_oracle(self):
        return MemoryStore()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=3, deadline=None)
""")


class Counted:
    """Count the tests that passed."""

    passed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test whose call passed."""
        self.passed += report.when == "call" and report.passed


counted = Counted()
assert pytest.main(["-q", "-W", "error"], plugins=[counted]) == pytest.ExitCode.OK
assert counted.passed > 100, counted.passed
