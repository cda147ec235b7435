"""A clone installs what its locks say: in any folder, whatever there is, whatever is set."""

import os
import signal
import subprocess
import time

import pytest
from packaging.utils import canonicalize_name

from tests.install.locks import ALL, SERVING, here, pinned
from tests.install.world import make_world

# One folder for all that a shell, make, pip or a URL could stumble over.
ODD = 'My Projects & more, R&D c++ #7 Ann\'s "it" $5 $HOME (copy) [x] 50% a%20b; `ls` für 日本'


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Give a clone in an odd folder, in a world that has moved on."""
    return make_world(tmp_path_factory.mktemp("world"), ODD)


@pytest.fixture(scope="module")
def installed(world):
    """Install what serving needs, with all set that could lead pip astray; give what was said."""
    astray = world.wheels.parent / "astray"
    astray.mkdir()
    constraint = astray / "constraint.txt"
    constraint.write_text("attrs==1.0\n")
    config = astray / "pip.conf"
    config.write_text(
        f"[global]\nfind-links = {world.wheels.as_uri()}\n"
        f"[install]\nuser = true\ntarget = {astray / 'there'}\nno-binary = :all:\n"
    )
    done = world.make(
        ".venv/serving",
        PIP_CONFIG_FILE=str(config),
        PIP_FIND_LINKS="",
        PIP_CONSTRAINT=str(constraint),
        PIP_NO_BINARY=":all:",
        PIP_ONLY_BINARY=":none:",
        PIP_PREFIX=str(astray / "there"),
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_UPGRADE="1",
        PIP_USER="1",
        PYTHONHOME=str(astray),
        PYTHONPATH=str(astray),
        VIRTUAL_ENV=str(astray),
    )
    assert done.returncode == 0, done.stdout
    assert {path.name for path in astray.iterdir()} == {"constraint.txt", "pip.conf"}
    return done.stdout


def locked(lock):
    """Return what a lock says for this Python here."""
    return pinned(lock, here())


def held(world):
    """Return what the world's .venv has."""
    return {canonicalize_name(name): pin for name, pin in world.installed().items()}


def test_what_serving_needs_is_what_its_lock_says(world, installed):
    assert held(world) == locked(SERVING)
    assert "MB" in installed


def test_nothing_is_said_or_done_when_all_is_there(world, installed):
    done = world.make("--silent", ".venv/serving", PIP_FIND_LINKS="")
    assert (done.returncode, done.stdout) == (0, "")


def test_an_interrupted_installation_is_done_again_and_is_what_the_lock_says(world, installed):
    def count():
        return len([*world.clone.glob(".venv/lib/*/site-packages/*.dist-info")])

    before = count()
    with subprocess.Popen(
        ["make", ".venv/installed"],
        cwd=world.clone,
        env=world.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as making:
        deadline = time.monotonic() + 60
        while count() == before:
            assert time.monotonic() < deadline
            assert making.poll() is None
            time.sleep(0.01)
        os.killpg(making.pid, signal.SIGKILL)
    assert not (world.clone / ".venv/installed.json").exists()
    done = world.make(".venv/installed")
    assert done.returncode == 0, done.stdout
    assert "it was not finished" in done.stdout
    assert held(world) == locked(ALL)
