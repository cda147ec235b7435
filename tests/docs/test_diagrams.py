"""The pictures of the statuses are what the workflows are."""

import re

import pytest

from fring_core import PERMISSIVE, STRICT, TaskStatus, Workflow
from tests.docs.pages import ROOT, relative_links
from tests.docs.status_diagram import PICTURES, status_diagram

ARROW = re.compile(r'marker-end="url\(#end\)"><title>(\w+) to (\w+)</title>')


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_pictures(path):
    wanted = status_diagram(PICTURES[path])
    assert path.read_text() == wanted, "python -m tests.docs.status_diagram draws it anew"


def test_the_page_shows_them():
    page = ROOT / "docs/domain.md"
    assert {page.parent / link for link in relative_links(page)} >= PICTURES.keys()


@pytest.mark.parametrize(
    "workflow", [PERMISSIVE, STRICT, Workflow({}), Workflow({TaskStatus.TODO: set(TaskStatus)})]
)
def test_there_is_an_arrow_for_each_move(workflow):
    arrows = ARROW.findall(status_diagram(workflow))
    assert len(set(arrows)) == len(arrows)
    assert set(arrows) == {
        (before, after)
        for before in TaskStatus
        for after in TaskStatus
        if before is not after and workflow.allows(before, after)
    }


def test_a_picture_needs_nothing_else():
    picture = status_diagram(PERMISSIVE)
    assert picture.count("://") == 1  # the name of SVG itself
    for word in ("<script", "href", "@import", "@font-face"):
        assert word not in picture
