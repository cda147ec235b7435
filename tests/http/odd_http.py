"""Requests that are hardly HTTP, by the names that docs/hostile-input.md has for them."""

from __future__ import annotations

from typing import Final

_LINE: Final = (
    b"POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
)
_BODY: Final = b'{"title":"x"}'
_CHUNKED: Final = b"d\r\n" + _BODY + b"\r\n0\r\n\r\n"
_TE: Final = "Transfer-Encoding: chunked"


def _post(*headers: str, body: bytes = _BODY) -> bytes:
    lines = b"".join(header.encode("latin-1") + b"\r\n" for header in headers)
    return _LINE + lines + b"\r\n" + body


def _length(value: str) -> bytes:
    return _post(f"Content-Length: {value}")


def _chunk(head: bytes, end: bytes = b"0\r\n\r\n", line: bytes = b"\r\n") -> bytes:
    return _post(_TE, body=head + line + _BODY + b"\r\n" + end)


def _get(
    target: bytes, *headers: bytes, host: bytes = b"Host: localhost", version: str = "1.1"
) -> bytes:
    lines = b"".join(header + b"\r\n" for header in (host, *headers) if header)
    return b"GET %b HTTP/%b\r\n" % (target, version.encode()) + lines + b"\r\n"


_UPGRADE: Final = (
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
)
_LIVE: Final = b"/health/live"

ODD: Final = {
    # where a body ends
    "Content-Length and Transfer-Encoding: chunked": _post("Content-Length: 4", _TE, body=_CHUNKED),
    "the same in HTTP/1.0": _post(_TE, body=_CHUNKED).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "Content-Length twice, the same": _post("Content-Length: 13", "Content-Length: 13"),
    "Content-Length twice, different": _post("Content-Length: 13", "Content-Length: 12"),
    "Content-Length: 13, 13": _length("13, 13"),
    "Content-Length: +13": _length("+13"),
    "Content-Length: 1 3": _length("1 3"),
    "Content-Length: 0xd": _length("0xd"),
    "Content-Length: -1": _length("-1"),
    "Content-Length: without a value": _length(""),
    "Content-Length beyond 64 bits": _length("9" * 30),
    "Content-Length: 013": _length("013"),
    "Content-Length : 13, with a blank before the colon": _post("Content-Length : 13"),
    "Transfer-Encoding: gzip, chunked": _post("Transfer-Encoding: gzip, chunked", body=_CHUNKED),
    "Transfer-Encoding: chunked, gzip": _post("Transfer-Encoding: chunked, gzip", body=_CHUNKED),
    "Transfer-Encoding: identity": _post("Transfer-Encoding: identity", "Content-Length: 13"),
    "Transfer-Encoding: xchunked": _post("Transfer-Encoding: xchunked", body=_CHUNKED),
    "Transfer-Encoding: \\x0bchunked": _post("Transfer-Encoding: \x0bchunked", body=_CHUNKED),
    "Transfer-Encoding: chunked twice": _post(_TE, _TE, body=_CHUNKED),
    "chunk extensions": _chunk(b"d;a=b", b'0;c="d"\r\n\r\n'),
    "a chunk extension of 100 KB": _chunk(b"d;" + b"a" * 100_000),
    "a chunk extension with a line feed": _chunk(b"d;\na"),
    "a chunk size that is no number": _chunk(b"xx"),
    "a chunk size 0xd": _chunk(b"0xd"),
    "a chunk size -d, +d": _chunk(b"+d"),
    "a chunk size beyond 64 bits": _chunk(b"1000000000000000d"),
    "a chunk that is longer than its size": _chunk(b"c"),
    "a chunk size before a bare line feed": _chunk(b"d", line=b"\n"),
    "a trailer Content-Length: 4": _chunk(b"d", b"0\r\nContent-Length: 4\r\n\r\n"),
    "a GET with a body that is a request": _get(_LIVE, b"Content-Length: 41")
    + b"GET /api/v1/users HTTP/1.1\r\nHost: x\r\n\r\n  ",
    # lines and headers
    "a header that is folded (obs-fold)": _post("X-A: b\r\n c", "Content-Length: 13"),
    "a header without a name": _get(_LIVE, b": x"),
    "NUL or a bare CR in a header": _get(_LIVE, b"X-A: a\0b"),
    "lines that end in a bare line feed": _get(_LIVE).replace(b"\r\n", b"\n"),
    "100 headers": _get(_LIVE, *[b"X-Many: x"] * 99),
    "101 headers, or 1,000": _get(_LIVE, *[b"X-Many: x"] * 1000),
    "a header of 70 KB": _get(_LIVE, b"X-A: " + b"x" * 70_000),
    "a header of 1 MB": _get(_LIVE, b"X-A: " + b"x" * 1_000_000),
    # who is meant
    "no Host": _get(_LIVE, host=b""),
    "Host twice, even the same": _get(_LIVE, b"Host: localhost"),
    "Host of a stranger": _get(b"/api/v1/users", host=b"Host: evil.example"),
    "an absolute target, Host of a stranger": _get(
        b"http://localhost/api/v1/users", host=b"Host: evil.example"
    ),
    "an absolute target, Host of this server": _get(b"http://evil.example/health/live"),
    # headers that come twice
    "Content-Type twice, even the same": _post(
        "Content-Type: application/json", "Content-Length: 13"
    ),
    "Idempotency-Key twice, even the same": _post(
        "Idempotency-Key: a", "Idempotency-Key: a", "Content-Length: 13"
    ),
    # targets and versions
    "a target of 70 KB": _get(_LIVE + b"?" + b"x" * 70_000),
    "a blank or NUL in the target": _get(b"/api/v1/us\0ers"),
    "%00 in a path": _get(b"/api/v1/tasks/%00"),
    "CONNECT localhost:80": b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TRACE": _get(_LIVE).replace(b"GET", b"TRACE"),
    "OPTIONS *": _get(b"*").replace(b"GET", b"OPTIONS"),
    "HTTP/0.9": b"GET /health/live\r\n\r\n",
    "HTTP/1.0": _get(_LIVE, version="1.0"),
    "HTTP/1.2, or HTTP/2.0 in the line": _get(_LIVE, version="2.0"),
    "HTTP/2 with prior knowledge": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",
    "an upgrade to HTTP/2 (h2c)": _get(_LIVE, *_UPGRADE),
    "TLS where there is none": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "Expect of something unknown": _post("Expect: more", "Content-Length: 13"),
}
