"""A port is one server's, at every moment of its taking."""

import socket
from contextlib import ExitStack

import pytest

from benchmarks.ports import free_port
from fring_http.server.processes.addresses import held


@pytest.mark.parametrize("method", ["shutdown", "setsockopt"])
def test_nobody_gets_in_between(monkeypatch, method):
    port = free_port()
    kept = getattr(socket.socket, method)
    tried = []

    def then_another_tries(sock, *arguments):
        kept(sock, *arguments)
        if sock.getsockname()[1] == port:  # and so not the one that the other opens
            with monkeypatch.context() as patch:
                patch.setattr(socket.socket, method, kept)
                with pytest.raises(OSError, match="Address already in use"):
                    socket.create_server(("127.0.0.1", port))
            tried.append(method)

    monkeypatch.setattr(socket.socket, method, then_another_tries)
    with ExitStack() as stack:
        held("127.0.0.1", port, stack)
    assert tried
