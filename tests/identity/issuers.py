"""An issuer of keys on loopback, which can go wrong in every way."""

import asyncio
import json
from contextlib import suppress

from tests.identity.forging import jwk


def answer(body, status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def key_set(*entries):
    return answer(
        json.dumps({"keys": entries}).encode(), "200 OK", "Content-Type: application/json"
    )


GOOD_BODY = json.dumps({"keys": [jwk("EdDSA", "new")]}).encode()
# What is sent at once, and then the connection is closed.
FAULTS = {
    "500": answer(GOOD_BODY, "500 Internal Server Error"),
    "404": answer(GOOD_BODY, "404 Not Found"),
    "redirect": answer(GOOD_BODY, "302 Found", "Location: /elsewhere"),
    "garbage": answer(b"\xff\xfe garbage"),
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "empty": answer(b""),
    "nested": answer(b"[" * 200_000),
    "a long number": answer(b'{"keys": ' + b"9" * 5000 + b"}"),
    "no key set": answer(b'{"keys": 7}'),
    "cut short": answer(GOOD_BODY)[:-20],
    "huge": answer(b" " * 2**21 + GOOD_BODY),
    "wrong encoding": answer(GOOD_BODY, "200 OK", "Content-Encoding: gzip"),
}

# Sets, and so the truth: the issuer has no key that counts.
EMPTY = {
    "no keys": key_set(),
    "no usable keys": key_set({"kty": "oct", "kid": "new", "k": "A" * 43}, jwk("EdDSA", use="enc")),
    "odd keys": key_set(7, None, jwk("RS256", "new", alg="none"), jwk("RS256", "n", alg=["RS256"])),
}


class Issuer:
    """Serve what `says` holds, at `url`, to everybody, and count the requests."""

    def __init__(self, context=None):
        self.heads = []
        self._context = context
        self.says = b""
        self.requests = 0
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.drips = False
        self._port = 0
        self._handling = set()

    async def __aenter__(self):
        await self.come()
        return self

    async def __aexit__(self, *_):
        await self.go()

    @property
    def url(self):
        scheme = "https" if self._context else "http"
        return f"{scheme}://127.0.0.1:{self._port}/jwks"

    async def come(self):
        self._server = await asyncio.start_server(
            self._handle, "127.0.0.1", self._port, ssl=self._context
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def go(self):
        self._server.close()
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)
        await self._server.wait_closed()

    async def _handle(self, reader, writer):
        self._handling.add(asyncio.current_task())
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                self.requests += 1
                self.asked.set()
                await self.may_answer.wait()
                if self.drips:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                while self.drips:
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.1)
                writer.write(self.says)
                await writer.drain()
        except asyncio.CancelledError:
            pass  # the issuer goes; asyncio's server would report it
        finally:
            self._handling.discard(asyncio.current_task())
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
