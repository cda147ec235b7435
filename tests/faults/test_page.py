"""The page has each fault of the table with its promise, and is written without harm to the rest."""

import pytest

from tests.faults.report import PAGE, renewed, rows_of, with_headline, written
from tests.faults.table import FAULTS


def test_the_page_has_every_fault_and_its_promise():
    expected = [f"| {fault.name} | {fault.promise} |" for fault in FAULTS]
    shown = [" | ".join(row.split(" | ")[:2]) + " |" for row in rows_of(PAGE.read_text())]
    assert shown == expected, "make faults"


def test_what_stands_around_the_table_stays():
    page = "before\n<!-- faults -->\nold\n<!-- end of faults -->\nafter\n"
    new = written(page, ["| a | b |"])
    assert new.startswith("before\n<!-- faults -->\n\n| fault |")
    assert new.endswith("|---|\n| a | b |\n\n<!-- end of faults -->\nafter\n")
    assert written(new, ["| a | b |"]) == new
    assert rows_of(new) == ["| a | b |"]


def test_a_page_without_marks_is_refused():
    with pytest.raises(AssertionError, match="no marks"):
        written("before", [])


def test_what_was_not_tried_keeps_its_row():
    page = "<!-- faults -->\n<!-- end of faults -->\n"
    page = written(page, ["| a | 1 |", "| b | 1 |", "| gone | 1 |"])
    assert rows_of(renewed(page, ["new", "a", "b", "never"], ["| new | 2 |", "| b | 2 |"])) == [
        "| new | 2 |",
        "| a | 1 |",
        "| b | 2 |",
    ]


def test_so_does_what_stands_around_the_headline():
    page = "before\n<!-- headline -->\nold\n<!-- end of headline -->\nafter\n"
    new = with_headline(page, "all closed")
    assert new == "before\n<!-- headline -->\n\nall closed\n\n<!-- end of headline -->\nafter\n"
