"""What the suite runs on, and what the wheel holds."""

import os
import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

import fring_adapters
import fring_core
import fring_http
from tests.serving import environment

ROOT = Path(__file__).parents[2]
# `make test` says that it is the wheel; for whoever calls pytest it is the source tree.
TESTED = Path(os.environ.get("TESTED_PACKAGES", ROOT / "src"))
PACKAGES = (fring_adapters, fring_core, fring_http)
LICENSES = {
    "LICENSE",
    *(
        f"src/fring_http/assets/{name}"
        for name in (
            "LICENSE.redoc",
            "LICENSE.swagger-ui",
            "NOTICE.swagger-ui",
            "d87bcbdbea8f8f5aa26f.worker.js.LICENSE.txt",
            "redoc.standalone.js.LICENSE.txt",
            "swagger-ui-bundle.js.LICENSE.txt",
        )
    ),
}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_the_suite_runs_on_what_it_is_told_to(package, tmp_path):
    expected = TESTED / package.__name__ / "__init__.py"
    assert Path(package.__file__) == expected
    for env in (None, environment()):
        elsewhere = subprocess.run(
            [sys.executable, "-c", f"import {package.__name__} as p; print(p.__file__)"],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        assert Path(elsewhere.stdout.strip()) == expected


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel; give its names, and what they hold."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel):
    sources = {
        str(path.relative_to(ROOT / "src")): path.read_bytes()
        for path in (ROOT / "src").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert {package.__name__ for package in PACKAGES} == {n.partition("/")[0] for n in sources}
    assert {n: held for n, held in wheel.items() if ".dist-info/" not in n} == sources


@pytest.mark.parametrize(
    "name",
    [
        "fring_adapters/postgres/setup/migrations/versions/0001_users_tasks_assignments.py",
        "fring_adapters/py.typed",
        "fring_core/py.typed",
        "fring_core/testing/contract/base.py",
        "fring_http/assets/redoc.standalone.js",
        "fring_http/assets/swagger-ui-bundle.js",
        "fring_http/assets/swagger-ui.css",
        "fring_http/py.typed",
    ],
)
def test_the_wheel_holds_what_only_shows_when_it_is_missing(wheel, name):
    assert name in wheel


def test_the_wheel_says_what_it_is(wheel):
    info = {n.partition("/")[2]: held.decode() for n, held in wheel.items() if ".dist-info/" in n}
    licenses = {n.removeprefix("licenses/") for n in info if n.startswith("licenses/")}
    assert licenses == LICENSES
    assert info.keys() - {f"licenses/{name}" for name in licenses} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
    }
    said = Parser().parsestr(info["METADATA"])
    assert set(said.get_all("Provides-Extra", [])) == {
        "client",
        "embedded",
        "postgres",
        "sentry",
        "server",
        "testing",
        "tracing",
        "uvicorn",
    }
    needed = [each for each in said.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert needed == ["attrs>=24.2"]
