"""A few thousand mutated requests, the same each time; and what looks at answers can say no."""

import subprocess
import sys

import pytest

from tests.fuzz.exchange import judged
from tests.fuzz.inputs import input_of
from tests.fuzz.modes import MODES
from tests.fuzz.running import check_rests, send_all
from tests.serving import serving

SEED, INPUTS = 12, 1000


@pytest.mark.parametrize("mode", MODES)
def test_no_input_does_harm(mode, tmp_path, new_database):
    settings, token = MODES[mode]
    with serving(tmp_path, DATABASE_URL=new_database(), **settings) as server:
        inputs = (input_of(SEED, number, token, patient=0) for number in range(INPUTS))
        outcome = send_all(server.port, inputs)
        assert not outcome.wrong
        # What is sent gets as far as the store, and is refused in many ways.
        assert {200, 201, 204, 400, 404, 405, 422} <= outcome.counts.keys()
        check_rests(server)


def test_a_seed_makes_the_same_inputs_in_every_process():
    program = (
        "from tests.fuzz.inputs import input_of\n"
        "print([input_of(7, number, 'token') for number in range(200)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([input_of(7, number, "token") for number in range(200)])


ERROR = b'{"detail": "Not Found", "code": "not_found"}'


@pytest.mark.parametrize(
    ("said", "statuses", "wrong"),
    [
        (b"", (), ""),
        (b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", (400,), ""),
        (b"HTTP/1.1 404 Not Found\r\n\r\n" + ERROR, (404,), ""),
        (b"HTTP/1.1 200 OK\r\n\r\n{}HTTP/1.1 404 Not Found\r\n\r\n" + ERROR, (200, 404), ""),
        (b"HTTP/1.1 500 Oh\r\n\r\n", (500,), "500"),
        (b"HTTP/1.1 503 Away\r\n\r\n", (503,), "503"),
        (b"HTTP/1.1 503 Away\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", (503, 200), "503"),
        (b"rubbish", (), "is no HTTP"),
        (b"HTTP/1.1 404 Not Found\r\n\r\nnowhere", (404,), "is no error"),
        (b'HTTP/1.1 404 Not Found\r\n\r\n{"detail": "x", "code": "new"}', (404,), "is no error"),
        (b'HTTP/1.1 422 No\r\n\r\n{"detail": "SELECT 1", "code": "validation"}', (422,), "tells"),
    ],
)
def test_what_is_wrong_with_an_answer_is_seen(said, statuses, wrong):
    answer = judged(said)
    assert answer.statuses == statuses
    assert answer.wrong.startswith(wrong) if wrong else not answer.wrong
