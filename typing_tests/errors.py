"""What an `except` knows of the error that it caught."""

from typing import Literal, assert_type

from fring_core import (
    AlreadyAssigned,
    Conflict,
    CursorExpired,
    DeliveryNotFound,
    EmailTaken,
    Forbidden,
    FringError,
    IdTaken,
    Invalid,
    InvalidCursor,
    InvalidInput,
    InvalidKey,
    InvalidStatus,
    KeyInFlight,
    KeyReused,
    NotAssigned,
    NotFound,
    Problem,
    StoreUnavailable,
    TaskNotFound,
    TransactionConflict,
    TransitionRefused,
    Unauthenticated,
    Unavailable,
    UsernameTaken,
    UserNotFound,
    VersionConflict,
    WebhookNotFound,
)


def leaves() -> None:
    """Catch a leaf: it says what was wrong."""
    try:
        ...
    except UserNotFound as error:
        assert_type(error.user_id, int)
    except TaskNotFound as error:
        assert_type(error.task_id, int)
    except WebhookNotFound as error:
        assert_type(error.webhook_id, int)
    except DeliveryNotFound as error:
        assert_type(error.delivery_id, int)
    except UsernameTaken as error:
        assert_type(error.username, str)
    except EmailTaken as error:
        assert_type(error.email, str)
    except IdTaken as error:
        assert_type(error.id, int)
    except (AlreadyAssigned, NotAssigned) as error:
        assert_type((error.user_id, error.task_id), tuple[int, int])


def more_leaves() -> None:
    """Catch the others."""
    try:
        ...
    except TransitionRefused as error:
        assert_type((error.before, error.after), tuple[str, str])
    except VersionConflict as error:
        assert_type(error.version, int)
    except (KeyReused, KeyInFlight, InvalidKey, InvalidCursor, CursorExpired) as error:
        assert_type(error.code, str)
    except InvalidStatus as error:
        assert_type(error.status, str)
    except Unauthenticated as error:
        assert_type((error.reason, error.bad_token), tuple[str, bool])
    except (Forbidden, StoreUnavailable) as error:
        assert_type(error.reason, str)


def problems(error: InvalidInput) -> None:
    """Read every fault of an input."""
    assert_type(error.problems, tuple[Problem, ...])
    for problem in error.problems:
        assert_type((problem.field, problem.message), tuple[str, str])
        assert_type(problem.kind, Literal["missing", "type_error", "value_error"])


def branches() -> None:
    """Catch a branch: it has the code of whichever leaf it is, and nothing that only one has."""
    try:
        ...
    except (NotFound, Conflict, Invalid, Unavailable) as error:
        assert_type(error.code, str)
        error.user_id  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # noqa: B018
    except FringError as error:
        assert_type(error.code, str)


def codes() -> None:
    """Read a code off the class; it belongs to nobody else."""
    assert_type(TransactionConflict.code, str)
    found: FringError = TaskNotFound(7)
    found.code = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    TaskNotFound("7")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
