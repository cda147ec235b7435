"""Each odd request has the answer that docs/hostile-input.md gives, and smuggles nothing in."""

import re
from contextlib import suppress
from itertools import chain

import pytest

from tests.docs.pages import ROOT, table
from tests.http.odd_http import ODD
from tests.http.tokens import as_user
from tests.http.wire import connect, read_response

PAGE = ROOT / "docs/hostile-input.md"
DECIDED = {
    what: answer
    for what, answer, *_ in chain(
        *(
            table(PAGE, head, "answer", "why")
            for head in ("where a body ends", "lines, headers and targets")
        )
    )
}
NEXT = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

# No store has a part in it.
on_memory = pytest.mark.parametrize("server", ["memory"], indirect=True)


def statuses(server, data):
    """Send bytes, and a request behind them once they are answered; return all statuses."""
    said = b""
    with connect(server) as sock, suppress(ConnectionError):
        sock.sendall(data)
        said += sock.recv(2**16)
        if said:
            sock.sendall(NEXT)
        while more := sock.recv(2**16):
            said += more
    return re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)


@on_memory
@pytest.mark.parametrize("what", ODD)
def test_an_odd_request_has_its_decided_answer(server, what):
    status, _, end = DECIDED[what].partition(", ")
    assert end in {"", "closed"}
    expected = [] if status == "closed" else [status]
    if status != "closed" and not end:
        expected.append("200")  # of the one behind it
    assert [each.decode() for each in statuses(server, ODD[what])] == expected


def test_all_that_is_decided_is_tried():
    assert set(DECIDED) == set(ODD)


@on_memory
def test_a_body_that_two_read_differently_hides_no_request(server, client, new_task):
    """Whichever length counts, what is behind it is thrown away with the connection."""
    task = new_task()
    hidden = f"DELETE /api/v1/tasks/{task['id']} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    for length in (0, 5, 5 + len(hidden)):
        head = (
            "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        assert statuses(server, head.encode() + b"0\r\n\r\n" + hidden) == [b"422"]
    assert client.get(f"/api/v1/tasks/{task['id']}").status_code == 200


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_a_second_authorization_is_one_too_many(secured):
    (value,) = as_user("me").values()
    line = f"Authorization: {value}\r\n"
    for lines, status in ((line, 200), (line * 2, 401)):
        data = f"GET /api/me/tasks HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n"
        with connect(secured.url) as sock:
            sock.sendall(data.encode())
            assert read_response(sock).status_code == status


@on_memory
def test_if_match_twice_is_a_list(server, client, new_task):
    path = f"/api/v1/tasks/{new_task()['id']}"
    (tag,) = [client.get(path).headers["etag"]]
    for other, status in ((tag, 200), ('"999"', 412)):
        head = f'PUT {path} HTTP/1.1\r\nHost: localhost\r\nIf-Match: "998"\r\nIf-Match: {other}\r\n'
        data = f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
        with connect(server) as sock:
            sock.sendall(data.encode())
            assert read_response(sock).status_code == status
