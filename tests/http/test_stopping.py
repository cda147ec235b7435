"""A signal ends a command wherever it comes, also where Python ignores what is raised."""

import subprocess
import sys

import pytest

STOPPED = """
import signal, time
from fring_http.server.command.running import Stopped, stoppable

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGTERM)
        for _ in range(1000):
            pass

try:
    with stoppable():
        {}
        time.sleep(20)
    print("it went on")
except Stopped:
    print("stopped")
"""


@pytest.mark.parametrize("where", ["signal.raise_signal(signal.SIGTERM)", "Finalized()"])
def test_a_signal_stops_it(where):
    done = subprocess.run(
        [sys.executable, "-c", STOPPED.format(where)], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("stopped\n", "")
