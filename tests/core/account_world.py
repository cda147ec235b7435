"""Accounts on the memory store, with passwords and tokens that one can read."""

from fring_adapters.memory import MemoryStore
from fring_core import (
    AccountAdmin,
    Accounts,
    Identity,
    IssuedToken,
    Login,
    NewUser,
    PasswordChange,
    Role,
    Unauthenticated,
    Verdict,
    run_sync,
)
from tests.core.examples import CAUSE, causes, refused

SECRET = "correct horse"


class ReadablePasswords:
    """Hashes that say what they are of; those that begin with `old:` are outdated."""

    def __init__(self):
        self.verified = []

    async def hash(self, password):
        return f"new:{password}"

    async def verify(self, password, password_hash):
        self.verified.append((password, password_hash))
        kind, _, known = (password_hash or "none:").partition(":")
        return Verdict(
            right=password_hash is not None and known == password, outdated=kind == "old"
        )


class ReadableTokens:
    """Tokens that say whose they are, and of which account."""

    def issue(self, subject, role=None, account=None):
        return IssuedToken(f"token of {subject}, {account}, {role}", 60)

    async def identify(self, token):
        subject, *rest = token.removeprefix("token of ").split(", ")
        account = rest[0] if rest else None
        role = Role(rest[1]) if rest[1:] else Role.MEMBER
        return Identity(subject, role, account)


class World:
    """Hold a memory store and what accounts are made of."""

    def __init__(self):
        self.store = store = MemoryStore()
        self.passwords = ReadablePasswords()
        tokens = ReadableTokens()
        self.accounts = Accounts(store, passwords=self.passwords, issuer=tokens, causes=causes())
        self.tokens = self.accounts.checking(tokens)
        self.admin = AccountAdmin(store, passwords=self.passwords, causes=causes())

    def add(self, password_hash, name="ann"):
        new = NewUser(name, f"{name}@example.org")
        return run_sync(self.store.users.add(new, CAUSE, password_hash))

    def hash_of(self, name="ann"):
        found = run_sync(self.store.credentials.find(name, None))
        assert found is not None
        return found.password_hash

    def log_in(self, **login):
        return run_sync(self.accounts.log_in(Login(**login)))

    def change(self, caller, current, new):
        return run_sync(self.accounts.change_password(caller, PasswordChange(current, new)))

    def identify(self, token):
        return run_sync(self.tokens.identify(token))

    def refused(self, **login):
        return refused(Unauthenticated, self.accounts.log_in(Login(**login)))
