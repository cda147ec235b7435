"""Run clauses of the contract on mutants, all in one session of pytest."""

from __future__ import annotations

from collections import defaultdict
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

import attrs
import pytest

from fring_core import FringError
from tests.stores.mutants.catalogue import HERE, Mutant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _pytest.runner import CallInfo

# Session-wide business of the run that this one may be part of.
_LEFT_OUT = ("cacheprovider", "faulthandler", "pytest_cov", "unraisableexception", "xdist")
_ARGUMENTS = (
    *(f"-pno:{plugin}" for plugin in _LEFT_OUT),
    "-Wignore::pytest.PytestAssertRewriteWarning",
    "--capture=no",
    "--tb=no",
    "-qq",
    str(HERE / "clauses.py"),
)
# What a clause fails with when it has found something.
_FOUND = (AssertionError, pytest.fail.Exception, FringError)

Pair: TypeAlias = tuple[Mutant, str]


@attrs.define
class Verdict:
    """Hold what a clause said of a mutant: how many of its tests ran, and how one failed."""

    tests: int = 0
    kills: list[str] = attrs.field(factory=list)
    broken: list[str] = attrs.field(factory=list)  # failures that prove nothing


@attrs.frozen
class _Session:
    """Give clauses their mutants, and keep what becomes of them: a plugin of pytest."""

    mutants: Mapping[str, list[Mutant]]
    verdicts: dict[Pair, Verdict] = attrs.field(factory=lambda: defaultdict(Verdict))
    failed: set[object] = attrs.field(factory=set)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        assert metafunc.cls is not None
        mutants = [
            mutant
            for mutant in self.mutants.get(metafunc.function.__name__, [])
            if mutant.suite == metafunc.cls.__name__
        ]
        metafunc.parametrize("mutant", mutants, indirect=True, ids=[m.name for m in mutants])

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        # Where there was no mutant to give, pytest has made a test that is to be skipped.
        items[:] = [item for item in items if isinstance(item.callspec.params["mutant"], Mutant)]

    def pytest_runtest_protocol(
        self, item: pytest.Function, nextitem: pytest.Item | None
    ) -> bool | None:
        """Leave out what proves nothing more, by saying that it is done."""
        mutant, _ = pair = _pair(item)
        # Whoever has no fault is the last of a clause, and is to pass where others failed.
        wanted = not self.verdicts[pair].kills if mutant.old else _test(item) in self.failed
        if wanted:
            return None
        # The test before was told that this one comes next, and left standing what they share.
        item.session._setupstate.teardown_exact(nextitem)
        return True

    def pytest_runtest_makereport(self, item: pytest.Function, call: CallInfo[None]) -> None:
        verdict = self.verdicts[_pair(item)]
        verdict.tests += call.when == "call"
        if call.excinfo is None:
            return
        found = call.when == "call" and (
            isinstance(call.excinfo.value, _FOUND) or call.excinfo.typename == _pair(item)[0].crash
        )
        if found:
            self.failed.add(_test(item))
        said = f"{item.name}: {call.excinfo.exconly(tryshort=True)}"
        (verdict.kills if found else verdict.broken).append(said)


def _pair(item: pytest.Function) -> Pair:
    mutant = item.callspec.params["mutant"]
    assert isinstance(mutant, Mutant)
    return mutant, item.originalname


def _test(item: pytest.Function) -> object:
    """Return which test it is, whatever the mutant."""
    params = item.callspec.params.items()
    others = frozenset((name, repr(value)) for name, value in params if name != "mutant")
    return item.cls, item.originalname, others


def run(pairs: Iterable[Pair]) -> Mapping[Pair, Verdict]:
    """Run these clauses on these mutants, each until a test of it fails; return what they said."""
    mutants = defaultdict[str, list[Mutant]](list)
    for mutant, clause in pairs:
        mutants[clause].append(mutant)
    session = _Session(mutants)
    with redirect_stdout(StringIO()):
        ended = pytest.main([*_ARGUMENTS], plugins=[session])
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"The clauses were not run: {ended!r}")
    return session.verdicts
