"""Read `.env` files whole, or say which line cannot be read.

A line that is passed over in silence may be the one that closes the door.
"""

from __future__ import annotations

import os
import re
from io import StringIO
from typing import TYPE_CHECKING, Final

from dotenv.parser import Binding, parse_stream
from dotenv.variables import Variable, parse_variables

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

SHARED, DEVELOPMENT = ENV_FILES = (".env", ".env.development")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_NAME: Final = re.compile(r"[\w.-]+", re.ASCII)  # what Node's dotenv takes for one


def levels(folder: Path, settings: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """Return the variables of the process, of `.env.development` and of `.env`, by where they are.

    What is found first counts. In production `.env.development` is not read. What is empty is not
    there. Raise `ValueError` as `read_env_file` does.
    """
    own = _present(os.environ)
    shared = _present(read_env_file(folder / SHARED, settings, own))
    known = shared | own
    found = [("environment", own), (SHARED, shared)]
    if known.get("ENVIRONMENT", "").strip().lower() != "production":
        here = _present(read_env_file(folder / DEVELOPMENT, settings, known))
        found.insert(1, (DEVELOPMENT, here))
    return found


def _present(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def read_env_file(
    path: Path, settings: Collection[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables of a file; none if there is no such file.

    `${NAME}` stands for a variable further up in the file, or one that is `known`. Raise
    `ValueError`, with the file and each line but never what stands there, for what cannot be read,
    and for a value of `settings` that needs a variable which is not set.
    """
    found: dict[str, str] = {}
    problems: list[str] = []
    for binding in parse_stream(StringIO(_text(path))):
        if not binding.error and binding.key is None:
            continue  # a comment, or the end
        problem = _problem(binding, settings)
        if problem is None and binding.key is not None and binding.value is not None:
            atoms = list(parse_variables(binding.value))
            names = {**known, **found}
            if all(not isinstance(atom, Variable) or _stands(atom, names) for atom in atoms):
                found[binding.key] = "".join(atom.resolve(names) for atom in atoms)
            elif binding.key in settings:
                problem = (
                    "a variable in ${} is not set; set it further up, or write ${NAME:-what else}"
                )
        if problem is not None:
            problems.append(f"{path}, line {_line(binding)}: {problem}")
    if problems:
        raise ValueError("\n".join(problems))
    return found


def _stands(variable: Variable, names: Mapping[str, str]) -> bool:
    return bool(names.get(variable.name)) or variable.default is not None


def _problem(binding: Binding, settings: Collection[str]) -> str | None:
    if binding.error:
        return "this is not NAME=value, or a quote in it is not closed; a comment begins with #"
    if binding.value is None or not _NAME.fullmatch(binding.key or ""):
        return "this is not NAME=value"
    # A quote that somebody forgot to close ends at the next one, wherever that is.
    swallowed = _LINE_END.split(binding.original.string.strip())[1:]
    names = {line.strip().removeprefix("export ").partition("=")[0].strip() for line in swallowed}
    if swallowed and (binding.key in settings or names & set(settings)):
        return "the quote that opens here is closed on another line"
    return None


def _line(binding: Binding) -> int:
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + len(_LINE_END.findall(blank))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if path.is_symlink():
            raise ValueError(f"{path} cannot be read: it leads nowhere") from None
        return ""
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    try:
        text = data.decode("utf-8-sig")
        wrong = data.find(b"\0")  # as in UTF-16
    except UnicodeDecodeError as error:
        text, wrong = "", error.start
    if wrong >= 0:
        line = data.count(b"\n", 0, wrong) + 1
        raise ValueError(f"{path}, line {line}: this is not UTF-8")
    return text
