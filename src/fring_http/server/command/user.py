"""The `fring user` commands: what an operator does with accounts, on the database itself."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from getpass import getpass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import rich_click as click

from fring_core import Registration, Role
from fring_http.server.command.output import say, show_table
from fring_http.server.command.running import Command, settings
from fring_http.server.database import located, prepared
from fring_http.server.modes import SettingsError
from fring_http.server.settings import MEMORY
from fring_http.server.variables.texts import printable

if TYPE_CHECKING:
    from fring_core import AccountAdmin

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

MOST_BYTES: Final = 8192  # the longest password has 4,096
ROLE: Final = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """List accounts, create them, or change them."""


def _asks_for_password(function: F) -> F:
    """Return a command with options for a password: never as an argument, which others could read."""

    def refuse(_: click.Context, __: click.Parameter, given: str | None) -> None:
        if given is not None:
            raise click.UsageError(
                "a password is no argument, which others could read: it is asked for, or"
                " --password-stdin reads it"
            )

    hidden = click.option(
        "--password",
        hidden=True,
        expose_value=False,
        is_flag=False,
        flag_value="",
        callback=refuse,
    )
    visible = click.option(
        "--password-stdin", is_flag=True, help="read the password from the input"
    )
    return visible(hidden(function))


@user.command("list", cls=Command)
def list_users() -> None:
    """List the users, with their roles."""
    accounts = _on_database(lambda admin: admin.list_users())
    show_table(
        ("id", "username", "e-mail", "role", "created", "password"),
        [
            (
                str(each.user.id),
                printable(each.user.username),
                printable(each.user.email),
                each.role.value,
                f"{each.user.created_at:%Y-%m-%dT%H:%M:%SZ}",
                "no" if each.password_hash is None else "yes",
            )
            for each in accounts
        ],
    )


@user.command(cls=Command)
@click.argument("name")
@click.option("--email", required=True, help="the e-mail address")
@click.option("--role", type=ROLE, default=Role.MEMBER.value, show_default=True)
@_asks_for_password
def create(*, name: str, email: str, role: str, password_stdin: bool) -> None:
    """Create an account; its password is asked for."""
    registration = Registration(name, email, _password(from_input=password_stdin))
    user = _on_database(lambda admin: admin.create(registration, Role(role)))
    say(f"created user {user.id}, {_quoted(name)}: {role}")
    _warn_without_secret()


@user.command(cls=Command)
@click.argument("name")
@_asks_for_password
def password(*, name: str, password_stdin: bool) -> None:
    """Give a user another password, which is asked for."""
    given = _password(from_input=password_stdin)
    _check_found(name, _on_database(lambda admin: admin.set_password(name, given)))
    say(f"{_quoted(name)} has another password, and older tokens are over")
    _warn_without_secret()


@user.command(cls=Command)
@click.argument("name")
@click.argument("role", type=ROLE)
def role(*, name: str, role: str) -> None:
    """Give a user another role."""
    _check_found(name, _on_database(lambda admin: admin.set_role(name, Role(role))))
    say(f"{_quoted(name)} has the role {role} from now on")


def _on_database(act: Callable[[AccountAdmin], Awaitable[T]]) -> T:
    from fring_http.server.stores import account_admin  # noqa: PLC0415  # it takes long

    chosen = settings()

    async def run(url: str) -> T:
        async with account_admin(chosen, url) as admin:
            return await act(admin)

    with ExitStack() as stack:
        if chosen.database_url == MEMORY:
            located(chosen, stack, say)  # which refuses it
        url, _ = prepared(chosen, stack, say, upgrade=chosen.migrate)
        return asyncio.run(run(url))


def _quoted(name: str) -> str:
    return printable(repr(name))


def _check_found(name: str, found: object) -> None:
    if not found:
        raise SettingsError(f"there is no user named {_quoted(name)}; `fring user list` names them")


def _warn_without_secret() -> None:
    if not settings().secret:
        say("nobody can log in until the server has a BETTER_AUTH_SECRET")


def _password(*, from_input: bool) -> str:
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
