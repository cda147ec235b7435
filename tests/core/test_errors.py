"""The tree of errors, against a list made by hand."""

import copy
import gc
import pickle

import pytest

import fring_core
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

PROBLEMS = (Problem("title", "must not be blank"), Problem("id", "is missing", "missing"))

LEAVES = [
    (UserNotFound(7), NotFound, "user_not_found", "User 7 not found"),
    (TaskNotFound(7), NotFound, "task_not_found", "Task 7 not found"),
    (WebhookNotFound(7), NotFound, "webhook_not_found", "Webhook 7 not found"),
    (DeliveryNotFound(7), NotFound, "delivery_not_found", "Delivery 7 not found"),
    (UsernameTaken("ann"), Conflict, "username_taken", "Username 'ann' is taken"),
    (EmailTaken("a@b.c"), Conflict, "email_taken", "Email 'a@b.c' is taken"),
    (IdTaken(7), Conflict, "id_taken", "Id 7 is taken"),
    (
        AlreadyAssigned(1, 2),
        Conflict,
        "already_assigned",
        "Task 2 is already assigned to user 1",
    ),
    (NotAssigned(1, 2), Conflict, "not_assigned", "Task 2 is not assigned to user 1"),
    (
        TransitionRefused("todo", "completed"),
        Conflict,
        "transition_refused",
        "Status cannot change from 'todo' to 'completed'",
    ),
    (
        KeyReused(),
        Conflict,
        "idempotency_key_reused",
        "This key was used for another request; give each request its own",
    ),
    (
        KeyInFlight(),
        Conflict,
        "idempotency_in_flight",
        "The request with this key is still being worked on; ask again",
    ),
    (
        InvalidKey(),
        Invalid,
        "invalid_idempotency_key",
        "A key is 1 to 255 printable ASCII characters",
    ),
    (
        InvalidCursor(),
        Invalid,
        "invalid_cursor",
        "This is no cursor of this list; begin without one",
    ),
    (
        CursorExpired(),
        Invalid,
        "cursor_expired",
        "What follows this cursor is not known any more; begin without one",
    ),
    (
        VersionConflict(3),
        Conflict,
        "precondition_failed",
        "It is another by now: it has version 3",
    ),
    (
        InvalidInput(PROBLEMS),
        Invalid,
        "validation",
        "title: must not be blank; id: is missing",
    ),
    (
        InvalidStatus("bad"),
        Invalid,
        "invalid_status",
        "Status 'bad' not valid; there are todo, in_progress, completed, canceled",
    ),
    (
        Unauthenticated("it has expired", bad_token=True),
        Unauthenticated,
        "unauthenticated",
        "it has expired",
    ),
    (Forbidden("not yours"), Forbidden, "forbidden", "not yours"),
    (StoreUnavailable("pool full"), Unavailable, "unavailable", "pool full"),
    (TransactionConflict("clash"), Unavailable, "unavailable", "clash"),
]
# Two of them are leaves as well.
BRANCHES = (NotFound, Conflict, Invalid, Unauthenticated, Forbidden, Unavailable)


@pytest.mark.parametrize(
    ("error", "branch", "code", "text"), LEAVES, ids=[type(leaf[0]).__name__ for leaf in LEAVES]
)
def test_leaf(error, branch, code, text):
    assert [other for other in BRANCHES if isinstance(error, other)] == [branch]
    assert error.code == code
    assert str(error) == text
    # An error may cross a process or be copied, and stays what it is.
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(same) is type(error)
        assert same.args == error.args
        assert str(same) == text


def children_of(kind):
    """Return the errors below one in the core's tree: edges may have errors of their own."""
    return [child for child in kind.__subclasses__() if child.__module__ == FringError.__module__]


@pytest.fixture
def collected():
    gc.collect()  # attrs makes a class with slots anew, and the first one is there until then


def leaves_of(kind):
    children = children_of(kind)
    return {kind} if not children else set().union(*(leaves_of(child) for child in children))


@pytest.mark.usefixtures("collected")
def test_the_list_is_complete():
    assert leaves_of(FringError) == {type(leaf[0]) for leaf in LEAVES}
    assert set(children_of(FringError)) == set(BRANCHES)


@pytest.mark.usefixtures("collected")
def test_every_error_is_public_and_in_the_essay():
    for kind in {FringError, *BRANCHES, *leaves_of(FringError)}:
        assert getattr(fring_core, kind.__name__) is kind
        assert kind.__name__ in fring_core.__all__
        assert kind.__name__ in (fring_core.errors.__doc__ or "")


def test_codes_tell_leaves_apart():
    codes = [leaf[2] for leaf in LEAVES if leaf[2] != "unavailable"]
    assert len(set(codes)) == len(codes)


def test_errors_are_told_apart_by_identity():
    # Two reports of the same fault are two events.
    assert UserNotFound(7) != UserNotFound(7)


def test_a_caller_without_a_token_sent_no_bad_one():
    assert not Unauthenticated("no token").bad_token
    again = pickle.loads(pickle.dumps(Unauthenticated("expired", bad_token=True)))
    assert again.bad_token


def test_an_error_without_words_of_its_own_has_those_it_was_raised_with():
    assert str(FringError("what happened")) == "what happened"
