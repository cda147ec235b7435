"""Accounts: users with a password, and how they come to be, log in, change it and leave.

Passwords themselves are seen here only to be handed to the `Passwords` port; what is kept is
that port's hash, apart from the user, so that nothing that shows a user can show it.

An account's token is good for as long as the account has the hash that it was issued for. No two
hashes are alike, so a token outlives neither its account nor its password, whoever comes to have
the same id. What the account may do is looked up as well: the role that it has now counts, not
the one in the token.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import attrs

from fring_core.errors import Forbidden, Unauthenticated
from fring_core.hooks import unheard
from fring_core.identity import Identity
from fring_core.ids import is_possible
from fring_core.ports import IssuedToken
from fring_core.use_cases.account_admin import AccountAdmin

if TYPE_CHECKING:
    from typing import Self

    from fring_core.accounts import Credential, Login, PasswordChange, Registration
    from fring_core.causes import Causes, Note
    from fring_core.ports import Credentials, Passwords, Store, TokenIssuer, Tokens
    from fring_core.users import User

_USER_ID: Final = re.compile("[1-9][0-9]{0,18}")


@attrs.frozen
class AccountToken(IssuedToken):
    """Hold a token that an account was given, and the id of the account's user."""

    user_id: int


class Accounts:
    """Register accounts, log them in, and do what their owners want done with them."""

    def __init__(
        self, store: Store, *, passwords: Passwords, issuer: TokenIssuer, causes: Causes
    ) -> None:
        self._admin = AccountAdmin(store, passwords=passwords, causes=causes)
        self._store = store
        self._issuer = issuer
        self._causes = causes
        self._passwords = passwords

    def acting_as(
        self, actor: str | None, *, request_id: str | None = None, on_record: Note = unheard
    ) -> Self:
        """Return accounts whose events name an actor and a request, as `Fring.acting_as` says."""
        causes = self._causes.acting_as(actor, request_id, on_record)
        return type(self)(
            self._store, passwords=self._passwords, issuer=self._issuer, causes=causes
        )

    async def register(self, registration: Registration) -> User:
        """Create a member with a password; raise `UsernameTaken` or `EmailTaken`."""
        return await self._admin.create(registration)

    async def log_in(self, login: Login) -> AccountToken:
        """Return a token for the user whose password this is; raise `Unauthenticated`.

        The token's subject is the user's id as a text; its role is the account's. An unknown user
        takes as long as a wrong password, so that the time tells nothing. A hash of an older kind
        or cost is replaced by a new one, which ends the tokens that were issued for it.
        """
        found = await self._store.credentials.find(login.username, login.email)
        kept = None if found is None else found.password_hash
        verdict = await self._passwords.verify(login.password, kept)
        if found is None or kept is None or not verdict.right:
            raise Unauthenticated("Invalid credentials")
        if verdict.outdated:
            kept = await self._passwords.hash(login.password)
            if not await self._store.credentials.replace(found, kept):
                return await self.log_in(login)  # it is another by now, or gone
        return self._token(found, kept)

    async def account_of(self, caller: Identity) -> Credential:
        """Return the caller's own account; raise `Unauthenticated` if it is gone by now.

        This and what follows raise `Forbidden` if the caller's token is of no account.
        """
        found = await self._store.credentials.get(caller.account_id())
        if found is None or found.password_hash is None:
            raise _gone()
        return found

    async def change_password(self, caller: Identity, change: PasswordChange) -> AccountToken:
        """Give the caller's account another password, and return a token for it.

        All older tokens end. Raise `Forbidden` if the current password is wrong, and
        `Unauthenticated` if the account is gone by now.
        """
        found = await self.account_of(caller)
        verdict = await self._passwords.verify(change.current_password, found.password_hash)
        if not verdict.right:
            raise Forbidden("The current password is wrong")
        kept = await self._passwords.hash(change.new_password)
        if not await self._store.credentials.replace(found, kept):
            return await self.change_password(caller, change)  # as at a login
        return self._token(found, kept)

    async def delete_account(self, caller: Identity) -> None:
        """Delete the caller's user, personal list and tokens; raise `Unauthenticated` if gone."""
        if not await self._store.users.remove(caller.account_id(), self._causes()):
            raise _gone()

    def checking(self, tokens: Tokens) -> Tokens:
        """Return `tokens` that take an account's only while the account has that password."""
        return _AccountTokens(tokens, self._store.credentials)

    def _token(self, found: Credential, password_hash: str) -> AccountToken:
        user_id = found.user.id
        issued = self._issuer.issue(str(user_id), found.role, account=_mark(password_hash))
        return AccountToken(issued.token, issued.seconds, user_id)


@attrs.frozen
class _AccountTokens:
    _tokens: Tokens
    _credentials: Credentials

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves; raise `Unauthenticated` if its account is gone."""
        identity = await self._tokens.identify(token)
        if identity.account is None:
            return identity
        found = None
        if _USER_ID.fullmatch(identity.subject) and is_possible(int(identity.subject)):
            found = await self._credentials.get(int(identity.subject))
        kept = None if found is None else found.password_hash
        if found is None or kept is None or _mark(kept) != identity.account:
            raise _gone()
        return Identity(identity.subject, found.role, user_id=found.user.id)


def _gone() -> Unauthenticated:
    return Unauthenticated("its account is gone, or has another password", bad_token=True)


def _mark(password_hash: str) -> str:
    """Return what names a hash without telling it."""
    return sha256(password_hash.encode()).hexdigest()[:32]
