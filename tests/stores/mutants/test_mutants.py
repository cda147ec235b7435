"""Each fault of the catalogue is found by the clause that it names, and by nothing else amiss."""

import pytest

from fring_core.testing import StoreContract
from tests.kit import some
from tests.stores.mutants.catalogue import MEMORY, POSTGRES, Mutant
from tests.stores.mutants.loading import ADAPTERS, load
from tests.stores.mutants.red import CLAUSES, Red, declared
from tests.stores.mutants.running import run

EVERY = [*MEMORY, *POSTGRES]
CATALOGUE = some(EVERY, 6)
CONTROLS = {mutant.suite: mutant.unchanged for mutant in CATALOGUE}
NAMED = {suite: {m.clause for m in CATALOGUE if m.suite == suite} for suite in CONTROLS}


@pytest.fixture(scope="module")
def verdicts(postgres):
    controls = [(CONTROLS[suite], clause) for suite in CONTROLS for clause in NAMED[suite]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRING_TEST_DATABASE_URL", postgres)
        return run([*((mutant, mutant.clause) for mutant in CATALOGUE), *controls])


@pytest.mark.parametrize(
    "mutant", CATALOGUE, ids=[f"{mutant.package}: {mutant.name}" for mutant in CATALOGUE]
)
def test_a_clause_kills_the_mutant(mutant, verdicts):
    verdict = verdicts[mutant, mutant.clause]
    assert not verdict.broken, "it failed in a way that proves nothing"
    assert verdict.kills, f"{mutant.clause} ran {verdict.tests} tests, and none failed"


@pytest.mark.parametrize("suite", CONTROLS)
def test_a_copy_without_a_fault_passes_the_same_tests(suite, verdicts):
    for clause in NAMED[suite]:
        verdict = verdicts[CONTROLS[suite], clause]
        assert verdict.tests, clause
        assert not verdict.kills + verdict.broken


def test_the_catalogue_covers_both_stores():
    assert len(MEMORY) >= 40
    assert len(POSTGRES) >= 15
    for mutants in (MEMORY, POSTGRES):
        assert len({mutant.name for mutant in mutants}) == len(mutants)
        assert len({(m.file, m.old, m.new) for m in mutants}) == len(mutants)
    assert all(hasattr(StoreContract, mutant.clause) for mutant in EVERY)
    for mutant in EVERY:  # where its text is, and there once
        assert mutant.source(mutant.file, (ADAPTERS / mutant.package / mutant.file).read_text())


@pytest.mark.parametrize(("package", "mutants"), [("memory", MEMORY), ("postgres", POSTGRES)])
def test_every_fault_has_declared_what_fails(package, mutants):
    red = declared(package)
    assert [*red] == [mutant.name for mutant in mutants], "make kit RECORD=1 declares it"
    assert {clause for each in red.values() for clause in each.all} <= CLAUSES
    assert [mutant.name for mutant in mutants if mutant.clause not in red[mutant.name].all] == []


def test_every_clause_kills_some():
    killing = {
        clause
        for package in ("memory", "postgres")
        for red in declared(package).values()
        for clause in red.always
    } | {mutant.clause for mutant in EVERY}
    assert sorted(CLAUSES - killing) == []


def test_what_is_amiss():
    red = Red(frozenset({"a", "b"}), frozenset({"c"}))
    assert red.amiss({"a", "b"}) == red.amiss({"a", "b", "c"}) == []
    assert red.amiss({"a", "d"}) == ["red and not declared: d", "declared and green: b"]
    assert Red().after([{"a", "b"}, {"b"}]) == Red(frozenset("b"), frozenset("a"))


def test_a_text_that_is_not_there_once_is_refused():
    for old in ("no such text", "tables"):
        with pytest.raises(LookupError):
            load(Mutant("memory", "wrong", "users.py", old, "new"))
