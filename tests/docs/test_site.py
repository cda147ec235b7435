"""What the site's hooks make of a page, and refuse."""

import importlib.util
from types import SimpleNamespace

import pytest
from mkdocs.exceptions import PluginError

from tests.docs.pages import PAGES, ROOT

_spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs/hooks/repository.py")
assert _spec is not None
assert _spec.loader is not None
hooks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hooks)


def shown(text):
    page = SimpleNamespace(file=SimpleNamespace(src_uri="page.md"))
    return hooks.on_page_markdown(text, page)


@pytest.mark.parametrize("text", ["@TOTALS@", "There are @COUNT_2@.", "| a | @MEMORY@ |"])
def test_a_placeholder_fails_the_build(text):
    with pytest.raises(PluginError, match=r"page\.md has a placeholder: @"):
        shown(f"# Page\n\n{text}\n")


@pytest.mark.parametrize("text", ["`@TOTALS@`", "```\n@TOTALS@\n```", "ann@EXAMPLE.org", "@ A @"])
def test_what_is_code_or_no_placeholder_stays(text):
    assert shown(text) == text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_has_one(page):
    hooks._outside_code(
        page.read_text(),
        lambda prose: prose if not hooks._PLACEHOLDER.search(prose) else pytest.fail(prose),
    )
