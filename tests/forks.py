"""Fork, and expect the child to be told so."""

import os
import sys


def refused(run, *arguments):
    """Expect a call to say that it comes after a fork."""
    try:
        run(*arguments)
    except RuntimeError as error:
        assert "before a fork" in str(error), error
    else:
        raise AssertionError("it was not refused")


def in_child(scenario):
    """Run a scenario in a child that ends as programs do; expect it to end well."""
    pid = os.fork()
    if not pid:
        scenario()
        sys.exit(0)  # through the blocks and destructors of whoever forked
    ended(pid)


def ended(pid):
    """Expect a child to end well."""
    assert os.waitpid(pid, 0)[1] == 0
