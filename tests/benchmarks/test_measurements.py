"""Each measurement runs, on real servers; how fast they are, is no business of a test."""

import asyncio
import re
import xml.etree.ElementTree as ET

import pytest

from benchmarks import __main__ as command
from benchmarks.client import Client
from benchmarks.effort import LEAST
from benchmarks.growth import KINDS
from benchmarks.logins import logins
from benchmarks.machine import rate, stores
from benchmarks.operations import OPERATIONS
from benchmarks.places import place
from benchmarks.plots import lines
from benchmarks.servers import ALL
from benchmarks.tables import written
from fring_adapters.memory import MemoryStore
from tests.docs.pages import ROOT
from tests.serving import in_thread

ROWS = {
    "endpoints": {*OPERATIONS, "geometric mean"},
    "growth": {*KINDS},
    "starting": {*ALL, "`import fring_core`"},
    "blocking": {"tasks.create", "geometric mean"},
    "memory-calls": {"tasks.create"},
}
PAGE = ROOT / "docs/performance.md"


@pytest.fixture(scope="module")
def somewhere(postgres):
    with place(postgres) as found:
        yield found


@pytest.mark.parametrize("name", command.MEASUREMENTS)
def test_each_measurement_runs(somewhere, name):
    section = command.MEASUREMENTS[name](somewhere, LEAST)
    rows = [line.strip("| ").split(" | ") for line in section.text.splitlines() if "| " in line]
    assert ROWS.get(name, set()) <= {row[0] for row in rows}
    figures = [row for row in rows if any(map(str.isdigit, "".join(row[1:])))]
    assert figures
    for file, plot in section.plots.items():
        assert f"(assets/{file})" in section.text
        assert ET.fromstring(plot).tag.endswith("svg")


def test_logins_are_measured(postgres):
    # So few that none waits for long, however slow the machine is.
    assert re.search(r"^ratio +\d", logins(postgres, 0.2, 2), re.MULTILINE)


def test_steps_of_the_machine_are_counted(capsys):
    rate(stores(MemoryStore), "memory", 1)
    assert re.search(r" [1-9]\d* steps/s$", capsys.readouterr().out, re.MULTILINE)


def test_what_failed_is_no_success():
    async def refuse(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(port):
        async with Client(port) as client:
            await client.send("GET", "/")

    with in_thread(refuse) as url, pytest.raises(RuntimeError, match="GET /: 404"):
        asyncio.run(ask(int(url.rpartition(":")[2])))


def test_the_page_has_a_place_for_each_measurement_and_every_plot():
    page = PAGE.read_text()
    for name in command.MEASUREMENTS:
        new = written(page, name, "measured")
        assert f"<!-- {name} -->\n\nmeasured\n\n<!-- end of {name} -->\n" in new
        assert written(new, name, "measured") == new
        assert len(new) < len(page)
    for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", page):
        assert (PAGE.parent / path).is_file()
    with pytest.raises(ValueError, match="no marks for other"):
        written(page, "other", "measured")


def test_a_plot_has_its_lines_where_they_belong():
    plot = lines(
        "t", "n", "ms", {"flat & low": [(1e3, 1), (1e5, 1)], "steep": [(1e3, 1), (1e5, 100)]}
    )
    drawn = re.findall(r'points="([\d.]+),([\d.]+) ([\d.]+),([\d.]+)"', plot)
    (steep, flat) = [tuple(map(float, each)) for each in drawn]
    assert flat[1] == flat[3] == steep[1] > steep[3]
    assert flat[0] == steep[0] < flat[2] == steep[2]
    assert "flat &amp; low" in plot
    from_zero = lines("t", "n", "MB", {"m": [(10, 90.0), (100, 99.0)]}, from_zero=True)
    assert ">0</text>" in from_zero
