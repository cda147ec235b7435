"""Read the ports and the contract kit sentence by sentence: what is said, and what proves it.

A clause quotes, word for word, the sentences of the ports that it proves. What it tries in
particular may follow a quoted sentence after a comma, a colon or a semicolon, or stand in
sentences without a MUST.

    PYTHONPATH=src python -m tests.docs.port_clauses

writes `docs/ports.md` anew, between its marks.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import attrs

from fring_core import ports
from fring_core.testing import StoreContract
from tests.docs.pages import ROOT, between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

PAGE = ROOT / "docs/ports.md"
START, END = "<!-- ports -->", "<!-- end -->"
PORTS = (
    ports.Users,
    ports.Credentials,
    ports.Tasks,
    ports.Assignments,
    ports.Events,
    ports.Receipts,
    ports.Webhooks,
    ports.Deliveries,
    ports.Store,
)
_END = re.compile(r"(?<=[.])\s+(?=[A-Z`])")


@attrs.frozen
class Method:
    """Hold a method of a port: its name, how it is called, and what it says."""

    name: str
    call: str
    sentences: tuple[str, ...]


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, each on one line."""
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return tuple(sentence for part in paragraphs for sentence in _END.split(" ".join(part.split())))


def of_every_method() -> tuple[str, ...]:
    """Return what the module says of every method: the sentences of its list."""
    items = re.findall(r"^- (.*(?:\n  .*)*)", inspect.getdoc(ports) or "", re.MULTILINE)
    return tuple(sentence for item in items for sentence in sentences(item))


def methods(port: type) -> list[Method]:
    """Return the methods of a port, in order; properties say nothing that could be tested."""
    return [
        Method(name, _call(name, function), sentences(function.__doc__ or ""))
        for name, function in vars(port).items()
        if inspect.isfunction(function) and not name.startswith("_")
    ]


def _call(name: str, function: Callable[..., object]) -> str:
    signature = inspect.signature(function)
    own = [parameter for key, parameter in signature.parameters.items() if key != "self"]
    text = str(signature.replace(parameters=own)).replace("'", "")
    default = r" = <TaskOrder.(\w+): \w+>"  # as it is written, not as an enum shows itself
    text = re.sub(default, r" = TaskOrder.\1", text)
    return f"{'async ' if inspect.iscoroutinefunction(function) else ''}{name}{text}"


def clauses() -> dict[str, tuple[str, ...]]:
    """Return the clauses of the contract, in the order in which they run, with their sentences."""
    return {
        name: sentences(clause.__doc__ or "")
        for part in reversed(StoreContract.__bases__)
        for name, clause in vars(part).items()
        if name.startswith("test_")
    }


def quotes(said: str, sentence: str) -> bool:
    """Tell whether a sentence of a clause is one of the ports, perhaps with an addition."""
    quoted = sentence.removesuffix(".")
    return said.startswith(quoted) and said[len(quoted) :][:1] in (".", ",", ":", ";")


def proofs(sentence: str, proving: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the names of the clauses that quote a sentence."""
    return [name for name, said in proving.items() if any(quotes(s, sentence) for s in said)]


def page() -> str:
    """Return the ports as Markdown: each sentence, and the clauses that prove it."""
    proving = clauses()

    def listed(said: Iterable[str]) -> str:
        return "\n".join(_item(sentence, proofs(sentence, proving)) for sentence in said)

    parts = ["## Every method of a store", listed(of_every_method())]
    for port in PORTS:
        parts += [f"## {port.__name__}", port.__doc__ or ""]
        for method in methods(port):
            parts += [f"### {port.__name__}.{method.name}", f"`{method.call}`"]
            parts += [listed(method.sentences)]
    return "\n\n".join(parts)


def _item(sentence: str, names: list[str]) -> str:
    strong = re.sub(r"\bMUST(?: NOT)?\b", r"**\g<0>**", sentence)
    return f"- {strong}" + (f"<br>{' '.join(f'`{name}`' for name in names)}" if names else "")


def main() -> None:
    """Write the page anew."""
    text = PAGE.read_text()
    PAGE.write_text(text.replace(between(PAGE, START, END), page()))


if __name__ == "__main__":
    main()
