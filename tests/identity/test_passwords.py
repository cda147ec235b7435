"""Passwords: argon2id, hashes of others, and one thread that holds up nobody."""

import asyncio
import os
import sys
import threading

import bcrypt
import pytest
from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from fring_adapters.identity import Argon2Passwords, passwords, turns
from fring_core import StoreUnavailable, Verdict

pytestmark = pytest.mark.anyio

PASSWORD = "pässwörd of ann"
RIGHT, WRONG = Verdict(right=True), Verdict(right=False)
OUTDATED = Verdict(right=True, outdated=True)
GUARD_SECONDS = 20.0


@pytest.fixture
def hasher():
    return Argon2Passwords()


class Spy:
    """A hasher that counts, notes its thread, and can be held up."""

    def __init__(self):
        self.verified = []
        self.hashed = 0
        self.threads = set()
        self.may_go = threading.Event()
        self.may_go.set()

    def hash(self, password):
        self.threads.add(threading.current_thread().name)
        assert self.may_go.wait(GUARD_SECONDS)
        self.hashed += 1
        return f"$argon2id${self.hashed}"

    def verify(self, password_hash, password):
        self.threads.add(threading.current_thread().name)
        self.verified.append((password_hash, password))
        raise VerifyMismatchError

    def check_needs_rehash(self, password_hash):
        return False


@pytest.fixture
def spy(monkeypatch):
    spy = Spy()
    monkeypatch.setattr(passwords, "_HASHER", spy)
    return spy


@pytest.mark.parametrize("password", [PASSWORD, "x" * 1024, "😀" * 1024, " " * 8, ""])
async def test_hash_and_verify(hasher, password):
    known = await hasher.hash(password)
    assert known.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hasher.verify(password, known) == RIGHT
    for wrong in (password + " ", password + "x", password[:-1] + "y", password.upper() + "1"):
        assert await hasher.verify(wrong, known) == WRONG
    assert not password.strip() or password not in known


async def test_no_hash_is_made_twice(hasher):
    assert len({await hasher.hash(PASSWORD) for _ in range(5)}) == 5


async def test_without_a_hash_the_work_is_done_all_the_same(hasher, spy):
    """It MUST take as long."""
    for number in range(1, 4):
        assert await hasher.verify(PASSWORD, None) == WRONG
        assert spy.verified == [(hasher._dummy, PASSWORD)] * number


async def test_without_a_hash_no_password_is_right(hasher, monkeypatch):
    """Without a hash the verdict MUST be wrong."""

    class Yes(Spy):
        def verify(self, password_hash, password):
            return True

    monkeypatch.setattr(passwords, "_HASHER", Yes())
    assert await hasher.verify(PASSWORD, None) == WRONG


@pytest.mark.parametrize("mark", ["2a", "2b", "2y"])
async def test_bcrypt(hasher, mark):
    salt = bcrypt.gensalt(4).replace(b"2b", mark.encode())
    known = bcrypt.hashpw(PASSWORD.encode(), salt).decode()
    assert known.startswith(f"${mark}$04$")
    assert await hasher.verify(PASSWORD, known) == OUTDATED
    for wrong in (PASSWORD + "x", PASSWORD.upper(), "", "x" * 1024):
        assert await hasher.verify(wrong, known) == WRONG


@pytest.mark.parametrize("character", ["x", "é", "😀"])
async def test_bcrypt_knows_72_bytes_and_vouches_for_no_more(hasher, character):
    password = "a" * (72 % len(character.encode())) + character * (72 // len(character.encode()))
    known = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    assert await hasher.verify(password, known) == OUTDATED
    for wrong in (password + "x", password + character * 100, "b" + password[1:]):
        assert await hasher.verify(wrong, known) == WRONG


async def test_a_password_too_long_for_bcrypt_is_hashed_all_the_same(hasher, monkeypatch):
    known = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    hashed = []
    compare = bcrypt.checkpw

    def checkpw(*both):
        hashed.append(both)
        return compare(*both)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    assert await hasher.verify("x" * 73, known) == WRONG
    assert len(hashed) == 1, "the time of a refusal tells nothing"


ABSURD = [
    "",
    " ",
    "x",
    PASSWORD,
    "\0",
    "é",
    "$",
    "$2b$",
    "$2b$garbage",
    "$2b$12$",
    "$2b$99$" + "a" * 53,
    "$2b$04$" + "é" * 53,
    "$2b$04$" + "." * 10,
    "$2x$04$" + "." * 53,
    "$1$salt$hash",
    "$argon2id$",
    "$argon2id$é",
    "$argon2id$v=19$m=8,t=1,p=1$a$b",
    "$argon2id$v=19$m=99999999999,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWE",
    "$argon2x$v=19$m=8,t=1,p=1$YWFhYWFhYWE$YWFhYWFhYWE",
]


@pytest.mark.parametrize("absurd", ABSURD)
async def test_what_is_no_hash_is_wrong(hasher, absurd):
    assert await hasher.verify(PASSWORD, absurd) == WRONG


@pytest.mark.parametrize(
    "older",
    [
        PasswordHasher(time_cost=1, memory_cost=19_456, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=2),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.I),
        PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=16),
    ],
)
async def test_other_parameters_are_outdated(hasher, older):
    known = older.hash(PASSWORD)
    assert await hasher.verify(PASSWORD, known) == OUTDATED
    assert await hasher.verify("wrong", known) == WRONG


async def test_the_work_is_done_in_one_thread_of_its_own(hasher, spy):
    await asyncio.gather(
        *(hasher.hash(PASSWORD) for _ in range(5)),
        *(hasher.verify(PASSWORD, known) for known in (None, "$argon2id$", None)),
    )
    (thread,) = spy.threads
    assert thread.startswith("passwords")


async def test_the_loop_goes_on_meanwhile(hasher, spy):
    spy.may_go.clear()
    hashing = asyncio.create_task(hasher.hash(PASSWORD))
    for _ in range(100):
        await asyncio.sleep(0)
    assert not hashing.done()
    spy.may_go.set()
    async with asyncio.timeout(GUARD_SECONDS):
        assert await hashing == "$argon2id$1"


async def test_only_so_many_wait(hasher, spy):
    spy.may_go.clear()
    most = turns.MOST_WAITING + 1
    waiting = [asyncio.create_task(hasher.hash(PASSWORD)) for _ in range(most)]
    await asyncio.sleep(0)
    for call in (hasher.hash(PASSWORD), hasher.verify(PASSWORD, "x"), hasher.verify("x", None)):
        with pytest.raises(StoreUnavailable):
            await call
    # A caller that gives up makes room for another.
    waiting.pop().cancel()
    await asyncio.sleep(0)
    waiting.append(asyncio.create_task(hasher.hash(PASSWORD)))
    await asyncio.sleep(0)
    spy.may_go.set()
    async with asyncio.timeout(GUARD_SECONDS):
        assert len(set(await asyncio.gather(*waiting))) == most
        assert await hasher.verify(PASSWORD, "x") == WRONG
    assert turns.MOST_WAITING == 100


async def test_a_failure_makes_room_again(hasher, monkeypatch):
    class Broken(Spy):
        def hash(self, password):
            raise MemoryError

    monkeypatch.setattr(passwords, "_HASHER", Broken())
    for _ in range(2):
        with pytest.raises(MemoryError):
            await hasher.hash(PASSWORD)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
async def test_the_thread_is_of_low_priority(hasher):
    def priority():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    ours = priority()
    assert await hasher._run(priority) == 10
    assert priority() == ours
