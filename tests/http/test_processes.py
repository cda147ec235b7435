"""The server's processes: what happens when one of them is killed, told to end, or starts twice."""

import os
import pty
import random
import signal
import socket
import subprocess
import sys
import time

import httpx
import psutil
import pytest

from benchmarks.ports import free_port
from fring_http.server.processes.slots import NO_SLOT
from tests.serving import DEADLINE, await_condition, environment, serving

BODY = {"title": "task"}


def status(url):
    try:
        return httpx.get(url, verify=False, timeout=5).status_code
    except httpx.TransportError:
        return None


def workers(process):
    return psutil.Process(process.pid).children()


@pytest.fixture
def start(tmp_path):
    """Give a function that starts a server as a shell does: in a process group of its own."""
    started = []

    def start(port, **settings):
        server = subprocess.Popen(
            [sys.executable, "-m", "fring_http", "serve"],
            env=environment(PORT=str(port), **settings),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        started.append(server)
        return server

    yield start
    for server in started:
        server.kill()
        server.__exit__(None, None, None)


def finished(process):
    """Return how a server ended, and what it said."""
    said, _ = process.communicate(timeout=DEADLINE)
    return process.returncode, said.decode()


def test_a_worker_that_dies_is_replaced_however_often(tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        for _ in range(3):
            [worker] = workers(server.process)
            worker.kill()
            await_condition(lambda worker=worker: worker not in workers(server.process))
            await_condition(lambda: status(f"{server.url}/health") == 200)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_workers_start_while_the_database_is_away(tmp_path, database, how):
    with serving(tmp_path, DATABASE_URL=database.url, WORKERS="2") as server:
        before = workers(server.process)
        database.stop()
        if how is signal.SIGHUP:
            server.process.send_signal(how)
        else:
            before[0].kill()
        await_condition(lambda: before[0] not in workers(server.process))
        await_condition(lambda: status(f"{server.url}/api/v1/tasks") == 503)
        database.start()
        await_condition(lambda: status(f"{server.url}/api/v1/tasks") == 200)


def test_a_reload_loses_no_request(tmp_path, database):
    with serving(tmp_path, DATABASE_URL=database.url) as server:
        [old] = workers(server.process)
        server.process.send_signal(signal.SIGHUP)
        while old in workers(server.process):
            assert status(f"{server.url}/api/v1/tasks") == 200


def test_a_reload_does_not_empty_the_memory(tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        httpx.post(f"{server.url}/api/v1/tasks", json=BODY, verify=False)
        server.process.send_signal(signal.SIGHUP)
        await_condition(lambda: "a reload would empty memory://" in server.log.read_text())
        assert len(httpx.get(f"{server.url}/api/v1/tasks", verify=False).json()) == 1


def test_workers_end_with_a_server_that_is_killed(start):
    port = free_port()
    first = start(port, DATABASE_URL="memory://")
    await_condition(lambda: status(f"http://127.0.0.1:{port}/health") == 200)
    left = workers(first)
    first.kill()
    first.communicate()
    await_condition(lambda: not any(worker.is_running() for worker in left))
    second = start(port, DATABASE_URL="memory://")
    await_condition(lambda: status(f"http://127.0.0.1:{port}/health") == 200)
    second.terminate()
    assert finished(second)[0] == 0


def test_two_servers_never_share_a_port(start):
    port = free_port()
    servers = [start(port, DATABASE_URL="memory://") for _ in range(2)]
    await_condition(lambda: any(server.poll() is not None for server in servers))
    [refused] = [server for server in servers if server.poll() is not None]
    code, said = finished(refused)
    assert code == 1
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use" in said
    [serves] = {*servers} - {refused}
    await_condition(lambda: status(f"http://127.0.0.1:{port}/health") == 200)
    serves.terminate()
    assert finished(serves)[0] == 0


@pytest.mark.parametrize(
    ("number", "times"),
    [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGINT, 5), (signal.SIGTERM, 2)],
)
def test_it_ends_as_told_however_often_it_is_told(start, number, times):
    port = free_port()
    server = start(port, DATABASE_URL="memory://")
    await_condition(lambda: status(f"http://127.0.0.1:{port}/health") == 200)
    left = workers(server)
    for _ in range(times):
        if server.poll() is None:
            os.killpg(server.pid, number)
            time.sleep(0.02)
    code, said = finished(server)
    assert (code, "Traceback" in said) == (0, False), said
    assert not any(worker.is_running() for worker in left)


@pytest.mark.parametrize("seed", range(3))
def test_it_may_be_told_while_it_starts(tmp_path, start, seed):
    server = start(free_port())
    time.sleep(random.Random(seed).uniform(0.2, 2.5))
    number = random.Random(seed).choice([signal.SIGINT, signal.SIGTERM])
    os.killpg(server.pid, number)
    code, said = finished(server)
    assert code in (0, 130, -number), said
    assert "Traceback" not in said
    assert not (tmp_path / ".fring" / "postgres" / "postmaster.pid").exists()


def test_what_is_under_way_is_answered_and_nothing_new(tmp_path):
    with (
        serving(tmp_path, DATABASE_URL="memory://") as server,
        socket.create_connection(("127.0.0.1", server.port)) as idle,
        socket.create_connection(("127.0.0.1", server.port)) as busy,
    ):
        body = b'{"title": "slow"}'
        busy.sendall(
            b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        await_condition(lambda: status(f"{server.url}/health") == 200)
        server.process.terminate()
        await_condition(lambda: status(f"{server.url}/health") is None)
        busy.sendall(body)
        assert busy.recv(4096).startswith(b"HTTP/1.1 201 ")
        assert idle.recv(4096) == b""
        assert server.process.wait(DEADLINE) == 0


def test_all_its_processes_may_be_told_at_once(tmp_path, start):
    port = free_port()
    server = start(port)
    await_condition(lambda: status(f"http://127.0.0.1:{port}/api/v1/tasks") == 200)
    pid_file = tmp_path / ".fring" / "postgres" / "postmaster.pid"
    postgres = psutil.Process(int(pid_file.read_text().split()[0]))
    everybody = [psutil.Process(server.pid), *workers(server), postgres.parent(), postgres]
    for process in everybody:
        process.terminate()
    code, said = finished(server)
    assert (code, "Traceback" in said) == (0, False), said
    await_condition(lambda: not any(process.is_running() for process in everybody))
    assert not pid_file.exists()


@pytest.mark.parametrize("nohup", [False, True])
def test_a_closed_terminal_ends_it_unless_it_was_to_ignore_that(tmp_path, nohup):
    port = free_port()
    shell, terminal = pty.openpty()
    code = (
        "import os, signal, sys; os.login_tty(0);"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN) if sys.argv[1] == 'True' else None;"
        "os.execv(sys.executable, [sys.executable, '-m', 'fring_http', 'serve'])"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(nohup)],
        env=environment(PORT=str(port), DATABASE_URL="memory://"),
        cwd=tmp_path,
        stdin=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    await_condition(lambda: status(f"http://127.0.0.1:{port}/health") == 200)
    os.close(shell)
    if nohup:
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(1)
        assert status(f"http://127.0.0.1:{port}/health") == 200
        server.terminate()
    assert server.wait(DEADLINE) == 0


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("::1", ["[::1]"]),
        ("::", ["[::1]", "127.0.0.1"]),
        ("localhost", ["[::1]", "127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),
    ],
)
def test_it_listens_where_the_host_says(start, host, asked):
    port = free_port()
    server = start(port, DATABASE_URL="memory://", HOST=host, FRING_AUTH="off")
    for name in asked:
        await_condition(lambda name=name: status(f"http://{name}:{port}/health") == 200)
    server.terminate()
    assert finished(server)[0] == 0


def test_silent_connections_are_in_nobodys_way(tmp_path):
    with serving(tmp_path, DATABASE_URL="memory://") as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(1100)]
        try:
            assert status(f"{server.url}/health") == 200
        finally:
            for each in silent:
                each.close()


def test_http_2_is_not_spoken(tmp_path):
    with (
        serving(tmp_path, DATABASE_URL="memory://") as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
        assert client.recv(4096) == b""  # closed, where HTTP/2 would begin with its settings


def test_silence_is_cut(tmp_path):
    code = (
        "from fring_http.server.processes import granian_on_socket, worker;"
        " granian_on_socket.SILENT_SECONDS = 0.3; worker.main()"
    )
    port = free_port()
    supervisor, end = socket.socketpair()
    worker = subprocess.Popen(
        [sys.executable, "-c", code, NO_SLOT, "", "", "127.0.0.1", str(port)],
        env=environment(DATABASE_URL="memory://"),
        cwd=tmp_path,
        stdin=end.fileno(),
    )
    end.close()
    try:
        assert supervisor.recv(1) == b"1"
        request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for said in (b"", request[:-4], request):
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as client:
                client.sendall(said)
                while client.recv(4096):
                    pass
    finally:
        supervisor.close()
        assert worker.wait(DEADLINE) == 0
