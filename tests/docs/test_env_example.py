"""`.env.example` has every setting, with its default commented out."""

import re

from fring_http.server.settings import VARIABLES, Settings
from fring_http.server.variables.env_files import read_env_file
from tests.docs.env_example import FILE, example

NAMES = [name for name, _ in VARIABLES.values()]


def test_it_says_what_readme_says():
    assert FILE.read_text() == example(), "python -m tests.docs.env_example"


def test_it_sets_nothing():
    assert read_env_file(FILE, NAMES, {}) == {}


def test_without_the_signs_it_sets_every_variable_to_its_default(tmp_path):
    uncommented = tmp_path / ".env"
    uncommented.write_text(re.sub(r"^#(?=\w)", "", FILE.read_text(), flags=re.MULTILINE))
    values = read_env_file(uncommented, NAMES, {})
    assert list(values) == NAMES
    assert Settings.from_mapping(values) == Settings()
