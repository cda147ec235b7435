"""The proxy loses what it is told to lose, and nothing else."""

import socket
import socketserver
import struct
import time
from contextlib import suppress
from threading import Thread

import pytest

from tests.faults.proxy import Proxy
from tests.faults.wire import Statements, commits, writes
from tests.serving import await_condition

START = struct.pack("!ii", 8, 196608)
ENCRYPTION = struct.pack("!ii", 8, 80877103)


class Echo(socketserver.ThreadingTCPServer):
    """Send back what comes."""

    daemon_threads = True
    heard = b""


class Handler(socketserver.BaseRequestHandler):
    server: Echo

    def handle(self):
        with suppress(ConnectionError):
            while said := self.request.recv(100):
                self.server.heard += said
                self.request.sendall(said)


@pytest.fixture
def echo():
    with Echo(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(echo):
    with Proxy(echo.server_address[1], reads=True) as proxy:
        yield proxy


@pytest.fixture
def client(proxy):
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as client:
        client.sendall(START)  # as PostgreSQL's clients begin
        assert client.recv(100) == START
        yield client


def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def hears_nothing(client, seconds=0.3):
    client.settimeout(seconds)
    with pytest.raises(TimeoutError):
        client.recv(100)
    client.settimeout(30)
    return True


def is_reset(client):
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    return True


READ = message(b"Q", b"SELECT 1\0")
WRITE = message(b"Q", b"INSERT INTO tasks VALUES (1)\0")


def test_it_passes_on_what_comes_later_if_told(client, proxy):
    proxy.delay = 0.2
    began = time.monotonic()
    client.sendall(READ)
    assert client.recv(100) == READ
    assert time.monotonic() - began > 0.4


def test_silence_holds_back(client, proxy):
    proxy.silence()
    client.sendall(READ)
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as other:
        other.sendall(START)
        assert hears_nothing(client)
        assert hears_nothing(other)
        proxy.speak()
        assert client.recv(100) == READ
        assert other.recv(100) == START


def test_a_forgotten_connection_hears_nothing_and_is_not_told(client, proxy, echo):
    assert proxy.half_open() == 1
    client.sendall(READ)
    assert hears_nothing(client)
    assert READ not in echo.heard
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=30) as other:
        other.sendall(START)
        assert other.recv(100) == START


def test_what_is_dropped_is_reset(client, proxy):
    proxy.drop = 1.0
    client.sendall(READ)
    assert is_reset(client)
    assert proxy.dropped == 1


def test_a_write_is_cut_from_its_answer_and_a_read_is_not(client, proxy, echo):
    proxy.cut = 1.0
    client.sendall(READ)
    assert client.recv(100) == READ
    client.sendall(WRITE)
    assert is_reset(client)
    assert proxy.cuts == 1
    await_condition(lambda: echo.heard.endswith(WRITE))


def test_a_far_side_that_is_not_there_is_told():
    with (
        socket.create_server(("127.0.0.1", 0)) as bound,
        Proxy(bound.getsockname()[1]) as proxy,
    ):
        bound.close()
        try:
            client = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
        except ConnectionResetError:  # so soon
            return
        with client:
            assert is_reset(client)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_statements_are_told_as_they_are_executed(size):
    said = b"".join(
        [
            ENCRYPTION,
            START,
            message(b"P", b"_pg3_0\0INSERT INTO users VALUES ($1)\0\0\0"),
            message(b"S", b""),
            message(b"B", b"\0_pg3_0\0\0\0\0\0\0\0"),
            message(b"Q", b"COMMIT\0"),
        ]
    )
    statements = Statements()
    pieces = [said[start : start + size] for start in range(0, len(said), size)]
    told = [each for piece in pieces for each in statements.feed(piece)]
    assert told == [b"INSERT INTO users VALUES ($1)", b"COMMIT"]


@pytest.mark.parametrize(
    ("sql", "is_write"),
    [
        (b"COMMIT", True),
        (b"WITH x AS (SELECT 1) UPDATE tasks SET title = 'x'", True),
        (b"DELETE FROM tasks", True),
        (b"SELECT FROM tasks FOR UPDATE", False),
        (b"BEGIN", False),
    ],
)
def test_a_write_is_known_by_its_words(sql, is_write):
    assert writes([sql]) is is_write


@pytest.mark.parametrize(
    ("statement", "expected"), [(b"COMMIT", True), (b"commit;", True), (b"INSERT INTO x", False)]
)
def test_commits_are_told(statement, expected):
    assert commits([b"SELECT 1", statement]) is expected


def test_an_answer_to_a_commit_is_withheld_and_no_other(client, proxy, echo):
    proxy.withholds = True
    client.sendall(READ)
    assert client.recv(100) == READ
    commit = message(b"Q", b"COMMIT\0")
    client.sendall(commit)
    await_condition(lambda: proxy.withheld == 1)
    assert echo.heard.endswith(commit)
    assert hears_nothing(client)
