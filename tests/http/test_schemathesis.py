"""Requests drawn from the server's own OpenAPI document: it keeps every promise made there.

What the document takes is accepted, what it does not take is refused, and each answer is as it says.
"""

import pytest

from tests.http.schemathesis_run import run
from tests.http.tokens import as_user

# Histories are left to `make fuzz`: fring_machine and test_client_histories.py have more of them.
SHORT = ("--phases", "examples,coverage,fuzzing")


# One store will do: PostgreSQL, which would fail where the memory store accepts anything.
@pytest.mark.parametrize("server", ["postgres"], indirect=True)
def test_answers_are_as_documented(server):
    sent, said = run(server, *SHORT, "--max-examples", "10")
    assert not said, said
    assert sent > 1000


@pytest.mark.parametrize("secured", ["memory"], indirect=True)
def test_answers_are_as_documented_where_tokens_are_wanted(secured):
    (header,) = as_user("me", "admin").values()
    options = [*SHORT, "--header", f"Authorization: {header}", "--max-examples", "4"]
    sent, said = run(secured.url, *options)
    assert not said, said
    assert sent > 1000
