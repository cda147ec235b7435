"""The lock of the npm packages is whole, and names no registry."""

import json

from tests.install.locks import ROOT

FOLDER = ROOT / "tests/clients"


def test_it_is_pins_and_hashes():
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    asked = json.loads((FOLDER / "package.json").read_text())["devDependencies"]
    root = lock["packages"].pop("")
    assert root["devDependencies"] == asked
    for name, version in asked.items():
        assert lock["packages"][f"node_modules/{name}"]["version"] == version
    for name, package in lock["packages"].items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
        assert not package.get("hasInstallScript"), name
