"""One event loop for all of these tests."""

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"
