"""The locks are complete, agree, and hold nothing but pins and hashes.

What a distribution needs is read from what is installed here, for every environment by its markers.
Where another machine gets another version of it, that one's needs are taken to be the same. That
there are wheels for each machine no test can know: `make lock` asks the index.
"""

from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.install.locks import (
    ALL,
    ENVIRONMENTS,
    EXTRAS,
    MUTATION,
    PYTHONS,
    SERVING,
    Environment,
    asked,
    entries,
    every_extra,
    hashes,
    here,
    pinned,
    version,
)

LOCKS = (SERVING, ALL, MUTATION)
WANTED = {
    SERVING: [*asked(EXTRAS, ("build",))],
    ALL: [*asked(every_extra(), ("dev",))],
}

in_each_environment = pytest.mark.parametrize(
    "environment",
    ENVIRONMENTS,
    ids=lambda e: f"{e['python_full_version']}-{e['sys_platform']}-{e['platform_machine']}",
)


def lacking(lock, environment: Environment, wanted=None) -> set[str]:
    """Return what a lock lacks in an environment, be it directly asked for or needed in turn."""
    locked = pinned(lock, environment)
    open_needs = [(each, frozenset[str]()) for each in wanted or WANTED[lock]]
    seen: set[tuple[str, frozenset[str]]] = set()
    lacks: set[str] = set()
    while open_needs:
        need, of_extras = open_needs.pop()
        extras = of_extras or {""}
        if need.marker and not any(
            need.marker.evaluate({**environment, "extra": extra}) for extra in extras
        ):
            continue
        name, with_extras = canonicalize_name(need.name), frozenset(need.extras)
        if name not in locked or not need.specifier.contains(locked[name], prereleases=True):
            lacks.add(f"{need} (locked: {locked.get(name)})")
        elif (name, with_extras) not in seen:
            seen.add((name, with_extras))
            try:
                open_needs += [
                    (Requirement(line), with_extras) for line in distribution(name).requires or []
                ]
            except PackageNotFoundError:
                lacks.add(f"{name} is not installed here")
    return lacks


@pytest.mark.parametrize("lock", WANTED, ids=lambda lock: lock.name)
@in_each_environment
def test_a_lock_has_all_that_is_needed(lock, environment):
    assert lacking(lock, environment) == set()


@pytest.mark.parametrize("gone", ["packaging", "pydantic-core", "coverage", "cffi"])
def test_it_shows_when_a_line_is_missing(gone, tmp_path):
    lock = tmp_path / ALL.name
    lines = [line for line in map(str, entries(ALL)) if not line.startswith(f"{gone}==")]
    lock.write_text("\n".join(lines))
    assert any(gone in lack for lack in lacking(lock, ENVIRONMENTS[0], WANTED[ALL]))


def test_it_shows_when_a_version_is_not_admitted(tmp_path):
    lock = tmp_path / ALL.name
    lines = ["attrs==1.0" if entry.name == "attrs" else str(entry) for entry in entries(ALL)]
    lock.write_text("\n".join(lines))
    assert any("attrs" in lack for lack in lacking(lock, ENVIRONMENTS[0], WANTED[ALL]))


@pytest.mark.parametrize("lock", [SERVING, MUTATION], ids=lambda lock: lock.name)
@in_each_environment
def test_the_locks_agree(lock, environment):
    everything = pinned(ALL, environment)
    for name, pin in pinned(lock, environment).items():
        # Of mutation testing, the rest is in its own lock alone.
        if lock is SERVING or name in everything:
            assert everything[name] == pin
            assert hashes(lock)[f"{name}=={pin}"] == hashes(ALL)[f"{name}=={pin}"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_is_pins_and_hashes(lock):
    assert "://" not in lock.read_text()
    for entry in entries(lock):
        assert hashes(lock)[f"{entry.name}=={version(entry)}"]
        assert not entry.extras


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_locked_takes_every_python(python):
    for entry in entries(ALL):
        admitted = str(distribution(entry.name).metadata.json.get("requires_python", ""))
        if not entry.marker:
            assert SpecifierSet(admitted).contains(python), entry


def test_what_is_installed_is_what_is_locked():
    locked = pinned(ALL, here())
    assert {name: distribution(name).version for name in locked} == locked
