"""The Makefile touches nothing outside its clone, says what it can do, and why it does not."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.install.locks import ROOT
from tests.install.test_installation import ODD

MAKEFILE = (ROOT / "Makefile").read_text()
HELPED = dict(re.findall(r"^([a-z-]+):.*## (.+)$", MAKEFILE, re.MULTILINE))
# What a path falls into where it is not quoted; some are names that a variable may have.
PIECES = {*ODD.split(), ODD.split(" ", maxsplit=1)[0], "elsewhere"}


@pytest.fixture
def clone(tmp_path):
    """Lay a Makefile into an odd folder, among folders that have pieces of its name."""
    for piece in PIECES:
        (tmp_path / piece).mkdir()
        (tmp_path / piece / "kept").touch()
    folder = tmp_path / ODD
    (folder / "src").mkdir(parents=True)
    for name in ("Makefile", "tools"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for name in ("LICENSE", "README.md", "pyproject.toml", "src/new.py"):
        (folder / name).touch()
    yield folder
    assert all((tmp_path / piece / "kept").exists() for piece in PIECES)


def make(clone, *words, **settings):
    """Run make; return its exit code and what it said."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    done = subprocess.run(
        ["make", *words],
        cwd=clone,
        env=kept | settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("target", HELPED)
def test_no_recipe_names_the_folder(clone, target):
    code, said = make(clone, "--dry-run", target)
    assert code == 0, said
    assert str(clone.parent) not in said
    assert "My Projects" not in said


def test_clean_takes_what_make_has_made_and_nothing_else(clone):
    elsewhere = clone.parent / "elsewhere"
    for name in ("build", "dist", ".venv/bin", ".fring/postgres"):
        (clone / name).mkdir(parents=True)
    (clone / ".venv/lib").symlink_to(elsewhere)
    (clone / ".mypy_cache").symlink_to(elsewhere)
    code, said = make(clone, "clean", VENV=str(elsewhere), BIN=str(elsewhere))
    assert code == 0, said
    left = {path.name for path in clone.iterdir()}
    assert left == {"Makefile", "tools", "src", "LICENSE", "README.md", "pyproject.toml", ".fring"}


def test_plain_make_lists_the_targets(clone):
    code, said = make(clone)
    assert code == 0, said
    assert re.findall(r"^  make ([a-z-]+) +(.+)$", said, re.MULTILINE) == [*HELPED.items()]


def test_contributing_has_every_target():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    assert re.findall(r"^\| `make ([a-z-]+)` \|", text, re.MULTILINE) == [*HELPED][1:]


def test_the_port_of_the_documentation_can_be_chosen(clone):
    _, said = make(clone, "--dry-run", "docs-serve", "DOCS_PORT=9")
    assert "--dev-addr 127.0.0.1:9\n" in said


@pytest.mark.parametrize("target", ["serve", "test"])
@pytest.mark.parametrize("python", ["old", "absent"])
def test_a_python_that_will_not_do_is_named_and_how_to_name_another(clone, target, python):
    old = clone / "old"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.18\nexit 1\n')
    old.chmod(0o755)
    code, said = make(clone, target, PYTHON=f"./{python}")
    assert code != 0
    assert "Fring needs Python 3.11 or newer" in said
    assert f"PYTHON=./{python}" in said
    assert f"make {target} PYTHON=python3.12" in said
    assert "3.9.18" in said or python == "absent"
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("target", ["lock", "ranges"])
def test_what_needs_uv_says_how_to_get_it(clone, target):
    (clone / "bin").mkdir()
    for program in ("sh", "find", "cat", "make"):
        (clone / "bin" / program).symlink_to(str(shutil.which(program)))
    (clone / "build/wheel").mkdir(parents=True)
    code, said = make(clone, target, PATH=str(clone / "bin"), PYTHON="true")
    assert code != 0
    assert "pip install uv" in said


def test_clean_does_not_take_the_floor_from_under_a_server(clone):
    packages = f"lib/python{sysconfig.get_python_version()}/site-packages"
    venv = clone / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", venv)
    (venv / packages).parent.mkdir(parents=True)
    (venv / packages).symlink_to(sysconfig.get_path("purelib"))
    server = [venv / "bin/python", "-c", "input('ready')", "fring_http", "serve"]
    with subprocess.Popen(server, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert serving.stdout.read(5) == b"ready"
        code, said = make(clone, "clean")
        assert code != 0
        assert f"process {serving.pid} runs from .venv" in said
        assert venv.exists()
        serving.communicate(b"\n")
    code, said = make(clone, "clean")
    assert code == 0, said
    assert not venv.exists()
