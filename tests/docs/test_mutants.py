"""The pages on mutants show the catalogues, and count what they show."""

import re

import pytest

from tests.core.mutants.__main__ import CORE, catalogue
from tests.docs.pages import ROOT, table
from tests.stores.mutants.catalogue import MEMORY, POSTGRES
from tests.stores.mutants.page import MEMORY_HEADER, POSTGRES_HEADER, TOTALS, cells

STORES = ROOT / "docs/mutants.md"
PAGE_OF_THE_CORE = ROOT / "docs/mutation.md"


def unescaped(row):
    return [cell.replace("\\", "") for cell in row]


@pytest.mark.parametrize(
    ("header", "mutants"), [(MEMORY_HEADER, MEMORY), (POSTGRES_HEADER, POSTGRES)]
)
def test_the_faults_of_the_stores(header, mutants):
    rows = [unescaped(row) for row in table(STORES, *header)]
    assert [row[:3] for row in rows] == [cells(mutant) for mutant in mutants]


def test_the_totals():
    memory, postgres = table(STORES, *MEMORY_HEADER), table(STORES, *POSTGRES_HEADER)
    by_the_machine = [row[3] for row in memory].count("kills")
    assert table(STORES, *TOTALS) == [
        ["the memory store", str(len(memory)), str(len(memory)), str(by_the_machine)],
        ["the PostgreSQL stores", str(len(postgres)), str(len(postgres)), "not tried"],
    ]


def test_the_faults_of_the_core():
    rows = table(PAGE_OF_THE_CORE, "fault of the core", "in", "noticed")
    assert rows == [[fault.name, fault.file, "yes"] for fault in catalogue()]


@pytest.mark.parametrize("fault", catalogue(), ids=lambda fault: fault.name)
def test_a_fault_of_the_core_can_be_made(fault):
    file = CORE / fault.file
    compile(fault.source(fault.file, file.read_text()), file.name, "exec")


def test_the_figures_of_the_core():
    by_mutmut, by_hand = table(PAGE_OF_THE_CORE, "what", "faults", "noticed", "share")
    survivors = table(PAGE_OF_THE_CORE, "survivor", "why it lives")
    made, noticed = int(by_mutmut[1]), int(by_mutmut[2])
    assert made - noticed == sum(len(re.findall(r"\b\d+", name)) for name, _ in survivors)
    assert by_mutmut[3] == f"{noticed / made:.1%}".replace("%", " %")
    assert by_hand[1:] == [f"{len(catalogue())}", f"{len(catalogue())}", "100 %"]
