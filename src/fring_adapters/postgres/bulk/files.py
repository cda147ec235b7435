"""Files, pipes and what is zipped: read line by line, or written and named when whole."""

from __future__ import annotations

import gzip
import os
import zlib
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from tempfile import mkstemp
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

from fring_adapters.postgres.backup.folder import keep_safe
from fring_adapters.postgres.bulk.faults import BulkError

if TYPE_CHECKING:
    from collections.abc import Iterator

File: TypeAlias = "str | Path | IO[bytes]"
# The longest line that there can be, with each character escaped, has half of it.
MOST_BYTES: Final = 2**18
_ZIPPED: Final = b"\x1f\x8b"
_BUFFER: Final = 2**18
_FAST: Final = 6  # zlib's own choice; gzip's is 9, which takes three times as long


class UnreadableError(Exception):
    """Report, in words, a file that cannot be read on."""


class Lines:
    """Read a file's lines, and tell how far that is.

    `size` is in bytes, None for a pipe.
    """

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        status = os.fstat(raw.fileno()) if _has_number(raw) else None
        self.size = status.st_size if status and raw.seekable() else None
        peeking = raw if isinstance(raw, BufferedReader) else BufferedReader(cast("Any", raw))
        self._file: IO[bytes] = peeking
        if peeking.peek(len(_ZIPPED))[: len(_ZIPPED)] == _ZIPPED:
            unzipped = gzip.GzipFile(fileobj=peeking, mode="rb")
            self._file = BufferedReader(cast("Any", unzipped), _BUFFER)

    def __iter__(self) -> Iterator[bytes]:
        """Yield each line; raise `UnreadableError`."""
        try:
            while line := self._file.readline(MOST_BYTES):
                if len(line) == MOST_BYTES:
                    raise UnreadableError(f"this line is longer than {MOST_BYTES} bytes")
                yield line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(f"what was zipped is cut or damaged: {error}") from None

    def position(self) -> int:
        """Return how many bytes of a file that has a size have been read."""
        return self._raw.tell()


@contextmanager
def reading(file: File) -> Iterator[Lines]:
    """Give the lines of a file by its name, or of one that is open; zipped or not."""
    if isinstance(file, str | Path):
        with Path(file).open("rb", _BUFFER) as raw:
            yield Lines(raw)
    else:
        yield Lines(file)


@contextmanager
def writing(file: File) -> Iterator[IO[bytes]]:
    """Give what to write to; a file gets its name, and takes another's place, when it is whole.

    Only its owner can read it. It is zipped if its name ends with `.gz`.
    """
    if not isinstance(file, str | Path):
        yield file
        file.flush()
        return
    path = Path(file)
    try:
        if path.exists() and not path.is_file():  # a pipe, say: it has its name
            with path.open("wb") as pipe, _zipped(pipe, path) as out:
                yield out
            return
        number, name = mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(number, "wb", _BUFFER) as raw, _zipped(raw, path) as out:
                yield out
            keep_safe(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BulkError(f"Cannot write {path}: {error.strerror or error}") from error


@contextmanager
def _zipped(raw: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    if path.suffix != ".gz":
        yield raw
        return
    with gzip.GzipFile("", "wb", _FAST, raw) as out:
        yield cast("IO[bytes]", out)


def _has_number(raw: IO[bytes]) -> bool:
    try:
        raw.fileno()
    except OSError:  # io.UnsupportedOperation is one: it is in memory
        return False
    return True
