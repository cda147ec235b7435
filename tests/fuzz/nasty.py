"""Values that have broken servers: texts, JSON, headers, and what to put into them."""

from __future__ import annotations

from typing import Final

TEXTS: Final = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\x01\x1f\x7f",
        "\r\n",
        "\t",
        "ß",
        "\u017f",
        "\u0130",
        "e\u0301",
        "\u202e",
        "\ufeff",
    ),
    *("\U0001f600", "\uffff", "' OR 1=1 --", '"; DROP TABLE tasks; --', "%s%n", "{0.__class__}"),
    *(
        "${jndi:ldap://x}",
        "<script>",
        "../../etc/passwd",
        "x" * 201,
        "x" * 256,
        "x" * 10_001,
        "null",
    ),
    *(
        "-1",
        "0",
        "1.0",
        "1e400",
        "9" * 20,
        "9" * 5000,
        "NaN",
        "true",
        "\u0663",
        "a@b",
        "todo ",
        "2027-02-30",
    ),
)
IN_PATHS: Final = (
    *(
        b"",
        b"%",
        b"%0",
        b"%zz",
        b"%00",
        b"%ff",
        b"%2f",
        b"%2e%2e",
        b".",
        b"..",
        b"//",
        b";a=b",
        b"*",
    ),
    *(
        b"%ED%A0%80",
        b"%C0%AF",
        b"%25%32%66",
        b"\\",
        b"?",
        b"#",
        b"\xff\xfe",
        b"\xc3\xbc",
        b"-1",
        b"0",
    ),
    *(
        b"9" * 30,
        b"9" * 5000,
        b"me",
        b"auth",
        b"v1",
        b"v2",
        b"x" * 256,
        b"x" * 70_000,
        b"%20",
        b"a b",
    ),
)
# As JSON, for what no encoder writes.
JSON: Final = (
    *(
        b"null",
        b"true",
        b"[]",
        b"{}",
        b'""',
        b"0",
        b"-0",
        b"-1",
        b"1.0",
        b"1e400",
        b"NaN",
        b"Infinity",
    ),
    *(
        b"9" * 20,
        b"9" * 5000,
        b'"\\ud800"',
        b'"\\u0000"',
        b'"\\udc00\\ud800"',
        b'"\xff"',
        b'"\x01"',
        b"'a'",
    ),
    *(
        b"[" * 5000,
        b"[" * 100 + b"]" * 100,
        b'{"a":' * 2000,
        b'{"a":1,"a":2}',
        b"tru",
        b'"open',
        b"01",
    ),
    *(b"2147483648", b"9223372036854775808", b'"x"' + b" " * 5000, b"/**/1", b"\xef\xbb\xbf1"),
)
HEADERS: Final = (
    *(
        (b"Content-Length", value)
        for value in (b"0", b"1", b"+1", b"-1", b"1, 1", b"1 1", b"9" * 30, b"x")
    ),
    *(
        (b"Transfer-Encoding", value)
        for value in (b"chunked", b"gzip", b"chunked, chunked", b"identity")
    ),
    *(
        (b"Content-Type", value)
        for value in (b"text/plain", b"application/json; charset=utf-16", b"")
    ),
    *((b"Content-Encoding", value) for value in (b"gzip", b"identity", b"br, gzip")),
    *((b"Expect", value) for value in (b"100-continue", b"what")),
    *((b"Connection", value) for value in (b"keep-alive", b"upgrade", b"close, TE", b"Host")),
    *((b"Upgrade", value) for value in (b"h2c", b"websocket", b"TLS/1.2")),
    *((b"HTTP2-Settings", value) for value in (b"AAMAAABkAAQCAAAAAAIAAAAA", b"!")),
    *(
        (b"Host", value)
        for value in (b"", b"localhost", b"evil", b"[::1", b"a b", b"localhost:99999999", b"\xff")
    ),
    *(
        (b"Origin", value)
        for value in (b"null", b"http://localhost:3000", b"https://evil", b"\xff", b"")
    ),
    *(
        (b"Authorization", value)
        for value in (b"", b"Bearer", b"Bearer a.b.c", b"Basic YTpi", b"Bearer \xff")
    ),
    *(
        (b"Idempotency-Key", value)
        for value in (b"", b"k", b'"k"', b"k2", b"\xff", b"x" * 256, b"a b", b'"')
    ),
    *(
        (b"If-Match", value)
        for value in (
            b"*",
            b'"1"',
            b'W/"1"',
            b'"x"',
            b"1",
            b'"' + b"9" * 5000 + b'"',
            b'"1-a"',
            b",",
        )
    ),
    *(
        (b"If-None-Match", value)
        for value in (b"*", b'"1"', b'W/"1"', b'"1", "2"', b"\xff", b'"' * 999)
    ),
    *((b"Accept", value) for value in (b"text/html", b"text/html;q=nan", b";;;,,,", b"*/*;q=1e9")),
    *((b"X-Request-ID", value) for value in (b"", b"\xff", b"x" * 129, b"mine")),
    *(
        (b"traceparent", value)
        for value in (b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01", b"\xff")
    ),
    *((b"X-Forwarded-For", value) for value in (b"1.2.3.4", b"unknown", b"::1, x", b"," * 999)),
    *((b"Forwarded", value) for value in (b"for=1.2.3.4", b'for="[::1]:x"', b";;=")),
    *((b"X-Forwarded-Proto", value) for value in (b"https", b"\xff")),
    *((b"X-Forwarded-Prefix", value) for value in (b"/a", b"//evil", b"\xff")),
    *((b"Access-Control-Request-Method", value) for value in (b"PUT", b"\xff")),
    *((b"Access-Control-Request-Headers", value) for value in (b"a, b", b"\xff", b"x" * 5000)),
    *((b"Range", value) for value in (b"bytes=0-1", b"bytes=9-1")),
    *((b"X", value) for value in (b"a\r\n b", b"a\rb", b"a\0b", b"x" * 70_000, b"")),
)
METHODS: Final = (
    *(
        b"GET",
        b"HEAD",
        b"POST",
        b"PUT",
        b"PATCH",
        b"DELETE",
        b"OPTIONS",
        b"TRACE",
        b"CONNECT",
        b"PRI",
    ),
    *(b"get", b"BREW", b"X" * 300, b"", b"GE T", b"G\0T", b"\xff", b"QUERY"),
)
VERSIONS: Final = (
    *(
        b"HTTP/1.0",
        b"HTTP/0.9",
        b"HTTP/1.2",
        b"HTTP/2.0",
        b"HTTP/1.1 ",
        b"http/1.1",
        b"HTTP/11",
        b"",
        b"x",
    ),
)
