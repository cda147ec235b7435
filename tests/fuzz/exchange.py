"""One input on a connection of its own: what came back, and whether that is an answer."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import attrs
import msgspec

from tests.http.wire import CODES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fuzz.inputs import Input

# A head may take 30 s and a body 10 s; more than both guards against hanging.
HANGS_AFTER: Final = 60.0
# Who has said half of a request waits for the server's patience to end, or leaves after this.
QUIET: Final = 1.0
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_INSIDES: Final = re.compile(
    rb"Traceback|File \"|psycopg|sqlalchemy|litestar|\bSELECT\b|INSERT INTO|UPDATE \w+ SET|DELETE FROM|SQLSTATE",
    re.IGNORECASE,
)
# It speaks of the version in the request.
_NOT_OURS: Final = 505
_REFUSED: Final = 400
_FAILED: Final = 500
# `internal` is none of them.
_ALL_CODES: Final = CODES | {
    "invalid_idempotency_key",
    "idempotency_in_flight",
    "idempotency_key_reused",
}


@attrs.frozen
class Answer:
    """Hold what came back: each status, none if it was hung up on, and what is wrong with it."""

    statuses: tuple[int, ...]
    wrong: str = ""


async def exchange(port: int, given: Input, turns: asyncio.Semaphore) -> Answer:
    """Send an input, and return what was answered until the server hung up."""
    said = bytearray()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(ConnectionError):
        try:
            async with asyncio.timeout(HANGS_AFTER):
                await _talk(reader, writer, given, turns, said)
        except TimeoutError:
            return Answer(statuses_of(said), f"hangs, after {bytes(said[:200])!r}")
        finally:
            writer.transport.abort()
    return judged(bytes(said))


async def _talk(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    given: Input,
    turns: asyncio.Semaphore,
    said: bytearray,
) -> None:
    """Send, and collect what is said until the server hangs up.

    Once nothing comes for a while, an impatient one closes its side; a patient one gives its turn
    to somebody else and waits.
    """
    writer.write(given.data)
    reading = asyncio.ensure_future(_collect(reader, said))
    try:
        while not reading.done():
            before = len(said)
            await asyncio.wait([reading], timeout=QUIET)
            if not reading.done() and len(said) == before:
                if not given.is_patient and not writer.transport.is_closing():
                    writer.write_eof()
                async with _given_up(turns):
                    await reading
        await reading
    finally:
        reading.cancel()


async def _collect(reader: asyncio.StreamReader, said: bytearray) -> None:
    while data := await reader.read(2**16):
        said += data


@asynccontextmanager
async def _given_up(turns: asyncio.Semaphore) -> AsyncIterator[None]:
    turns.release()
    try:
        yield
    finally:
        await turns.acquire()


def statuses_of(said: bytes | bytearray) -> tuple[int, ...]:
    """Return the statuses of all answers on a connection."""
    return tuple(int(status) for status in _STATUS.findall(said))


def judged(said: bytes) -> Answer:
    """Return the answers on a connection, and what is wrong with them, if anything is."""
    statuses = statuses_of(said)
    if said and not _STATUS.match(said):
        return Answer(statuses, f"is no HTTP: {said[:200]!r}")
    if failed := [each for each in statuses if each >= _FAILED and each != _NOT_OURS]:
        return Answer(statuses, f"{failed[0]}: {said[-500:]!r}")
    if statuses and statuses[-1] >= _REFUSED:
        head, _, body = said[said.rindex(b"HTTP/1.") :].partition(b"\r\n\r\n")
        if found := _INSIDES.search(body):
            return Answer(statuses, f"tells of its insides, {found[0]!r}: {body[:500]!r}")
        # What is no HTTP never reaches Fring: then there is no body.
        if body and not _is_error(body):
            return Answer(statuses, f"is no error: {head!r} {body[:500]!r}")
    return Answer(statuses)


def _is_error(body: bytes) -> bool:
    try:
        error = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return False
    return (
        isinstance(error, dict) and set(error) == {"detail", "code"} and error["code"] in _ALL_CODES
    )
