"""Rates: never more than the quota and one each interval, and never fewer."""

import asyncio
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_http.api.rates import InProcessLimiter, Rate
from fring_http.api.rates.gcra import spend

RATES = st.builds(Rate, st.integers(1, 12), st.integers(1, 30))
START = 1_800_000_000_000_000
# Times that come in bursts, wait for about an interval, or for long.
STEPS = st.lists(st.one_of(st.just(0), st.integers(0, 3_000_000), st.integers(0, 40_000_000)))


def let_through(rate, times):
    tat, passed = START - 1, []
    for now in times:
        passes, ahead = spend(tat, now, rate.interval, rate.window)
        tat = now + ahead
        if passes:
            passed.append(now)
    return passed


def allowed_by_counting(rate, times):
    """Let through what fits every window back to each that was let through: slow, and plain."""
    passed: list[int] = []
    for now in times:
        if all(
            len(passed) - first + 1 <= rate.quota + (now - since) // rate.interval
            for first, since in enumerate(passed)
        ):
            passed.append(now)
    return passed


@given(RATES, STEPS)
def test_it_lets_through_what_counting_would_and_nothing_else(rate, steps):
    times = list(accumulate(steps, initial=START))
    assert let_through(rate, times) == allowed_by_counting(rate, times)


def test_the_quota_at_once_and_then_one_each_interval():
    rate = Rate(10, 60)
    assert (rate.interval, rate.window) == (6_000_000, 60_000_000)
    burst = [START] * 50
    assert len(let_through(rate, burst)) == 10
    for wait, more in {
        5_999_999: 0,
        6_000_000: 1,
        17_999_999: 2,
        60_000_000: 10,
        10**12: 10,
    }.items():
        assert len(let_through(rate, [*burst, *[START + wait] * 50])) == 10 + more


@pytest.mark.parametrize(("quota", "seconds"), [(7, 60), (3, 1), (999_999, 1), (1, 86_400)])
def test_what_does_not_divide_is_never_too_much(quota, seconds):
    rate = Rate(quota, seconds)
    assert seconds * 1_000_000 <= rate.window < seconds * 1_000_000 + quota
    assert rate.interval * rate.quota == rate.window


@pytest.mark.parametrize(("quota", "seconds"), [(0, 60), (1, 0), (-1, 1)])
def test_what_is_no_rate_is_refused(quota, seconds):
    with pytest.raises(ValueError, match="must be >= 1"):
        Rate(quota, seconds)


@given(RATES, st.integers(0, 200), st.integers(0, 10**12))
def test_it_says_how_long_to_wait(rate, tries, back):
    tat = START
    for _ in range(tries):
        passes, ahead = spend(tat, START, rate.interval, rate.window)
        tat = START + ahead
        if not passes:
            later = START + rate.wait(ahead) * 1_000_000
            assert spend(tat, later, rate.interval, rate.window)[0]
            assert not spend(tat, later - 1_000_000, rate.interval, rate.window)[0]
    # A clock that has jumped back keeps nobody out for longer than one interval.
    passes, ahead = spend(tat, START - back, rate.interval, rate.window)
    if not passes:
        assert rate.wait(ahead) * 1_000_000 < rate.interval + 1_000_000


def test_keys_do_not_know_of_each_other_and_are_forgotten_in_time():
    now = START
    limiter = InProcessLimiter(lambda: now)
    rate = Rate(1, 60)

    def passes(key):
        return asyncio.run(limiter.spend(key, rate.interval, rate.window))[0]

    assert [passes(b"a"), passes(b"a"), passes(b"b")] == [True, False, True]
    asyncio.run(limiter.refund(b"a", rate.interval))
    assert [passes(b"a"), passes(b"a")] == [True, False]
    for each in range(3000):
        passes(str(each).encode())
    assert len(limiter._tats) > 3000, "they matter still"
    now += rate.window + 1
    for each in range(4000):
        passes(f"later {each}".encode())
    assert len(limiter._tats) <= 4000
    assert passes(b"a")
