"""What the pages say of the settings is what the class says, and it is true."""

import re

import pytest

from fring_http.server.settings import SETTINGS, Settings
from fring_http.server.variables.env_files import read_env_file
from tests.docs.settings_pages import EXAMPLE, PAGES, example, written

NAMES = [each.variable for each in SETTINGS]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_says_what_the_class_says(page):
    assert page.read_text() == written(page, PAGES[page]()), "python -m tests.docs.settings_pages"


def test_so_does_the_example():
    assert EXAMPLE.read_text() == example(), "python -m tests.docs.settings_pages"


def test_the_example_sets_nothing():
    assert read_env_file(EXAMPLE, NAMES, {}) == {}


def test_without_the_signs_it_sets_every_variable_to_its_default(tmp_path):
    uncommented = tmp_path / ".env"
    uncommented.write_text(re.sub(r"^#(?=\w)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    values = read_env_file(uncommented, NAMES, {})
    assert list(values) == NAMES
    assert Settings.from_mapping(values) == Settings()


def test_every_field_is_a_setting():
    fields = {name for name in Settings.__annotations__ if name != "strays"}
    assert fields == {each.field for each in SETTINGS}
