"""A file that `pg_dump` made, read by `pg_restore` as the SQL that it amounts to."""

from __future__ import annotations

import re
import subprocess
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Final

from fring_adapters.postgres.backup.programs import BackupError, complaint, programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_COPY: Final = re.compile(rb'COPY ("(?:[^"]|"")+"|[^".]+)\.(\w+) \(.*\) FROM stdin;\n')
_END: Final = b"\\.\n"
# No role, right or tablespace of the server that it came from has to be there.
_LEFT_OUT: Final = ("--no-owner", "--no-privileges", "--no-tablespaces", "--no-publications")


def lines(file: Path) -> Iterator[bytes]:
    """Yield an archive's lines of SQL, without owners and privileges.

    Raise `BackupError` where it cannot be read on; nothing before that is to be believed.
    """
    command = [programs().path("pg_restore"), "--file=-", *_LEFT_OUT, str(file.absolute())]
    with (
        TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603  # it is PostgreSQL's
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        try:
            yield from process.stdout
        except BaseException:  # nobody reads on
            process.kill()
            raise
        if process.wait():
            said.seek(0)
            raise BackupError(
                f"{file} is no whole backup: {complaint('pg_restore', process.returncode, said.read())}"
            )


def copied(line: bytes) -> tuple[str, str] | None:
    """Return the schema and the table whose rows the following lines are; None for any other line."""
    found = _COPY.fullmatch(line)
    if found is None:
        return None
    schema = found[1].decode()
    if schema.startswith('"'):
        schema = schema[1:-1].replace('""', '"')
    return schema, found[2].decode()


def rows(script: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the rows that follow such a line."""
    for line in script:
        if line == _END:
            return
        yield line


def count(file: Path) -> Mapping[tuple[str, str], int]:
    """Read an archive to its end, and return how many rows each table has, by schema and name."""
    script = lines(file)
    return {
        table: sum(1 for _ in rows(script))
        for line in script
        if (table := copied(line)) is not None
    }
