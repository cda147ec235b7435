"""The lines of a file: what each kind may say, by the core's own rules.

A field is the column of the same name. What a line does not say is as for a new row; ids and times
have to be there, so that the same file means the same rows each time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal, TypeAlias

from msgspec import DecodeError, Meta, Struct, to_builtins
from msgspec.json import Decoder

from fring_adapters.postgres.bulk.kinds import (
    ASSIGNMENT,
    DRAWN,
    KINDS,
    SPENT_ID,
    TASK,
    USER,
    Kind,
)
from fring_core import Role, TaskStatus, text
from fring_core.clocks import FIRST, LAST
from fring_core.errors import Problem
from fring_core.ids import MAX_CHOSEN_ID, MAX_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT: Final = 1
Row: TypeAlias = "list[str | int | None]"
Id: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_ID)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_ID)]
# What the tables take (decision 0043).
Version: TypeAlias = Annotated[int, Meta(ge=1, le=2**62)]
Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
# What Fring can verify a password against; a password itself is none.
Hash: TypeAlias = Annotated[
    str, Meta(pattern=r"^\$(argon2(id?|d)|2[aby])\$[^\0]+$", max_length=1024)
]


class Header(Struct, tag_field="kind", tag="fring", forbid_unknown_fields=True, frozen=True):
    """Begin a file: `format` is this one, `rows` how many of each kind there are.

    `drawn` is the last id that was drawn, by kind.
    """

    format: int
    rows: dict[str, Count] = {}
    drawn: dict[str, Annotated[int, Meta(ge=0, le=MAX_CHOSEN_ID)]] = {}


class Record(Struct, tag_field="kind", forbid_unknown_fields=True):
    """Say a row: its fields are the columns of its kind, in their order."""

    stored: ClassVar[Kind]

    def problems(self) -> Iterable[Problem | None]:
        """Return what is wrong with it, and None for what is not."""
        return ()

    def row(self, line: int) -> Row:
        """Return the line that it stands on, and the columns' values; moments and dates as texts."""
        said: dict[str, str | int | None] = to_builtins(self)
        row = [*said.values()]
        row[0] = line  # in the place of the kind
        return row


class User(Record, tag=USER.name, kw_only=True):
    """Say a user, with its role, and perhaps the hash of its password."""

    id: Id
    username: str
    email: str
    created_at: Moment
    version: Version = 1
    role: Role = Role.MEMBER
    password_hash: Hash | None = None

    stored: ClassVar[Kind] = USER

    def problems(self) -> Iterable[Problem | None]:
        """Return what is wrong with it, and None for what is not."""
        return (
            text.USERNAME.problem("username", self.username),
            text.EMAIL.problem("email", self.email),
            _moment_problem("created_at", self.created_at),
        )


class Task(Record, tag=TASK.name, kw_only=True):
    """Say a task, of the shared board or of its owner's list."""

    id: Id
    title: str
    description: str | None = None
    status: TaskStatus = TaskStatus.TODO
    created_at: Moment
    updated_at: Moment
    owner: str | None = None
    due_date: date | None = None
    version: Version = 1
    remind_at: Moment | None = None
    disarmed: bool = False

    stored: ClassVar[Kind] = TASK

    def problems(self) -> Iterable[Problem | None]:
        """Return what is wrong with it, and None for what is not."""
        description, owner, remind_at = self.description, self.owner, self.remind_at
        return (
            text.TITLE.problem("title", self.title),
            None if description is None else text.DESCRIPTION.problem("description", description),
            _moment_problem("created_at", self.created_at),
            _moment_problem("updated_at", self.updated_at),
            None if owner is None else text.OWNER.problem("owner", owner),
            None if remind_at is None else _moment_problem("remind_at", remind_at),
        )


class Assignment(Record, tag=ASSIGNMENT.name):
    """Say that a user has a task."""

    user_id: Id
    task_id: Id

    stored: ClassVar[Kind] = ASSIGNMENT


class SpentId(Record, tag=SPENT_ID.name):
    """Say that a row which is gone has had an id (decision 0035)."""

    table: Literal["users", "tasks"]
    id: Id

    stored: ClassVar[Kind] = SPENT_ID


_RECORDS: Final[Decoder[User | Task | Assignment | SpentId]] = Decoder(
    User | Task | Assignment | SpentId
)
_HEADERS: Final = Decoder(Header)


def read_header(line: bytes) -> Header:
    """Return what the first line of a file says; raise `ValueError` in words for any other."""
    try:
        header = _HEADERS.decode(line)
    except DecodeError as error:
        raise ValueError(
            f'a file begins with {{"kind":"fring","format":{FORMAT}}}, and not so: {error}'
        ) from None
    for said, known in ((header.rows, KINDS), (header.drawn, DRAWN)):
        if strange := said.keys() - {kind.name for kind in known}:
            raise ValueError(f"{min(strange)!r} is no kind that can stand here")
    if header.format != FORMAT:
        raise ValueError(f"this is format {header.format}, and this Fring reads {FORMAT}")
    return header


def read(line: bytes) -> Record:
    """Return what a line says; raise `ValueError`, in words, for what it cannot say."""
    try:
        record = _RECORDS.decode(line)
    except UnicodeDecodeError:
        raise ValueError("this is not UTF-8") from None
    if any(found := record.problems()):
        told = (f"{each.field} {each.message}" for each in found if each is not None)
        raise ValueError("; ".join(told))
    return record


def _moment_problem(field: str, moment: datetime) -> Problem | None:
    if FIRST <= moment <= LAST:
        return None
    return Problem(field, "must be of the years 1 to 9999, and a day from their ends")
