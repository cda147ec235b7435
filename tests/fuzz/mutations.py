"""What is done to a request before it is sent: each mutation changes one part of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tests.fuzz import nasty

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from tests.fuzz.request import Request


def method(request: Request, random: Random) -> None:
    """Ask in another way."""
    request.method = random.choice(nasty.METHODS)


def version(request: Request, random: Random) -> None:
    """Speak another HTTP."""
    request.version = random.choice(nasty.VERSIONS)


def form(request: Request, random: Random) -> None:
    """Name the target in another form."""
    host = random.choice(
        [b"http://localhost", b"https://evil", b"http://a@b:99999", b"//x", b"http://"]
    )
    request.target = random.choice([host + request.target, b"*", b"localhost:80", b"", b"x"])


def path(request: Request, random: Random) -> None:
    """Replace a segment of the path, or add one."""
    before, mark, query = request.target.partition(b"?")
    segments = before.split(b"/")
    value = random.choice([*nasty.IN_PATHS, quote(random.choice(nasty.TEXTS)).encode()])
    if random.random() < 0.3:
        segments.insert(random.randint(1, len(segments)), value)
    else:
        segments[random.randrange(1, len(segments)) if len(segments) > 1 else 0] = value
    request.target = b"/".join(segments) + mark + query


def query(request: Request, random: Random) -> None:
    """Give a parameter another value, or the same one many times."""
    before, _, given = request.target.partition(b"?")
    pairs = given.split(b"&") if given else [b"limit=1"]
    name = random.choice([*pairs, b"skip", b"limit", b"status", b"unknown", b"%ff"]).partition(
        b"="
    )[0]
    value = random.choice([*nasty.IN_PATHS, quote(random.choice(nasty.TEXTS)).encode()])
    pairs.append(random.choice([name + b"=" + value, name, b"=", b"&" * 500, b"[]=1"]))
    random.shuffle(pairs)
    request.target = before + b"?" + random.choice([b"&", b"&", b";"]).join(pairs)


def header(request: Request, random: Random) -> None:
    """Add a header, in front or behind."""
    where = random.choice([0, len(request.headers)])
    request.headers.insert(where, random.choice(nasty.HEADERS))


def headers(request: Request, random: Random) -> None:
    """Spoil a header that is there: twice, gone, folded, misspelt; or have a thousand."""
    if not request.headers:
        return
    at = random.randrange(len(request.headers))
    name, value = request.headers[at]
    instead = random.choice(
        [
            [(name, value)] * 2,
            [],
            [(name, value), (name, b"x")],
            [(name, b"\r\n " + value)],
            [(name + b" ", value)],
            [(b"", value)],
            [(name.swapcase(), value)],
            [(name, value + bytes([random.randrange(256)]))],
            [(name, value), *[(b"X-Many", b"x")] * random.choice([50, 99, 1000])],
        ]
    )
    request.headers[at : at + 1] = instead


def line_end(request: Request, random: Random) -> None:
    """End lines in another way."""
    request.line_end = random.choice([b"\n", b"\r", b"\r\r\n", b"\r\n\r\n"])


def body(request: Request, random: Random) -> None:
    """Spoil the JSON: a member, or all of it."""
    try:
        members = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):  # spoilt before
        members = {}
    if not isinstance(members, dict):
        members = {}
    written = {
        json.dumps(name).encode(): json.dumps(value).encode() for name, value in members.items()
    }
    names = [*written, b'"id"', b'"status"', b'"completed"', b'"unknown"', b'"\\ud800"', b"1"]
    value = random.choice([*nasty.JSON, json.dumps(random.choice(nasty.TEXTS)).encode()])
    written[random.choice(names)] = value
    whole = b"{%b}" % b",".join(name + b":" + each for name, each in written.items())
    request.body = random.choice(
        [whole] * 8
        + [value, b"", whole * 2, whole[:-1], whole.replace(b'"', b"'"), b"\xef\xbb\xbf" + whole]
        + [
            whole.decode("latin-1").encode("utf-16"),
            b" " * random.choice([2**16, 2**20 + 1]) + whole,
        ]
    )


def length(request: Request, random: Random) -> None:
    """Say another length than the body has."""
    size = len(request.body)
    request.length = random.choice(
        [b"%d" % (size + 5), b"%d" % max(size - 1, 0), b"0%d" % size, b"-0", b""]
    )


def chunks(request: Request, random: Random) -> None:
    """Send the body in chunks, not all of them as they should be."""
    left, sent = request.body, b""
    while left:
        size = random.randint(1, len(left))
        chunk, left = left[:size], left[size:]
        head = random.choice(
            [
                b"%x",
                b"%x",
                b"%x",
                b"%X",
                b"00%x",
                b"%x;a=b",
                b'%x;a="\r"',
                b"%x ",
                b"0x%x",
                b"-%x",
                b"%x0",
            ]
        )
        sent += head % size + random.choice([b"\r\n"] * 9 + [b"\n"]) + chunk + b"\r\n"
    end = [b"0\r\n\r\n"] * 6 + [
        b"0\r\nX: y\r\n\r\n",
        b"",
        b"0\r\n",
        b"0\r\nContent-Length: 9\r\n\r\n",
        b"0;" + b"a" * 9999 + b"\r\n\r\n",
    ]
    request.headers.append((b"Transfer-Encoding", b"chunked"))
    request.body = sent + random.choice(end)


_PARTS: Final[list[Callable[[Request, Random], None]]] = [
    *(method, version, form, line_end, length),
    *(path, path, query, query, header, header, header, headers, headers, body, body, body, chunks),
]


def mutated(request: Request, random: Random) -> bytes:
    """Change up to three parts of a request, then, now and then, its bytes; return what to send."""
    for _ in range(random.choice([0, 1, 1, 1, 1, 2, 2, 3])):
        random.choice(_PARTS)(request, random)
    data = request.encoded()
    return _bytes(data, random) if random.random() < 0.15 else data


def _bytes(data: bytes, random: Random) -> bytes:
    """Flip, insert, leave out or repeat some bytes, or cut the rest off."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data) + 1)
        end = at + random.choice([1, 2, 5, 20])
        some = random.choice([random.randbytes(2), b"\0", b"\r\n", b" ", b"%"])
        data = random.choice(
            [
                data[:at] + some + data[at + len(some) :],
                data[:at] + some + data[at:],
                data[:at] + data[end:],
                data[:end] + data[at:],
                data[:at],
            ]
        )
    return data
