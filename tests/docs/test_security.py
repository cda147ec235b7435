"""What `docs/security.md` names as proof is there, and every risk has some."""

import re

import pytest

from tests.docs.pages import ROOT, table

PAGE = ROOT / "docs/security.md"
NAMED = re.findall(r"`(tests/[^`]+)`", PAGE.read_text())


@pytest.mark.parametrize("named", NAMED)
def test_a_test_that_is_named_is_there(named):
    path, _, name = named.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_default_has_a_test():
    rows = table(PAGE, "default", "test")
    assert all(test.startswith("tests/") for _, test in rows)


def test_all_ten_risks_have_one():
    rows = table(PAGE, "risk", "what Fring does", "test")
    assert all(test.startswith("tests/") for _, _, test in rows)
    risks = [risk.split()[0] for risk, _, _ in rows if risk]
    assert risks == [f"API{number}" for number in range(1, 11)]


def test_the_headers_are_those_that_are_sent():
    """`tests/http/test_safe_headers.py` looks at answers; this looks at what is said of them."""
    sent = (ROOT / "tests/http/test_safe_headers.py").read_text()
    for name, value, _ in table(PAGE, "header", "value", "on"):
        assert name.lower() in sent
        assert value in sent
