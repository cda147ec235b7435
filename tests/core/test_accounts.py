"""Accounts: registering, logging in, and what a token of one is good for."""

import attrs
import pytest

from fring_core import (
    Action,
    Credential,
    EmailTaken,
    Identity,
    InvalidInput,
    Login,
    NewUser,
    Problem,
    Registration,
    Role,
    Unauthenticated,
    User,
    UsernameTaken,
    run_sync,
)
from fring_core.testing.contract.examples import CAUSE, save
from tests.core.account_world import SECRET, World
from tests.core.examples import NOW, refused

WRONG = ("Invalid credentials", False)


@pytest.fixture
def world():
    return World()


def test_register(world):
    registration = Registration("ann", "ann@example.org", SECRET)
    user = run_sync(world.accounts.register(registration))
    assert user == User(user.id, "ann", "ann@example.org", NOW)
    found = run_sync(world.store.credentials.find("ann", None))
    assert found == Credential(user, f"new:{SECRET}", Role.MEMBER)
    again = Registration("ann", "new@example.org", SECRET)
    assert refused(UsernameTaken, world.accounts.register(again)) == ("ann",)
    again = Registration("new", "ann@example.org", SECRET)
    assert refused(EmailTaken, world.accounts.register(again)) == ("ann@example.org",)


@pytest.mark.parametrize("name", [{"username": "ann"}, {"email": "ann@example.org"}])
def test_log_in_by_either_name(world, name):
    world.add("new:someone else", "bob")
    user = world.add(f"new:{SECRET}")
    issued = world.log_in(password=SECRET, **name)
    assert issued.token.startswith(f"token of {user.id}, ")
    assert (issued.seconds, issued.user_id) == (60, user.id)
    assert world.refused(password=f"{SECRET} ", **name)[0] == WRONG[0]
    assert world.refused(password="", **name)[0] == WRONG[0]
    assert world.hash_of() == f"new:{SECRET}"


@pytest.mark.parametrize(
    "name", [{"username": "Ann"}, {"email": "Ann@example.org"}, {"username": ""}, {"email": "ann"}]
)
def test_an_unknown_user_verifies_a_dummy(world, name):
    world.add(f"new:{SECRET}")
    assert world.refused(password=SECRET, **name)[0] == WRONG[0]
    assert world.passwords.verified == [(SECRET, None)]


def test_a_user_without_a_password_verifies_a_dummy(world):
    world.add(None)
    assert world.refused(password=SECRET, username="ann")[0] == WRONG[0]
    assert world.passwords.verified == [(SECRET, None)]
    assert world.hash_of() is None


def test_all_refusals_are_alike(world):
    world.add(f"new:{SECRET}")
    world.add(None, "bob")
    logins = [
        {"password": "wrong", "username": "ann"},
        {"password": SECRET, "username": "bob"},
        {"password": SECRET, "username": "cid"},
    ]
    told = set()
    for login in logins:
        with pytest.raises(Unauthenticated) as raised:
            world.log_in(**login)
        told.add((str(raised.value), raised.value.bad_token))
    assert told == {WRONG}
    assert len(world.passwords.verified) == len(logins), "each as long as the others"


def test_an_outdated_hash_is_replaced(world):
    user = world.add(f"old:{SECRET}")
    assert world.refused(password="wrong", username="ann")[0] == WRONG[0]
    assert world.hash_of() == f"old:{SECRET}", "by the right password only"
    world.log_in(password=SECRET, username="ann")
    assert world.hash_of() == f"new:{SECRET}"
    found = run_sync(world.store.users.get(user.id))
    assert found == user
    assert found.version == 1


@pytest.mark.parametrize("other", ["new:another", "new:renewed", None])
def test_a_hash_that_was_replaced_meanwhile_counts(world, other):
    # The password is changed while the outdated hash is verified, or another login renews the
    # hash, or the user is removed.
    user = world.add(f"old:{SECRET}")
    renew = world.passwords.hash

    async def overtaken(password):
        if other is None:
            await world.store.users.remove(user.id, CAUSE)
        else:
            found = await world.store.credentials.find("ann", None)
            await world.store.credentials.replace(found, other.replace("renewed", SECRET))
        return await renew(password) + ", too late"

    world.passwords.hash = overtaken
    if other == "new:renewed":
        assert world.identify(world.log_in(password=SECRET, username="ann").token)
        assert world.hash_of() == f"new:{SECRET}"
    else:
        assert world.refused(password=SECRET, username="ann")[0] == WRONG[0]


def test_a_token_is_good_while_its_account_has_its_password(world):
    user = world.add(f"new:{SECRET}")
    token = world.log_in(password=SECRET, username="ann").token
    assert SECRET not in token
    known = Identity(str(user.id), user_id=user.id)
    assert world.identify(token) == known
    assert world.log_in(password=SECRET, username="ann").token == token, "a hash, a mark"
    run_sync(save(world.store, attrs.evolve(user, username="eve")))
    assert world.identify(token) == known, "it is no matter of names"
    found = run_sync(world.store.credentials.find("eve", None))
    assert run_sync(world.store.credentials.replace(found, "new:another one"))
    check_gone(world, token)


@pytest.mark.parametrize("password_hash", [None, "new:another one"])
def test_a_token_does_not_outlive_its_account(world, password_hash):
    user = world.add(f"new:{SECRET}")
    world.add("new:bob's", "bob")
    token = world.log_in(password=SECRET, username="ann").token
    run_sync(world.store.users.remove(user.id, CAUSE))
    check_gone(world, token)
    # The id is chosen again, at the same moment by a clock that stands still.
    again = NewUser("ann", "ann@example.org", user.id)
    assert run_sync(world.store.users.add(again, CAUSE, password_hash)) == user
    check_gone(world, token)


def check_gone(world, token):
    with pytest.raises(Unauthenticated) as raised:
        world.identify(token)
    assert raised.value.args == ("its account is gone, or has another password", True)


def test_a_token_from_outside_is_of_no_account(world):
    user = world.add(f"new:{SECRET}")
    run_sync(world.store.users.remove(user.id, CAUSE))
    for subject in ("1", "alice", "0", "\u0661"):
        assert world.identify(f"token of {subject}") == Identity(subject)


@pytest.mark.parametrize(
    "subject", ["01", "+1", " 1", "1 ", "1.0", "\u0661", "", "ann", "9" * 5000]
)
def test_an_account_has_one_subject(world, subject):
    user = world.add(f"new:{SECRET}")
    account = world.log_in(password=SECRET, username="ann").token.split(", ")[1]
    assert world.identify(f"token of {user.id}, {account}") == Identity("1", user_id=user.id)
    check_gone(world, f"token of {subject}, {account}")
    check_gone(world, f"token of {user.id}, {account[:-1]}")


def test_who_is_not_looked_up_may_do_nothing(world):
    identity = Identity("ann", Role.ADMIN, "an account")
    for check in (lambda: identity.check_may(Action.READ), lambda: identity.check_owns("ann")):
        with pytest.raises(Unauthenticated, match="looks up"):
            check()


@pytest.mark.parametrize("password", ["x" * 8, "x" * 1024, "😀" * 8, " " * 8, "😀" * 1024])
def test_passwords_that_an_account_may_have(world, password):
    run_sync(world.accounts.register(Registration("ann", "ann@example.org", password)))
    world.log_in(username="ann", password=password)


NEW_PROBLEMS = [
    ("", "must have at least 8 characters", "value_error"),
    ("x" * 7, "must have at least 8 characters", "value_error"),
    ("😀" * 7, "must have at least 8 characters", "value_error"),
    ("x" * 1025, "must have at most 1024 characters", "value_error"),
    ("x" * 8 + "\0", "must not contain NUL", "value_error"),
    ("x" * 8 + "\ud800", "must not contain a lone surrogate", "value_error"),
    (None, "must be a text", "type_error"),
    (12345678, "must be a text", "type_error"),
    (b"x" * 8, "must be a text", "type_error"),
]


@pytest.mark.parametrize(("password", "message", "kind"), NEW_PROBLEMS)
def test_passwords_that_no_account_may_have(password, message, kind):
    with pytest.raises(InvalidInput) as raised:
        Registration("ann", "ann@example.org", password)
    assert raised.value.problems == (Problem("password", message, kind),)
    if "at least" in message:
        assert Login(password, username="ann").password == password, "wrong, not invalid"
        return
    with pytest.raises(InvalidInput) as raised:
        Login(password, username="ann")
    assert raised.value.problems == (Problem("password", message, kind),)


def test_every_fault_of_a_registration_is_reported_at_once():
    with pytest.raises(InvalidInput) as raised:
        Registration(" ", "nowhere", "short")
    assert [each.field for each in raised.value.problems] == ["username", "email", "password"]


@pytest.mark.parametrize(
    ("names", "message", "kind"),
    [
        ({}, "or an email must be there", "missing"),
        (
            {"username": "ann", "email": "ann@example.org"},
            "must not stand beside an email",
            "value_error",
        ),
    ],
)
def test_a_login_takes_one_name(names, message, kind):
    with pytest.raises(InvalidInput) as raised:
        Login(SECRET, **names)
    assert raised.value.problems == (Problem("username", message, kind),)


@pytest.mark.parametrize("field", ["username", "email"])
@pytest.mark.parametrize("name", ["\0", "\ud800", 7])
def test_a_login_refuses_names_that_nobody_can_have(field, name):
    with pytest.raises(InvalidInput) as raised:
        Login(SECRET, **{field: name})
    assert [problem.field for problem in raised.value.problems] == [field]


def test_no_password_token_or_hash_is_ever_shown(world):
    user = world.add(f"new:{SECRET}")
    shown = [
        Registration("ann", "ann@example.org", SECRET),
        Login(SECRET, username="ann"),
        Credential(user, f"new:{SECRET}"),
        user,
        world.store,
        world.store._database,
        world.accounts,
    ]
    for value in shown:
        assert SECRET not in f"{value!r} {value}"
    assert "token of" not in repr(world.log_in(password=SECRET, username="ann"))
    for wrong in (lambda: Login(SECRET), lambda: Registration("", "", SECRET + "\0")):
        with pytest.raises(InvalidInput) as raised:
            wrong()
        assert SECRET not in f"{raised.value!r} {raised.value}"
