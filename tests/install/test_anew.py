"""When .venv is made anew, and what is said."""

import subprocess
from pathlib import Path

import pytest

from tools import install

WANTED = {"folder": "/home/ann/fring", "python": "3.12", "requirements.lock": "a"}


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ({}, "it was not finished"),
        (WANTED | {"folder": "/home/ann/old"}, "its folder is /home/ann/old"),
        (WANTED | {"python": "3.11"}, "its python is 3.11"),
        (WANTED | {"requirements.lock": "b"}, "requirements.lock has changed"),
        # These can be mended, or are no harm.
        (WANTED, ""),
        ({name: value for name, value in WANTED.items() if "lock" not in name}, ""),
        (WANTED | {"pyproject.toml": "b"}, ""),
        (WANTED | {"requirements-mutation.lock": "b"}, ""),
    ],
)
def test_it_is_made_anew_where_it_cannot_be_mended(held, why):
    said = install.why_anew(held, WANTED | {"pyproject.toml": "a"})
    assert said.startswith(why)
    assert bool(said) == bool(why)


@pytest.mark.parametrize("broken", ["", "{"])
def test_what_cannot_be_read_is_not_whole(broken, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(".venv").mkdir()
    install.STATE.write_text(broken)
    assert install.state() == {}


def test_what_debian_leaves_out_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.\d+-venv"):
        install.make_venv()


def test_a_link_is_replaced_and_not_followed(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / install.STATE.name).touch()
    (tmp_path / "clone").mkdir()
    monkeypatch.chdir(tmp_path / "clone")
    Path(".venv").symlink_to(elsewhere)
    monkeypatch.setattr(install, "in_use", lambda: False)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: Path(".venv").mkdir())
    install.make_venv()
    assert not Path(".venv").is_symlink()
    assert [path.name for path in elsewhere.iterdir()] == [install.STATE.name]
