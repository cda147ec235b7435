"""How a worker ends: callers go elsewhere first, and nobody is cut off on the way in."""

import http.client
import signal
import socket
import sys
import time
from contextlib import suppress

import httpx
import psutil
import pytest

from fring_http.server.processes.departure import Door
from tests.serving import await_condition, serving

DRAINS = {"DATABASE_URL": "memory://", "FRING_DRAIN_SECONDS": "60"}
SOON = 8  # seconds: before a worker that does not end is killed


def ends(server):
    """Ask over a connection of its own, and return whether the answer ends it."""
    answer = httpx.get(f"{server.url}/api/v1/tasks", verify=False)
    assert answer.status_code == 200
    return answer.headers.get("connection") == "close"


def is_ready(server):
    try:
        return httpx.get(f"{server.url}/health/ready", verify=False).is_success
    except httpx.TransportError:
        return False


def hurry(server):
    """Tell a server to end, and that it has heard; it is told once more at the end of its block."""
    server.process.terminate()
    await_condition(lambda: not is_ready(server))


def test_while_it_drains_each_answer_ends_its_connection(tmp_path):
    with serving(tmp_path, **DRAINS) as server:
        kept = http.client.HTTPConnection("127.0.0.1", server.port)
        kept.request("GET", "/health")
        assert kept.getresponse().read()
        server.process.terminate()
        await_condition(lambda: ends(server))
        kept.request("GET", "/health")  # the connection of before is good for one more
        assert kept.getresponse().headers["connection"] == "close"
        kept.close()
    # Told once more, it has ended.


def test_a_worker_drains_by_itself_and_is_as_ready_as_the_others(tmp_path):
    with serving(tmp_path, **DRAINS) as server:
        [worker] = psutil.Process(server.process.pid).children()
        worker.terminate()
        await_condition(lambda: ends(server))
        assert httpx.get(f"{server.url}/health/ready", verify=False).status_code == 200
        worker.terminate()
        await_condition(lambda: not worker.is_running())
        await_condition(lambda: psutil.Process(server.process.pid).children())
        await_condition(lambda: is_ready(server))
        hurry(server)


def test_a_reload_is_as_patient_and_an_end_in_a_hurry_is_not(tmp_path, database_url):
    with serving(tmp_path, **DRAINS | {"DATABASE_URL": database_url}) as server:
        [old] = psutil.Process(server.process.pid).children()
        server.process.send_signal(signal.SIGHUP)
        await_condition(lambda: "replaces" in server.log.read_text())
        assert old.is_running()
        hurry(server)
        began = time.monotonic()
    assert not old.is_running()
    assert time.monotonic() - began < SOON


def test_workers_without_a_supervisor_drain_no_more(tmp_path):
    killed = False
    with suppress(AssertionError), serving(tmp_path, **DRAINS) as server:
        left = psutil.Process(server.process.pid).children()
        server.process.kill()
        began = time.monotonic()
        await_condition(lambda: not any(worker.is_running() for worker in left))
        assert time.monotonic() - began < SOON
        killed = True
    assert killed


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows how")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_door_closes_behind_those_who_wait_in_it(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as listening:
        place = listening.getsockname()[:2]
        door = Door(listening)
        with socket.create_connection(place) as early:
            assert door.close()
            early.sendall(b"here")
            with pytest.raises(TimeoutError):
                socket.create_connection(place, timeout=0.2)
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.recv(4) == b"here"
