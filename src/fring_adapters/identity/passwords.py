"""Passwords: argon2id, with the hashes of others (bcrypt) taken in."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from fring_adapters.identity.turns import Turns
from fring_core import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# OWASP's password storage advice for argon2id: 19 MiB, two passes, one lane.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_BCRYPT_MARKS: Final = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES: Final = 72  # it never looked at more, so it does not know what followed
_NICE: Final = 10  # a tenth of what others get; at 19, on a busy machine, nobody could log in


class Argon2Passwords:
    """Hash and verify passwords in one thread of low priority, so that nobody else waits.

    `whose` tells the address and the account that a password is from: each has its turn. At most
    100 of one account and address wait; more raise `StoreUnavailable`.
    """

    def __init__(self, whose: Callable[[], tuple[str, str]] = lambda: ("", "")) -> None:
        self._thread = ThreadPoolExecutor(1, "passwords", initializer=_step_back)
        self._turns = Turns()
        self._whose = whose
        # Now, or the first unknown user would take longer than the others.
        self._dummy = _HASHER.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """Return an argon2id hash."""
        return await self._run(lambda: _HASHER.hash(password))

    async def verify(self, password: str, password_hash: str | None) -> Verdict:
        """Compare a password to an argon2id or bcrypt hash, as `fring_core.Passwords` says."""
        if password_hash is None:
            await self._run(lambda: _verdict(password, self._dummy))
            verdict = Verdict(right=False)
        else:
            verdict = await self._run(lambda: _verdict(password, password_hash))
        self._turns.remember(*self._whose(), right=verdict.right)
        return verdict

    async def _run(self, work: Callable[[], T]) -> T:
        async with self._turns.turn(*self._whose()):
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class BlockingArgon2Passwords(Argon2Passwords):
    """Do as `Argon2Passwords` in the caller's own thread, without an event loop: for `run_sync`."""

    async def _run(self, work: Callable[[], T]) -> T:
        return work()


def _step_back() -> None:
    # Linux gives each thread a priority of its own; elsewhere one thread at a time has to do.
    if hasattr(os, "setpriority") and os.uname().sysname == "Linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _verdict(password: str, password_hash: str) -> Verdict:
    try:
        if password_hash.startswith(_BCRYPT_MARKS):
            given = password.encode()
            # A longer one is hashed all the same, so that its refusal takes as long as any other.
            right = bcrypt.checkpw(given[:_BCRYPT_BYTES], password_hash.encode())
            right = right and len(given) <= _BCRYPT_BYTES
            return Verdict(right, outdated=right)
        _HASHER.verify(password_hash, password)
    except (VerificationError, ValueError):  # the latter for what is no hash at all
        return Verdict(right=False)
    return Verdict(right=True, outdated=_HASHER.check_needs_rehash(password_hash))
