"""What a text may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fring_core import (
    InvalidInput,
    NewTask,
    NewUser,
    Problem,
    TaskChanges,
    TaskFilter,
    UserChanges,
    UserFilter,
)
from fring_core.testing import strategies
from fring_core.text import DESCRIPTION, EMAIL, FILTER, TITLE, USERNAME, TextRule, reject

BLANK = "must not be blank"
NUL = "must not contain NUL"
SURROGATE = "must not contain a lone surrogate"
SHAPE = "must be an e-mail address such as ann@example.com"
# One astral character, which is two UTF-16 units and four bytes.
ASTRAL = "😀"


def at_most(length):
    return f"must have at most {length} characters"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (TITLE, "x"),
        (TITLE, "x" * 200),
        (TITLE, ASTRAL * 200),
        (TITLE, " padded\t"),
        (TITLE, "\u200b"),  # a zero-width space is no white space
        (TITLE, "\ud7ff\ue000"),  # the neighbours of the surrogates
        (TITLE, "line\nline"),
        (DESCRIPTION, ""),
        (DESCRIPTION, " \n"),
        (DESCRIPTION, ASTRAL * 10_000),
        (USERNAME, "x" * 255),
        (USERNAME, ASTRAL * 255),
        (EMAIL, "a@b.c"),
        (EMAIL, "a.b+c@d.e.f"),
        (EMAIL, "a@b..c"),
        (EMAIL, "é@ü.ß"),
        (EMAIL, "x" * 251 + "@b.c"),
        (FILTER, ""),
        (FILTER, " " * 20_000),
        (FILTER, "%_\\"),
    ],
)
def test_accepts(rule, text):
    assert rule.problem("field", text) is None


@pytest.mark.parametrize(
    ("rule", "text", "message"),
    [
        (TITLE, "x" * 201, at_most(200)),
        (TITLE, ASTRAL * 201, at_most(200)),
        (TITLE, "", BLANK),
        (TITLE, " \t\r\n", BLANK),
        (TITLE, "\u00a0\u2003\u3000\u2028", BLANK),
        (TITLE, "a\0b", NUL),
        (TITLE, "\0", NUL),
        (TITLE, "\ud800", SURROGATE),
        (TITLE, "a\udfffb", SURROGATE),
        (TITLE, "\udbff\udc00", SURROGATE),  # a pair that was never joined is two lone ones
        (DESCRIPTION, "x" * 10_001, at_most(10_000)),
        (DESCRIPTION, "\0", NUL),
        (DESCRIPTION, "é\ud8ff", SURROGATE),
        (USERNAME, "x" * 256, at_most(255)),
        (USERNAME, " ", BLANK),
        (EMAIL, "x" * 252 + "@b.c", at_most(255)),
        (EMAIL, "", BLANK),
        (EMAIL, "a\0@b.c", NUL),
        (EMAIL, "a@b", SHAPE),
        (EMAIL, "ab.c", SHAPE),
        (EMAIL, "@b.c", SHAPE),
        (EMAIL, "a@.c", SHAPE),
        (EMAIL, "a@b.", SHAPE),
        (EMAIL, "a@b@c.d", SHAPE),
        (EMAIL, "a b@c.d", SHAPE),
        (EMAIL, "a@b.c\n", SHAPE),
        (EMAIL, "a\u00a0@b.c", SHAPE),
        (FILTER, "\0", NUL),
        (FILTER, "\udc00", SURROGATE),
    ],
)
def test_refuses(rule, text, message):
    assert rule.problem("field", text) == Problem("field", message, "value_error")


@pytest.mark.parametrize("value", [None, 1, 1.0, True, b"text", ["text"], object()])
@pytest.mark.parametrize("rule", [TITLE, DESCRIPTION, USERNAME, EMAIL, FILTER])
def test_refuses_what_is_no_text(rule, value):
    assert rule.problem("field", value) == Problem("field", "must be a text", "type_error")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must have at least 2 characters"),
        ("x", "must have at least 2 characters"),
        (ASTRAL, "must have at least 2 characters"),
        ("  ", BLANK),
        ("xx", None),
        (ASTRAL * 3, None),
        ("xxxx", at_most(3)),
    ],
)
def test_least(text, message):
    expected = message and Problem("field", message)
    assert TextRule(most=3, least=2).problem("field", text) == expected


def test_one_character_is_no_characters():
    assert TextRule(most=3, least=1).problem("x", "") == Problem(
        "x", "must have at least 1 character"
    )


def test_length_is_looked_at_first():
    assert TextRule(most=2).problem("field", "\0\0\0") == Problem("field", at_most(2))


@given(st.text(max_size=20))
def test_accepted_texts_are_those_that_utf8_and_postgresql_hold(text):
    try:
        holds = "\0" not in text and bool(text.encode().decode().strip())
    except UnicodeEncodeError:
        holds = False
    assert (USERNAME.problem("field", text) is None) == holds


def test_reject_keeps_every_problem_in_order():
    first, second = Problem("a", "is wrong"), Problem("b", "is absent", "missing")
    with pytest.raises(InvalidInput) as raised:
        reject([None, first, None, second])
    assert raised.value.problems == (first, second)
    reject([None, None])
    reject([])


@pytest.mark.parametrize(
    ("make", "fields"),
    [
        (lambda: NewUser("", "nowhere", 0), ["id", "username", "email"]),
        (lambda: NewUser("ann", "nowhere"), ["email"]),
        (lambda: UserChanges(" ", "@"), ["username", "email"]),
        (lambda: UserChanges(email=None), ["email"]),  # type: ignore[arg-type]  # what is tested
        (lambda: NewTask("", "\0", id=0), ["id", "title", "description"]),
        (lambda: NewTask("x" * 201), ["title"]),
        (lambda: TaskChanges(title=None), ["title"]),  # type: ignore[arg-type]  # what is tested
        (lambda: TaskChanges(" ", "x" * 10_001), ["title", "description"]),
        (lambda: UserFilter("\0", "\ud800"), ["username", "email"]),
        (lambda: TaskFilter(title="\0"), ["title"]),
    ],
)
def test_every_fault_of_an_input_is_reported_at_once(make, fields):
    with pytest.raises(InvalidInput) as raised:
        make()
    assert [problem.field for problem in raised.value.problems] == fields


@given(strategies.new_users(), strategies.new_tasks())
def test_texts_are_kept_as_they_were_sent(user, task):
    # The strategies draw valid values only, so building them again raises nothing.
    again = NewUser(user.username, user.email, user.id)
    assert (again.username, again.email) == (user.username, user.email)
    assert NewTask(task.title, task.description).title == task.title
