"""What the owners of accounts do with them, and what an operator does."""

from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from fring_core import (
    Action,
    Credential,
    EmailTaken,
    Forbidden,
    Identity,
    InvalidInput,
    NewTask,
    NewUser,
    PasswordChange,
    Problem,
    Registration,
    Role,
    TaskFilter,
    Unauthenticated,
    UsernameTaken,
    run_sync,
)
from fring_core.queries import Page
from tests.core.account_world import SECRET, World
from tests.core.examples import CAUSE, refused

NEW = "battery staple"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def user(world):
    return world.add(f"new:{SECRET}")


@pytest.fixture
def ann(user):
    return Identity(str(user.id), user_id=user.id)


def test_who_am_i(world, user, ann):
    run_sync(world.store.credentials.set_role(user.id, Role.ADMIN))
    account = run_sync(world.accounts.account_of(ann))
    assert account == Credential(user, f"new:{SECRET}", Role.ADMIN)


@pytest.mark.parametrize("subject", ["1", "ann"])
def test_a_token_from_outside_is_of_no_account(world, user, subject):
    assert user.id == 1
    outsider = Identity(subject, Role.ADMIN)
    change = PasswordChange(SECRET, NEW)
    for call in (
        world.accounts.account_of(outsider),
        world.accounts.change_password(outsider, change),
        world.accounts.delete_account(outsider),
    ):
        reason = "This token is of no account here: no login gave it"
        assert refused(Forbidden, call) == (reason,)
    unchecked = Identity("1", account="a mark", user_id=1)
    expected = ("nobody looks up its account (Accounts.checking)", True)
    assert refused(Unauthenticated, world.accounts.account_of(unchecked)) == expected
    assert world.hash_of() == f"new:{SECRET}"


def test_a_password_is_changed(world, user, ann):
    before = world.log_in(password=SECRET, username="ann").token
    issued = world.change(ann, SECRET, NEW)
    assert issued.user_id == user.id
    assert world.hash_of() == f"new:{NEW}"
    assert world.identify(issued.token) == ann
    with pytest.raises(Unauthenticated):
        world.identify(before)
    assert world.refused(password=SECRET, username="ann")
    assert world.log_in(password=NEW, username="ann").token == issued.token


@pytest.mark.parametrize("wrong", ["", f"{SECRET} ", SECRET.upper(), "x" * 1024])
def test_a_password_is_not_changed_without_the_current_one(world, ann, wrong):
    change = PasswordChange(wrong, NEW)
    told = refused(Forbidden, world.accounts.change_password(ann, change))
    assert told == ("The current password is wrong",)
    assert world.passwords.verified == [(wrong, f"new:{SECRET}")]
    assert world.hash_of() == f"new:{SECRET}"


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ("new:another", Forbidden),
        (f"newer:{SECRET}", None),
        ("gone", Unauthenticated),
    ],
)
def test_a_password_that_was_changed_meanwhile_counts(world, user, ann, other, error):
    # By another change, by a login that renewed the hash; or the account was deleted.
    work, calls = world.passwords.hash, count()

    async def overtaken(password):
        if next(calls) == 0:
            if other == "gone":
                await world.store.users.remove(user.id, CAUSE)
            else:
                found = await world.store.credentials.get(user.id)
                await world.store.credentials.replace(found, other)
        return await work(password)

    world.passwords.hash = overtaken
    if error is None:
        assert world.identify(world.change(ann, SECRET, NEW).token) == ann
        assert world.hash_of() == f"new:{NEW}"
    else:
        call = world.accounts.change_password(ann, PasswordChange(SECRET, NEW))
        assert refused(error, call)
        assert other == "gone" or world.hash_of() == other


def test_every_fault_of_a_change_is_reported_at_once():
    with pytest.raises(InvalidInput) as raised:
        PasswordChange("x" * 1025, "short")
    assert raised.value.problems == (
        Problem("current_password", "must have at most 1024 characters"),
        Problem("new_password", "must have at least 8 characters"),
    )
    for shown in (PasswordChange(SECRET, NEW), raised.value):
        assert SECRET not in f"{shown!r}"
        assert NEW not in f"{shown!r}"


def test_an_account_is_deleted_by_its_owner(world, user, ann):
    token = world.log_in(password=SECRET, username="ann").token
    for owner in (ann.subject, "bob"):
        run_sync(world.store.tasks.add(NewTask("x"), owner, CAUSE))
    run_sync(world.accounts.delete_account(ann))
    assert run_sync(world.store.users.get(user.id)) is None
    left = [
        len(run_sync(world.store.tasks.list(TaskFilter(), Page(), owner)))
        for owner in (ann.subject, "bob")
    ]
    assert left == [0, 1]
    with pytest.raises(Unauthenticated):
        world.identify(token)
    change = PasswordChange(SECRET, NEW)
    for call in (
        world.accounts.delete_account(ann),
        world.accounts.account_of(ann),
        world.accounts.change_password(ann, change),
    ):
        assert refused(Unauthenticated, call)


def test_the_role_that_an_account_has_now_counts(world):
    run_sync(world.admin.create(Registration("ann", "ann@example.org", SECRET), Role.ADMIN))
    token = world.log_in(password=SECRET, username="ann").token
    assert token.endswith(", admin")
    world.identify(token).check_may(Action.MANAGE_USERS)
    for role in (Role.VIEWER, Role.MEMBER, Role.ADMIN):
        assert run_sync(world.admin.set_role("ann", role)) is True
        assert world.identify(token).role is role
    forged = token.replace(", admin", ", viewer")
    assert world.identify(forged).role is Role.ADMIN, "whatever the token says"


def test_an_operator_creates_accounts(world):
    for role in Role:
        name = role.value
        registration = Registration(name, f"{name}@example.org", SECRET)
        user = run_sync(world.admin.create(registration, role))
        found = run_sync(world.store.credentials.get(user.id))
        assert found == Credential(user, f"new:{SECRET}", role)
    plain = run_sync(world.admin.create(Registration("ann", "ann@example.org", SECRET)))
    found = run_sync(world.store.credentials.get(plain.id))
    assert found.role is Role.MEMBER
    again = Registration("ann", "other@example.org", SECRET)
    assert refused(UsernameTaken, world.admin.create(again, Role.ADMIN)) == ("ann",)
    again = Registration("other", "ann@example.org", SECRET)
    assert refused(EmailTaken, world.admin.create(again, Role.ADMIN)) == ("ann@example.org",)
    assert run_sync(world.store.credentials.get(plain.id)) == found


def test_an_operator_lists_all_users_with_their_roles(world, monkeypatch):
    monkeypatch.setattr("fring_core.paging.MAX_LIMIT", 2)
    assert run_sync(world.admin.list_users()) == []
    users = [world.add(None if name == "b" else "new:x", name) for name in "abc"]
    run_sync(world.admin.set_role("c", Role.ADMIN))
    assert run_sync(world.admin.list_users()) == [
        Credential(users[0], "new:x"),
        Credential(users[1], None),
        Credential(users[2], "new:x", Role.ADMIN),
    ]


@pytest.mark.parametrize("before", [f"new:{SECRET}", None])
def test_an_operator_resets_a_password(world, before):
    world.add(before)
    assert run_sync(world.admin.set_password("ann", NEW)) is True
    assert world.hash_of() == f"new:{NEW}"
    assert run_sync(world.admin.set_password("bob", NEW)) is False
    with pytest.raises(InvalidInput):
        run_sync(world.admin.set_password("ann", "short"))
    assert world.hash_of() == f"new:{NEW}"


def test_a_reset_wins_over_a_change_at_the_same_time(world, user):
    kept, times = world.store.credentials, count()

    async def overtaken(username, email):
        found = await kept.find(username, email)
        if next(times) == 0:
            await kept.replace(found, "new:theirs")
        return found

    world.store.credentials = SimpleNamespace(find=overtaken, replace=kept.replace)
    assert run_sync(world.admin.set_password("ann", NEW)) is True
    assert run_sync(kept.get(user.id)).password_hash == f"new:{NEW}"


def test_an_operator_changes_roles(world):
    world.add(f"new:{SECRET}")
    run_sync(world.store.users.add(NewUser("bob", "bob@example.org"), CAUSE))
    for name in ("ann", "bob"):
        assert run_sync(world.admin.set_role(name, Role.VIEWER)) is True
        assert run_sync(world.store.credentials.find(name, None)).role is Role.VIEWER
    assert run_sync(world.admin.set_role("cid", Role.VIEWER)) is False


def test_an_operator_gives_nobody_the_list_of_another(world):
    user = world.add(None)
    theirs = run_sync(world.store.tasks.add(NewTask("theirs"), str(user.id), CAUSE))
    why = "^username: cannot have a password: the list '1' has tasks of somebody else$"
    with pytest.raises(InvalidInput, match=why):
        run_sync(world.admin.set_password("ann", NEW))
    assert world.hash_of() is None
    run_sync(world.store.tasks.remove(theirs.id, theirs.owner, CAUSE))
    assert run_sync(world.admin.set_password("ann", NEW)) is True


@pytest.mark.parametrize("name", ["\0", "\ud800", 7])
def test_an_operator_names_nobody_that_cannot_be(world, name):
    for call in (world.admin.set_password(name, NEW), world.admin.set_role(name, Role.ADMIN)):
        with pytest.raises(InvalidInput, match="username"):
            run_sync(call)


def test_an_operator_gives_roles_only(world):
    world.add(f"new:{SECRET}")
    boss: Any = "boss"
    registration = Registration("bob", "bob@example.org", SECRET)
    for call in (world.admin.set_role("ann", boss), world.admin.create(registration, boss)):
        with pytest.raises(InvalidInput, match="role: must be a Role"):
            run_sync(call)
    assert run_sync(world.store.credentials.find("bob", None)) is None
