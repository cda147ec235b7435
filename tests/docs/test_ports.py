"""The ports, the contract kit and the page on ports say the same."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from fring_core import ports
from tests.docs.pages import between
from tests.docs.port_clauses import (
    END,
    PAGE,
    PORTS,
    START,
    clauses,
    methods,
    of_every_method,
    page,
    proofs,
    quotes,
    sentences,
)
from tests.identity import test_jwks, test_passwords

OTHERS = (ports.Tokens, ports.TokenIssuer, ports.Passwords)


def said_by(kinds) -> Iterator[str]:
    for port in kinds:
        for method in methods(port):
            yield from method.sentences


def docstrings(*modules):
    """Return the sentences of the tests that have a docstring."""
    return {
        name: sentences(test.__doc__)
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and test.__doc__
    }


def test_a_clause_proves_every_sentence():
    binding = [sentence for sentence in of_every_method() if "MUST" in sentence]
    proving = clauses()
    said = [*binding, *said_by(PORTS)]
    assert len(said) > 40
    assert [sentence for sentence in said if not proofs(sentence, proving)] == []


def test_every_clause_quotes_the_ports():
    said = {*of_every_method(), *said_by(PORTS)}
    foreign = [
        (name, sentence)
        for name, quoted in clauses().items()
        for number, sentence in enumerate(quoted)
        if number == 0 or "MUST" in sentence
        if not any(quotes(sentence, known) for known in said)
    ]
    assert foreign == []


def test_the_ports_of_identity_are_proven_too():
    proving = docstrings(test_jwks, test_passwords)
    binding = [sentence for sentence in said_by(OTHERS) if "MUST" in sentence]
    assert [sentence for sentence in binding if not proofs(sentence, proving)] == []
    for quoted in chain.from_iterable(proving.values()):
        assert "MUST" not in quoted or any(quotes(quoted, known) for known in binding), quoted


def test_no_must_is_overlooked():
    read = [*of_every_method(), *said_by(PORTS), *said_by(OTHERS)]
    modules = Path(ports.__file__).parent.glob("*.py")
    assert " ".join(read).count("MUST") == sum(each.read_text().count("MUST") for each in modules)


def test_the_page():
    expected = page()
    assert between(PAGE, START, END) == expected, f"docs/ports.md should have\n{expected}"


@pytest.mark.parametrize(
    ("said", "sentence", "quoted"),
    [
        ("A call MUST be atomic.", "A call MUST be atomic.", True),
        ("A call MUST be atomic: an add.", "A call MUST be atomic.", True),
        ("A call MUST be atomical.", "A call MUST be atomic.", False),
        ("A call MUST be atomic or not.", "A call MUST be atomic.", False),
        ("Now a call MUST be atomic.", "A call MUST be atomic.", False),
    ],
)
def test_what_a_quotation_is(said, sentence, quoted):
    assert quotes(said, sentence) is quoted


def test_sentences():
    text = """One `a.b`, on
        two lines. `Two` follows. Three, e.g. this, ends 2.5 s later.

        Four: five.
        """
    assert sentences(text) == (
        "One `a.b`, on two lines.",
        "`Two` follows.",
        "Three, e.g. this, ends 2.5 s later.",
        "Four: five.",
    )
