"""The pytest plugin, in test suites of its users."""

import os
import subprocess
import sys
import tomllib
from textwrap import dedent
from urllib.parse import urlsplit

import psycopg
import pytest

from fring_adapters.postgres.wire.urls import to_conninfo
from fring_adapters.pytest_postgres import empty
from tests.docs.pages import ROOT
from tests.serving import DEADLINE

PLUGIN = "fring_adapters.pytest_plugin"
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
# Schemathesis and Faker take longer to load than all the rest.
OPTIONS = ("-Werror", "-pno:cacheprovider", "-pno:faker", "-pno:schemathesis")
NEEDED_BY_NO_FIXTURE = (
    *("hypothesis", "anyio", "sqlalchemy", "psycopg", "alembic", "litestar", "msgspec", "httpx"),
)

SUITE = """
    from datetime import UTC, datetime, timedelta

    import pytest

    from fring_core import NewTask, TaskChanges, run_sync

    @pytest.mark.parametrize("title", ["first", "second"])
    def test_each_test_has_a_store_of_its_own(
        fring, blocking_fring, fring_store, fring_clock, title
    ):
        task = blocking_fring.tasks.create(NewTask(title))
        assert task.created_at == datetime(2024, 1, 1, 12, tzinfo=UTC)
        fring_clock.advance(timedelta(days=1))
        changed = blocking_fring.tasks.update(task.id, TaskChanges())
        assert changed.updated_at == datetime(2024, 1, 2, 12, tzinfo=UTC)
        assert run_sync(fring.tasks.list()) == [changed]
        assert run_sync(fring_store.tasks.get(1, None)) == changed
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes files into the suite's folder."""

    def write(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_text(dedent(text))

    return write


@pytest.fixture
def run(tmp_path):
    """Return a function that runs pytest in the suite's folder, where every warning is an error."""

    def run(*arguments, **environment):
        path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
        command = [sys.executable, "-m", "pytest", *OPTIONS, *arguments]
        # A suite may start a PostgreSQL, and two workers; one that hangs says where.
        command += ["-o", f"faulthandler_timeout={2 * DEADLINE}"]
        try:
            done = subprocess.run(
                command,
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": path} | environment,
                capture_output=True,
                text=True,
                timeout=3 * DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"{late.stdout!r}\n{late.stderr!r}")
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def installed(tmp_path):
    """Have pytest find the plugin as if Fring were installed as pyproject.toml says now."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [f"{name} = {value}" for name, value in project["entry-points"]["pytest11"].items()]
    folder = tmp_path / "stand_in-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: stand-in\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines]))


def test_importing_it_imports_pytest_alone():
    script = f"""
import sys, pytest
before = set(sys.modules)
import {PLUGIN}
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().split() == ["fring_adapters", PLUGIN]


def test_the_fixtures_need_the_base_install_alone(write, run):
    write(
        test_suite=SUITE,
        blocked=f"import sys\nsys.modules |= dict.fromkeys({NEEDED_BY_NO_FIXTURE})",
    )
    code, output = run("-p", "blocked", "-p", PLUGIN, **ALONE)
    assert code == pytest.ExitCode.OK, output
    assert "2 passed" in output


def test_a_suite_that_uses_no_fixture_loads_nothing(write, run, installed):
    write(
        test_suite="""
            import sys

            def test_nothing_is_loaded(request):
                assert request.config.pluginmanager.has_plugin("fring_adapters.pytest_plugin")
                assert "fring_core" not in sys.modules
        """
    )
    code, output = run()
    assert code == pytest.ExitCode.OK, output


@pytest.mark.parametrize(
    "by_hand",
    [[], ["-p", "fring"], ["-p", PLUGIN], ["-p", "fring", "-p", PLUGIN], "conftest"],
    ids=["by itself", "name", "module", "both", "conftest"],
)
def test_it_may_be_named_by_hand_as_well(write, run, installed, by_hand):
    write(test_suite=SUITE)
    if by_hand == "conftest":
        write(conftest=f"pytest_plugins = [{PLUGIN!r}]")
    code, output = run(*(by_hand if isinstance(by_hand, list) else ()))
    assert code == pytest.ExitCode.OK, output
    assert "2 passed" in output


def test_it_can_be_left_out(write, run, installed):
    write(test_suite=SUITE)
    code, output = run("-p", "no:fring", "-p", f"no:{PLUGIN}")
    assert code == pytest.ExitCode.TESTS_FAILED
    assert "fixture 'fring' not found" in output


def test_stores_and_clocks_are_the_suites_to_choose(write, run):
    write(
        conftest="""
            from datetime import UTC, datetime, timedelta
            from itertools import count

            import pytest

            from fring_adapters.memory import MemoryStore
            from fring_core import FixedClock

            @pytest.fixture
            def fring_clock():
                return FixedClock(datetime(2000, 1, 1, tzinfo=UTC), step=timedelta(seconds=1))

            @pytest.fixture
            def fring_store():
                return MemoryStore(task_ids=count(100))
        """,
        test_suite="""
            from fring_core import NewTask

            def test_both_are_used(blocking_fring):
                tasks = [blocking_fring.tasks.create(NewTask("task")) for _ in range(2)]
                assert [task.id for task in tasks] == [100, 101]
                assert [task.created_at.second for task in tasks] == [0, 1]
                assert tasks[0].created_at.year == 2000
        """,
    )
    code, output = run("-p", PLUGIN, **ALONE)
    assert code == pytest.ExitCode.OK, output


def test_pytest_shows_the_fixtures_with_their_docs(run, installed):
    _, output = run("--fixtures")
    for name, doc in (
        ("fring", "Give the use cases, on `fring_store` and by `fring_clock`, to be awaited."),
        ("blocking_fring", "Give the use cases of `fring` without `await`"),
        ("fring_postgres", "Give the URL of a PostgreSQL database"),
        ("fring_store", "Give an empty store in memory."),
        ("fring_clock", "Give a clock that stands still"),
    ):
        shown = output.partition(f"\n{name} -- ")[2].splitlines()
        assert "pytest_plugin.py" in shown[0], output
        assert doc in shown[1], output


ON_POSTGRES = """
    import pytest

    from fring_adapters import open_postgres
    from fring_adapters.postgres import BlockingPostgresStore
    from fring_core import NewTask, NewUser

    @pytest.fixture
    def fring_store(fring_postgres):
        with BlockingPostgresStore(fring_postgres) as store:
            yield store

    @pytest.mark.parametrize("name", ["ann", "bob"])
    def test_each_test_finds_it_empty(blocking_fring, fring_postgres, name):
        user = blocking_fring.users.create(NewUser(name, "one@example.org"))
        task = blocking_fring.tasks.create(NewTask(name))
        blocking_fring.assignments.add(user=user.id, task=task.id)
        gone = blocking_fring.tasks.create(NewTask("chosen ahead", id=7))
        blocking_fring.tasks.delete(gone.id)
        assert (user.id, task.id) == (1, 1)
        with open_postgres(fring_postgres) as another:
            assert another.users.list() == [user]
        with open("databases", "a") as file:
            print(fring_postgres, file=file)
"""


def test_a_suite_on_a_server_of_its_own_leaves_nothing_there(write, run, tmp_path, postgres):
    write(
        conftest=f"""
            import pytest

            @pytest.fixture(scope="session")
            def fring_postgres_server():
                return {postgres!r}
        """,
        test_suite=ON_POSTGRES,
        test_again=ON_POSTGRES,
    )
    code, output = run("-p", PLUGIN, "-p", "xdist", "-n2", "--dist=loadfile", **ALONE)
    assert code == pytest.ExitCode.OK, output
    assert "4 passed" in output
    used = {urlsplit(url).path[1:] for url in (tmp_path / "databases").read_text().split()}
    assert len(used) == 2  # one for each worker
    with psycopg.connect(to_conninfo(postgres)) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert not used & {name for (name,) in rows}


def test_a_suite_without_a_server_gets_one(write, run):
    write(test_suite=ON_POSTGRES)
    code, output = run("-p", PLUGIN, **ALONE)
    assert code == pytest.ExitCode.OK, output
    assert "2 passed" in output


def test_a_transaction_that_was_left_open_is_told(database_url):
    with psycopg.connect(to_conninfo(database_url)) as connection:
        connection.execute("INSERT INTO tasks (title) VALUES ('left open')")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            empty(database_url, patience="10ms")
