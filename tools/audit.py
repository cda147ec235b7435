"""Ask OSV, the open database of vulnerabilities, about all that is locked: `audit.py LOCK...`.

It is one request with names and versions, and nothing has to be installed for it. Without a
network it says that nobody was asked, and is content: what is known of a package changes without
the repository, so only a weekly run looks. Exit with 1 if a fault is known.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

DATABASE = "https://api.osv.dev/v1/querybatch"
SECONDS = 60


def pins(locks: list[str]) -> list[tuple[str, str]]:
    """Return the name and version of each package in some locks, in order."""
    text = "\n".join(Path(lock).read_text() for lock in locks)
    return sorted(set(re.findall(r"^([\w.-]+)==([^\s;\\]+)", text, re.MULTILINE)))


def known(pinned: list[tuple[str, str]], database: str) -> dict[tuple[str, str], list[str]]:
    """Return the ids of the faults that the database knows, by package.

    Raise `OSError` if it cannot be asked, `ValueError` or `KeyError` if it is none.
    """
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in pinned
    ]
    body = json.dumps({"queries": queries}).encode()
    request = Request(database, body, {"Content-Type": "application/json"})  # noqa: S310  # https, or a test's
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # as above
        results: list[dict[str, Any]] = json.load(answer)["results"]
    return {
        package: [fault["id"] for fault in result["vulns"]]
        for package, result in zip(pinned, results, strict=True)
        if result.get("vulns")
    }


def main(locks: list[str], database: str = DATABASE) -> int:
    """Tell what is known of the packages in some locks; return the exit code."""
    pinned = pins(locks)
    try:
        faults = known(pinned, database)
    except (OSError, ValueError, KeyError) as error:
        print(f"Fring: not asked about {len(pinned)} packages: {error!r}", file=sys.stderr)
        return 0
    for (name, version), ids in faults.items():
        print(f"{name} {version}: {', '.join(ids)}")
    print(f"Fring: asked about {len(pinned)} packages, {len(faults)} have known faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
