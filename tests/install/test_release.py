"""A version is released from a clean tree, under its own number, with its fragments."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.install.locks import ROOT

NAMED = {"added", "changed", "deprecated", "removed", "fixed", "security"}
FRAGMENTS = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
HEAD = "# Changelog\n\nWords.\n\n<!-- releases -->\n\n"
OLD = "## [1.0.0] - 2026-01-31\n\n### Added\n\n- All of it.\n"


def git(tree, *words):
    own = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *own, *words], cwd=tree, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path):
    """Give a clean tree whose version is 1.1.0, with two fragments."""
    said = (ROOT / "pyproject.toml").read_text()
    (towncrier,) = [each for each in said.split("\n\n") if each.startswith("[tool.towncrier]")]
    (tmp_path / "pyproject.toml").write_text(f'[project]\nversion = "1.1.0"\n\n{towncrier}\n')
    (tmp_path / "CHANGELOG.md").write_text(HEAD + OLD)
    (tmp_path / "changelog.d").mkdir()
    shutil.copy(ROOT / "changelog.d/README.md", tmp_path / "changelog.d")
    (tmp_path / "changelog.d/+wet.fixed.md").write_text("Plants are watered\nonce.\n")
    (tmp_path / "changelog.d/+dry.added.md").write_text("`water`, with an [example](README.md).\n")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def commit(tree):
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "Tree")


def release(tree, version="1.1.0"):
    command = [sys.executable, ROOT / "tools/release.py", version]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_the_changelog_gets_a_section_above_the_older_ones(tree):
    code, said = release(tree)
    assert code == 0, said
    today = datetime.now(tz=UTC).astimezone().date()
    assert (tree / "CHANGELOG.md").read_text() == (
        f"{HEAD}## [1.1.0] - {today}\n\n"
        "### Added\n\n- `water`, with an [example](README.md).\n\n"
        "### Fixed\n\n- Plants are watered\n  once.\n\n\n" + OLD
    )
    assert [path.name for path in (tree / "changelog.d").iterdir()] == ["README.md"]


def test_on_the_tagged_commit_nothing_is_left_to_write(tree):
    release(tree)
    commit(tree)
    assert release(tree) == (0, "")
    assert git(tree, "status", "--porcelain").stdout == b""


@pytest.mark.parametrize("version", ["1.2.0", "", "1.1"])
def test_another_version_is_refused(tree, version):
    code, said = release(tree, version)
    assert code == 1
    assert "that of pyproject.toml 1.1.0" in said
    assert git(tree, "status", "--porcelain").stdout == b""


def spoilt(name, text):
    def spoil(tree):
        (tree / name).write_text(text)
        commit(tree)

    return spoil


def emptied(tree):
    for path in (tree / "changelog.d").glob("+*"):
        path.unlink()
    commit(tree)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda tree: (tree / "new.py").touch(), "not committed"),
        (spoilt("CHANGELOG.md", f"{HEAD}## [Unreleased]\n\n{OLD}"), "a section [Unreleased]"),
        (spoilt("CHANGELOG.md", f"{HEAD}## [1.1.0] - 2026-02-01\n"), "has 1.1.0 already"),
        (emptied, "no fragment"),
    ],
)
def test_what_should_not_be_released_is_refused(tree, spoil, why):
    spoil(tree)
    code, said = release(tree)
    assert code == 1
    assert why in said


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_has_a_name_that_is_found_and_one_entry(path):
    beginning, *kind, suffix = path.name.split(".")
    assert beginning.startswith("+")
    assert suffix == "md"
    assert set(kind) <= NAMED
    assert len(kind) == 1
    text = path.read_text()
    assert text.strip()
    assert not text.startswith(("-", "*", "#"))
