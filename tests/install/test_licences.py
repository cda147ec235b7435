"""Each package that is locked has a licence that Fring can live with, and is a finished release."""

from importlib.metadata import distribution

import pytest
from packaging.version import Version

from tests.install.locks import ALL, MUTATION, SERVING, entries, here, pinned, version

# Short names of what metadata say, in their three ways of saying it.
SAID = {
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Whatever is made with these may be passed on under any licence.
FREE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0"),
    *("PSF-2.0", "Unlicense", "Zlib"),
}
# Used as they are, and never copied into Fring: that is what the LGPL wants.
AS_THEY_ARE = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only"}
# Parts of OpenTelemetry's finished releases that have never had a version without a letter.
ALWAYS_BETA = {
    "opentelemetry-exporter-http-transport",
    "opentelemetry-exporter-otlp-common",
    "opentelemetry-semantic-conventions",
}
AS_THEY_ARE["psycopg-pool"] = "LGPL-3.0-only"


def licences(metadata):
    """Return the licences that metadata name, all of which count."""
    if expression := metadata.get("License-Expression"):
        said = expression.replace("(", "").replace(")", "").split(" AND ")
    else:
        classifiers = metadata.get_all("Classifier") or []
        said = [each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::")]
        said = said or [metadata.get("License", "").partition("\n")[0]]
    return {SAID.get(each, each) for each in said}


def is_free(licence):
    """Tell whether a licence, or one of which there is a choice, is free."""
    return any(SAID.get(each, each) in FREE for each in licence.split(" OR "))


def lacking(name, metadata):
    """Return the licences of a distribution that are not free, nor known to be harmless."""
    return {
        licence
        for licence in licences(metadata) or {""}
        if not is_free(licence) and AS_THEY_ARE.get(name) != licence
    }


@pytest.mark.parametrize("lock", [SERVING, ALL], ids=lambda lock: lock.name)
def test_each_licence_is_one_that_fring_can_live_with(lock):
    wrong = {name: lacking(name, distribution(name).metadata) for name in pinned(lock, here())}
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.parametrize(
    ("metadata", "wrong"),
    [
        ({"License-Expression": "MIT"}, set()),
        ({"License-Expression": "GPL-3.0-only OR MIT"}, set()),
        ({"License-Expression": "MIT AND GPL-3.0-only"}, {"GPL-3.0-only"}),
        ({"License": "MIT"}, set()),
        ({"License": "Ours"}, {"Ours"}),
        ({"License-Expression": "LGPL-3.0-only"}, {"LGPL-3.0-only"}),
        ({}, {""}),
    ],
)
def test_it_shows_when_one_is_not(metadata, wrong):
    class Metadata(dict[str, str]):
        def get_all(self, name):
            return None

    assert lacking("new", Metadata(metadata)) == wrong


@pytest.mark.parametrize("lock", [SERVING, ALL, MUTATION], ids=lambda lock: lock.name)
def test_nothing_is_locked_that_its_makers_call_unfinished(lock):
    found = {entry.name for entry in entries(lock) if Version(version(entry)).is_prerelease}
    assert found <= ALWAYS_BETA
