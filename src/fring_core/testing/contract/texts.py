"""The contract of texts that look like something else, or like one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from fring_core import (
    Credential,
    NewTask,
    NewUser,
    Page,
    Task,
    TaskFilter,
    TaskOrder,
    User,
    UserFilter,
)
from fring_core.testing.contract.base import StoreTests
from fring_core.testing.contract.examples import CAUSE, NOW, by_id, rows
from fring_core.testing.snapshot import EVERYTHING, plain

if TYPE_CHECKING:
    from fring_core import Store

# What a database, a serializer or a spreadsheet takes for something else; what parts of a key are
# joined with; what folds, trims, or has another length somewhere else.
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "numbers": (
        *("7", "07", "007", "7.0", "7.", "7e0", "+7", "-0", "0", "1e5", "100000", "0x10", "1_0"),
        *("10", "1,0", "\u0667", "NaN", "nan", "Infinity", "inf", "-inf", "1/2", "9" * 40),
    ),
    "words": (
        *("null", "NULL", "None", "nil", "undefined", "true", "True", "false", "yes", "no", "on"),
        *("default", "[]", "{}", '""', "''", "todo", "completed", "__class__", "constructor"),
    ),
    "moments": (
        *("12:30", "12:30:00", "2024-02-29", "2024-02-29T00:00:00Z", "20240229", "1:2:3"),
        *("2024-02-29 00:00:00+00", "P1D", "Thu, 29 Feb 2024", "now()", "today"),
    ),
    "patterns": (
        *("%", "%%", "_", "\\", "\\\\", "\\%", "\\n", "\\u0041", "\\N", "%41", "A", "%s", "%(a)s"),
        *("?", "$1", ":a", "{0}", "{a}", "a+b", "a b", "a%20b", "&amp;", "&", "<b>", "=1+1", "--"),
        *("^a", "a$", "a|b", "(a)", "[a]", "{1}", "#a", ";", "@", "'", '"', "`", "/*", "*/", "~"),
    ),
    "parts": (
        *("a:b", "a", "b", "a:", ":b", "a::b", "a/b", "a\x1fb", "a\tb", "a,b", "a-b", "a.b"),
        *(
            "a\nb",
            "a\r\nb",
            "a\x01",
            "1:1",
            "1:11",
            "11:1",
            "/",
            "//",
            "..",
            ".",
        ),
    ),
    "letters": (
        *("i", "I", "\u0130", "\u0131", "i\u0307", "\u00df", "ss", "SS", "\u1e9e", "\ufb01", "fi"),
        *(
            "\u00e5",
            "\u212b",
            "a\u030a",
            "\u00c5",
            "\u03c3",
            "\u03c2",
            "\u03a3",
            "\u00b5",
            "\u03bc",
        ),
        *(
            "K",
            "\u212a",
            "\uff41",
            "a",
            "e",
            "\u00e9",
            "\u01c6",
            "\u01c4",
            "\u01c5",
            "\u044f",
            "\u042f",
        ),
    ),
    "blanks": (
        *(
            "x",
            "x ",
            " x",
            "x\t",
            "x\n",
            "x\r\n",
            "x\r",
            "x\u00a0",
            "x\u200b",
            "\ufeffx",
            "x\u2028",
        ),
        *(
            "x  y",
            "x y",
            "x\u00ady",
            "xy",
            "x\u200dy",
            "x\x1a",
            "x\x7f",
            "x\x85",
            "\u202ex",
            "x\u3000",
        ),
    ),
    "planes": (
        *("\uffff", "\ufffd", "\ue000", "\U00010000", "\U0010ffff", "😀", "😁", "a😀", "a\uffff"),
        *("👩\u200d👧", "👩", "👧", "🇩🇪", "🇩", "👍🏽", "👍", "\ud7ff", "z", "\u4e00", "\U00020000"),
    ),
}
every_kind: Final = pytest.mark.parametrize("kind", KINDS)


class TextTests(StoreTests):
    """Test texts in every field that has one: kept, told apart, found, sorted."""

    @every_kind
    async def test_text_of_a_user(self, store: Store, kind: str) -> None:
        """Texts MUST be kept and compared as they stand, to the last character, whatever they look like.

        Usernames and e-mails MUST be unique as they stand. Return the user with exactly this
        username, its hash and its role, or None.
        """
        users: list[User] = []
        for n, text in enumerate(KINDS[kind]):
            local = text if "@" not in text and text.split() == [text] else f"plain{n}"
            new = NewUser(text, f"{local}@e.o")
            assert await store.credentials.find(text, None) is None, text
            assert await store.credentials.find(None, new.email) is None, new.email
            users.append(await store.users.add(new, CAUSE, text))
            assert plain(users[-1]) == plain(new.as_user(users[-1].id, NOW))
        users = by_id(users)
        for user in users:
            found = Credential(user, user.username)
            assert await store.credentials.find(user.username, None) == found
            assert await store.credentials.find(None, user.email) == found
            text = user.username
            listed = rows(await store.users.list(UserFilter(username=text), EVERYTHING))
            assert listed == [each for each in users if text in each.username], text
            listed = rows(await store.users.list(UserFilter(email=text), EVERYTHING))
            assert listed == [each for each in users if text in each.email], text

    async def test_text_that_is_a_name_and_an_email(self, store: Store) -> None:
        """Usernames and e-mails MUST be unique as they stand: each among its own.

        If `username` is None, the e-mail counts in its place, exactly.
        """
        texts = (
            ("ann", "ann@e.o"),
            ("ann@e.o", "bob@e.o"),  # a name that is an earlier e-mail,
            ("bob", "eve@e.o"),
            ("cid@e.o", "cid@e.o"),
            ("dan@e.o", "dan@f.o"),
            ("dan", "dan@e.o"),  # and an e-mail that is an earlier name
        )
        users = [await store.users.add(NewUser(*pair), CAUSE, pair[0]) for pair in texts]
        for user in users:
            expected = Credential(user, user.username)
            assert await store.credentials.find(user.username, None) == expected
            assert await store.credentials.find(None, user.email) == expected

    @every_kind
    async def test_text_of_a_task(self, store: Store, kind: str) -> None:
        """Texts MUST be kept and compared as they stand, to the last character, whatever they look like.

        Return the tasks of a list that match, in this order, the page only. Exactly the tasks that
        meet every condition of the filter MUST be listed.
        """
        tasks: list[Task] = []
        texts = [text if text.strip() else f"{text}." for text in KINDS[kind]]
        for text in texts:
            tasks.append(await store.tasks.add(NewTask(text, text), None, CAUSE))
            expected = Task(tasks[-1].id, text, text, tasks[-1].status, NOW, NOW)
            assert plain(tasks[-1]) == plain(expected)
        listed = rows(await store.tasks.list(TaskFilter(), EVERYTHING, None, TaskOrder.BY_TITLE))
        assert plain(listed) == plain(sorted(tasks, key=lambda task: (task.title, task.id)))
        for text in texts:
            listed = rows(await store.tasks.list(TaskFilter(title=text), EVERYTHING, None))
            assert listed == by_id([task for task in tasks if text in task.title]), text

    @every_kind
    async def test_text_that_names_a_list(self, store: Store, kind: str) -> None:
        """`owner` selects a list: None the shared board, a text the personal list of that name.

        Texts MUST be kept and compared as they stand, to the last character, whatever they look like.
        """
        tasks = {
            owner: await store.tasks.add(NewTask("task"), owner, CAUSE) for owner in KINDS[kind]
        }
        for owner, task in tasks.items():
            assert task.owner == owner
            assert rows(await store.tasks.list(TaskFilter(), Page(), owner)) == [task], owner
            assert await store.tasks.get(task.id, owner) == task
        assert rows(await store.tasks.list(TaskFilter(), EVERYTHING, None)) == []
