"""Lists and searches on real rows: exact, whatever a text contains, and a page's work at any size."""

import re
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fring_adapters.postgres import BlockingPostgresStore, prepare
from fring_adapters.postgres.sql import searches, users
from fring_adapters.postgres.sql.pieces import needle, pieces
from fring_adapters.postgres.sql.task_lists import listing
from fring_adapters.postgres.wire.urls import to_conninfo
from fring_core import Page, TaskFilter, TaskOrder, UserFilter, run_sync
from tests.stores.older import execute

# What LIKE, a tsquery, a regular expression or SQL would read otherwise, and what is cut by.
odd_texts = st.text(
    st.sampled_from("aB %_\\'\"&|!:*()<->.$^[]\x01\x02\n\tÄä\u0301中😀"), max_size=9
)
ODD = [
    *("100%", "100 percent", "a_b", "axb", "C:\\new", "it's", 'say "no"', "\x01\x02\x01\x02\x01\x02"),
    *("\x02\x01\x02\x01\x02\x01", "naïve", "nai\u0308ve", "東京都庁舎へ", "😀😀😀😀😀😀", "a & b | c:*"),
    *("two\nlines", "\ttab", "     ", "longer", "y" * 999 + "end", "z" * 1001 + "end", "aaaaaa", "AAAAAA"),
]  # fmt: skip
ROWS = 20_000
FILL = """
    INSERT INTO users (username, email)
        SELECT 'user' || n, 'user' || n || '@example.com' FROM generate_series(1, {rows} / 10) n;
    INSERT INTO tasks (title, status, owner, created_at)
        SELECT 'Task number ' || n, (ARRAY['todo', 'completed', 'canceled'])[1 + n % 3],
            CASE n % 10 WHEN 0 THEN 'ann' END, now() - n * interval '1 minute'
        FROM generate_series(1, {rows}) n;
    INSERT INTO user_tasks
        SELECT 1 + n % ({rows} / 10), n FROM generate_series(1, {rows}) n WHERE n % 10 > 0 AND n > 1500;
    VACUUM ANALYZE tasks, users, user_tasks
"""


@pytest.fixture(scope="module")
def filled(new_database):
    """Give a function that returns the URL of a database with so many tasks."""

    def fill(rows):
        url = new_database()
        prepare(url)
        for statement in FILL.format(rows=rows).split(";"):
            execute(url, statement)
        return url

    return fill


@pytest.fixture(scope="module")
def big(filled):
    return filled(ROWS)


@pytest.fixture(scope="module")
def odd(big):
    """Give a store with odd texts behind many others, and these texts."""
    with psycopg.connect(to_conninfo(big), autocommit=True) as connection:
        for text in ODD:
            connection.execute("INSERT INTO tasks (title, status) VALUES (%s, 'todo')", (text,))
            connection.execute("INSERT INTO users (username, email) VALUES (%s, %s)", (text, text))
    with BlockingPostgresStore(big) as store:
        yield store


@pytest.fixture(scope="module")
def connection(big):
    with psycopg.connect(to_conninfo(big), autocommit=True) as connection:
        yield connection


@given(odd_texts, odd_texts, odd_texts, st.sampled_from([0, 0, 0, 995, 1000, 3000]))
@example("", "longer", "", 0)
@example("a", "\x01", "\x02b", 0)
def test_what_contains_a_text_has_its_pieces(connection, before, sought, after, more):
    if sought:
        text = before + sought + after + "x" * more
        query = f"SELECT {pieces('t')} @@ %s::tsquery FROM (VALUES (%s::varchar)) AS rows (t)"
        assert connection.execute(query, (needle(sought), text)).fetchone() == (True,)


def parts(text):
    """Return what may be looked for to find a text, and what may not."""
    found = {text, text[:1], text[-2:], text[1:4], text[:5], text[1:7], text[-6:], text.swapcase()}
    return {part for part in found | {text + "!"} if part}


@pytest.mark.parametrize("text", ODD)
def test_matches_are_exact(odd, text):
    everything = Page(0, 1000)
    for part in parts(text):
        expected = [each for each in ODD if part in each]
        for status in ("todo", None):
            where = TaskFilter(title=part, status=status)
            found = [task.title for task in run_sync(odd.tasks.list(where, everything, None))]
            assert [each for each in found if not each.startswith("Task number")] == expected or (
                len(found) == 1000 and part in "Task number 0123456789"
            )
            assert all(part in each for each in found)
            if len(found) < 1000:
                assert run_sync(odd.tasks.count(where, None)) == len(found)
        for named in (UserFilter(username=part), UserFilter(email=part), UserFilter(part, part)):
            found = [user.username for user in run_sync(odd.users.list(named, everything))]
            assert [each for each in found if not re.fullmatch(r"user\d+", each)] == expected or (
                len(found) == 1000
            )


@pytest.mark.parametrize("skip", [0, 3, 2500])
@pytest.mark.parametrize("order", TaskOrder)
@pytest.mark.parametrize("title", ["number 19", "k", "99", "number 19999", "zz"])
@pytest.mark.parametrize("completed", [True, False, None])
def test_a_page_is_the_same_by_each_way(odd, connection, skip, order, title, completed):
    """Texts in a few rows, in most, and in many at the far end: as one that reads all finds them."""
    sorted_by = {
        TaskOrder.BY_ID: "id",
        TaskOrder.NEWEST_FIRST: "created_at DESC, id DESC",
        TaskOrder.BY_TITLE: "title, id",
    }[order]
    for owner in (None, "ann"):
        query = f"SELECT id FROM tasks WHERE strpos(title, %s) > 0 AND owner {'= %s' if owner else 'IS NOT DISTINCT FROM %s'}"
        if completed is not None:
            query += f" AND (status = 'completed') = {completed}"
        query += f" ORDER BY {sorted_by} LIMIT 20 OFFSET {skip}"
        expected = [number for (number,) in connection.execute(query, (title, owner))]
        where = TaskFilter(title=title, completed=completed)
        found = run_sync(odd.tasks.list(where, Page(skip, 20), owner, order))
        assert [task.id for task in found] == expected


def test_many_matches_behind_none_are_found(new_database):
    url = new_database()
    prepare(url)
    many = searches.FEW + 10
    execute(url, f"INSERT INTO tasks (title) SELECT 'x' FROM generate_series(1, {searches.AHEAD})")
    execute(url, f"INSERT INTO tasks (title) SELECT 'far away' FROM generate_series(1, {many})")
    with BlockingPostgresStore(url) as store:
        where = TaskFilter(title="far aw")
        found = run_sync(store.tasks.list(where, Page(5, 3), None))
        assert [task.id - searches.AHEAD for task in found] == [6, 7, 8]
        assert found.more
        assert run_sync(store.tasks.count(where, None)) == many


def asked(statement, **given):
    """Return the statement, and what it is sent for one call with a page of twenty."""
    call = {
        "limit": 21, "skip": 0, "owner": "ann", "status": "in_progress",
        **given, **{f"{name}_pieces": needle(given.get(name)) for name in ("title", "username")},
        "email_pieces": needle(given.get("email")),
    }  # fmt: skip
    return statement, statement.asked_by([call]) if statement.arrays else call


KINDS = {
    "first page": asked(listing(front=True, shared=True)),
    "a status that none has": asked(listing(front=True, shared=True, status=True)),
    "assigned, none at the front": asked(listing(front=True, shared=True, assigned=True)),
    "assigned, of a status": asked(
        listing(front=True, shared=True, assigned=True, status=True), status="completed"
    ),
    "title of one": asked(listing(front=True, shared=True, title=True), title="number 1999"),
    "title of none": asked(listing(front=True, shared=True, title=True), title="zzqq"),
    "title of none, two characters": asked(listing(front=True, shared=True, title=True), title="zq"),
    "title of all": asked(listing(front=True, shared=True, title=True), title="Task"),
    "status and title of none": asked(listing(front=True, shared=True, title=True, status=True), title="number 1"),
    "username of one": asked(users.listing(front=True, username=True, email=False), username="user199"),
    "e-mail of none": asked(users.listing(front=True, username=False, email=True), email="@zz"),
    **{
        f"personal, {order}, {filters}": asked(listing(front=True, shared=False, order=order, **filters))
        for order in TaskOrder
        for filters in ({}, {"status": True}, {"completed": False}, {"completed": True})
    },
}  # fmt: skip


def touched(url, statement, parameters):
    """Return how many pages of tables and indexes the generic plan looks at."""
    names = [*dict.fromkeys(re.findall(r"%\((\w+)\)s", statement.anywhere.decode()))]
    sql = re.sub(
        r"%\((\w+)\)s", lambda found: f"${1 + names.index(found[1])}", statement.anywhere.decode()
    )
    with psycopg.connect(to_conninfo(url), autocommit=True) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute(f"PREPARE listed AS {sql}", prepare=False)
        call = psycopg.sql.SQL("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE listed({})").format(
            psycopg.sql.SQL(", ").join(_literal(parameters[name]) for name in names)
        )
        for _ in range(2):  # the first may look at more, to note what is dead
            [[[plan]]] = connection.execute(call, prepare=False).fetchall()
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def _literal(value):
    text = "{{{}}}".format(*value) if isinstance(value, list) else str(value)
    return psycopg.sql.Literal(text)


@pytest.fixture(scope="module")
def small(filled):
    return filled(ROWS // 10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_costs_as_much_among_ten_times_as_many(small, big, kind):
    assert touched(big, *KINDS[kind]) <= 1.5 * touched(small, *KINDS[kind]) + 40


def behind_most(rows, order):
    """Return a place behind most of so many rows, of the lists of all and of `ann`."""
    return {
        TaskOrder.BY_ID: {"after": rows * 3 // 4},
        TaskOrder.NEWEST_FIRST: {
            "after": 0,
            "after_value": datetime.now(UTC) - timedelta(minutes=rows * 3 // 4),
        },
        TaskOrder.BY_TITLE: {"after": 0, "after_value": "Task number 7"},
    }[order]


FILTERED: tuple[dict[str, object], ...] = (
    {},
    {"status": True},
    {"completed": False},
    {"completed": True},
)
SHARED: tuple[dict[str, object], ...] = (*FILTERED, {"assigned": True}, {"title": True})
FAR_AWAY: list[dict[str, object]] = [
    *({"shared": False, "order": order, **where} for order in TaskOrder for where in FILTERED),
    *({"shared": True, "order": TaskOrder.BY_ID, **where} for where in SHARED),
]


@pytest.mark.parametrize("options", FAR_AWAY, ids=str)
def test_a_page_far_away_costs_what_the_first_one_does(big, options):
    given = {"status": "completed", **({"title": "number 1999"} if "title" in options else {})}
    first = asked(listing(front=True, **options), **given)
    place = behind_most(ROWS, options["order"])
    far = asked(listing(front=True, after=True, **options), **given, **place)
    assert touched(big, *far) <= touched(big, *first) + 6


def test_a_page_of_users_far_away_costs_what_the_first_one_does(big):
    for sought in ({}, {"username": "user199"}):
        options = {"front": True, "username": bool(sought), "email": False}
        first = asked(users.listing(**options), **sought)
        far = asked(users.listing(after=True, **options), after=ROWS * 3 // 40, **sought)
        assert touched(big, *far) <= touched(big, *first) + 6
