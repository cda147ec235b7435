"""Make the changelog of a version from its fragments: `release.py VERSION`; `make release` does.

Refuse what should not be released. It runs twice: before the tag, where it writes the changelog,
and on the tagged commit, where that is written already.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")


def fragments() -> list[Path]:
    """Return the fragments that are not in the changelog yet."""
    return sorted(Path("changelog.d").glob("+*.md"))


def reasons(version: str) -> list[str]:
    """Return why a version cannot be released from here."""
    found = []
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, check=True)  # noqa: S607  # the git that there is
    if changed.stdout:
        found.append("there are changes that are not committed")
    own = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    if version != own:
        found.append(f"VERSION is {version or 'not given'}, and that of pyproject.toml {own}")
    text = CHANGELOG.read_text()
    if "## [Unreleased]" in text:
        found.append(f"{CHANGELOG} has a section [Unreleased]; give it its version and date")
    written = re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", text, re.MULTILINE)
    if written and fragments():
        found.append(f"{CHANGELOG} has {version} already, and changelog.d has fragments")
    if not written and not fragments():
        found.append(f"{CHANGELOG} does not have {version}, and changelog.d no fragment")
    return found


def main(version: str) -> int:
    """Write the changelog, if it is not written; return the exit code."""
    if found := reasons(version):
        print(*(f"Fring: {reason}" for reason in found), sep="\n", file=sys.stderr)
        return 1
    if fragments():
        build = ["towncrier", "build", "--yes", "--version", version]
        subprocess.run([sys.executable, "-m", *build], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main("".join(sys.argv[1:])))
