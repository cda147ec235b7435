"""What the tests of the use cases share."""

from datetime import UTC, datetime, timedelta

import pytest

from fring_core import Cause, Causes, NewUser, run_sync

NOW = datetime(2024, 2, 29, 12, tzinfo=UTC)
ANN = NewUser("ann", "ann@example.org", 1)
CAUSE = Cause(NOW)
BOB = NewUser("bob", "bob@example.org", 2)


class Ticking:
    """A clock that is one second on whenever it is asked."""

    def __init__(self):
        self.now = NOW - timedelta(seconds=1)

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def causes():
    """Return what tells why each change is made: nobody's, a second after the one before."""
    return Causes(Ticking())


def refused(error, call):
    """Tell with which arguments a call raises an error."""
    with pytest.raises(error) as raised:
        run_sync(call)
    return raised.value.args
