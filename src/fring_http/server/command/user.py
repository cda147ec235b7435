"""The `fring user` command: what an operator does with accounts, on the database itself."""

from __future__ import annotations

import asyncio
import sys
from contextlib import ExitStack
from getpass import getpass
from typing import TYPE_CHECKING, Final

from fring_core import FringError, Registration
from fring_http.server.command.serve import database, say
from fring_http.server.composition import account_admin
from fring_http.server.logs import printable
from fring_http.server.settings import MEMORY, Settings, SettingsError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from fring_core import AccountAdmin, Credential

MOST_BYTES: Final = 8192  # the longest password has 4,096


def run_user_command(settings: Settings, chosen: Namespace) -> None:
    """Run it; raise `SettingsError` for what cannot be done, in words for the operator."""
    if settings.database_url == MEMORY:
        raise SettingsError("memory:// is a database of the server's own; nobody else reaches it")
    asks = chosen.action in ("create", "password")
    password = _password(from_input=chosen.password_stdin) if asks else ""
    try:
        with ExitStack() as stack:
            url = database(settings, stack, upgrade=settings.migrate)
            done = asyncio.run(_run(settings, url, chosen, password))
    except FringError as error:
        raise SettingsError(printable(str(error))) from None
    (print if chosen.action == "list" else say)(done)
    if password and not settings.secret:
        say("nobody can log in until the server has a BETTER_AUTH_SECRET")


async def _run(settings: Settings, url: str, chosen: Namespace, password: str) -> str:
    async with account_admin(settings, url) as admin:
        return await _act(admin, chosen, password)


async def _act(admin: AccountAdmin, chosen: Namespace, password: str) -> str:
    """Do what was chosen; return what to say of it."""
    if chosen.action == "list":
        return _table(await admin.list_users())
    name: str = chosen.name
    shown = printable(repr(name))
    match chosen.action:
        case "create":
            registration = Registration(name, chosen.email, password)
            user = await admin.create(registration, chosen.role)
            return f"created user {user.id}, {shown}: {chosen.role}"
        case "password":
            found = await admin.set_password(name, password)
            done = f"{shown} has another password, and older tokens are over"
        case _:
            found = await admin.set_role(name, chosen.role)
            done = f"{shown} has the role {chosen.role} from now on"
    if not found:
        raise SettingsError(f"there is no user named {shown}; `fring user list` names them")
    return done


def _table(accounts: Sequence[Credential]) -> str:
    """Return users in columns."""
    rows = [
        (
            str(each.user.id),
            printable(each.user.username),
            printable(each.user.email),
            each.role.value,
            f"{each.user.created_at:%Y-%m-%dT%H:%M:%SZ}",
            "no" if each.password_hash is None else "yes",
        )
        for each in accounts
    ]
    rows.insert(0, ("id", "username", "e-mail", "role", "created", "password"))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _password(*, from_input: bool) -> str:
    """Return the password: never an argument, which everybody on this machine could read."""
    if from_input:
        try:
            given = sys.stdin.buffer.read(MOST_BYTES).decode()
        except UnicodeDecodeError:
            raise SettingsError("the password must be UTF-8") from None
        return given.removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise SettingsError("there is no terminal to ask for the password; use --password-stdin")
    try:
        password = getpass("Password: ")
        if getpass("Once more: ") != password:
            raise SettingsError("these are two passwords")
    except EOFError:
        raise SettingsError("there is no password") from None
    return password
