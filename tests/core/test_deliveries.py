"""What becomes of a delivery after an attempt."""

from datetime import timedelta
from math import inf, nan

import attrs
import pytest

from fring_core.deliveries import DELAYS, DeliveryState, Settlement, settled
from fring_core.webhooks import Outcome
from tests.core.test_arguments import ATTEMPT


def outcome(status=500, retry_after=None):
    return Outcome(status, "", retry_after, 0.1)


def wait(number=1, delivery_id=1, **options):
    attempt = attrs.evolve(ATTEMPT, number=number, delivery_id=delivery_id)
    settlement = settled(attempt, outcome(**options))
    assert settlement.state is DeliveryState.PENDING
    assert settlement.wait is not None
    return settlement.wait.total_seconds()


@pytest.mark.parametrize("status", [200, 204, 299])
def test_success(status):
    assert settled(ATTEMPT, outcome(status)) == Settlement(DeliveryState.DELIVERED, outcome(status))


@pytest.mark.parametrize("status", [None, 100, 199, 300, 302, 400, 404, 429, 500, 503])
def test_failure(status):
    settlement = settled(ATTEMPT, outcome(status))
    assert (settlement.state, settlement.fails, settlement.disables) == ("pending", True, None)
    assert settlement.patience == timedelta(days=5)
    last = settled(attrs.evolve(ATTEMPT, number=10), outcome(status))
    assert last == Settlement(DeliveryState.FAILED, outcome(status), fails=True)


def test_gone():
    settlement = settled(ATTEMPT, outcome(410))
    assert settlement == Settlement(DeliveryState.FAILED, outcome(410), fails=True, disables="gone")


def test_the_schedule():
    assert DELAYS == (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    for number, delay in enumerate(DELAYS, 1):
        waits = [wait(number, delivery_id) for delivery_id in range(100)]
        assert delay <= min(waits) < delay * 1.01
        assert delay * 1.09 < max(waits) <= delay * 1.1
        assert waits == [wait(number, delivery_id) for delivery_id in range(100)]


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it(status):
    usual = wait(status=status)
    assert wait(status=status, retry_after=120.0) == 120
    assert wait(status=status, retry_after=1e9) == wait(status=status, retry_after=inf) == 86_400
    for asked in (0.0, -1.0, nan, usual / 2):
        assert wait(status=status, retry_after=asked) == usual
    assert wait(status=500, retry_after=120.0) == wait()
