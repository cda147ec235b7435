"""The files in `deploy/`, and what they name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
NGINX_CONF: Final = DEPLOY / "nginx.conf"
DOCKERFILE: Final = DEPLOY / "Dockerfile"
PAGE: Final = ROOT / "docs/deployment.md"
RULES: Final = DEPLOY / "prometheus/rules.yml"
DASHBOARD: Final = DEPLOY / "grafana/dashboard.json"
UNITS: Final = sorted((DEPLOY / "systemd").iterdir())
MANIFESTS: Final = sorted((DEPLOY / "kubernetes").iterdir())
COMPOSE: Final = DEPLOY / "compose.yaml"
# Secrets are made on the machine that runs it.
FILES: Final = [
    path
    for path in sorted(DEPLOY.rglob("*"))
    if path.is_file() and path.relative_to(DEPLOY).parts[0] != "secrets"
]


def documents(path: Path) -> list[Any]:
    """Return the YAML or JSON documents of a file."""
    return list(yaml.safe_load_all(path.read_text()))


def directives(path: Path) -> list[tuple[str, str, str]]:
    """Return the section, name and value of each directive of a systemd unit; raise `ValueError`."""
    found, section = [], ""
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
            continue
        name, sign, value = line.partition("=")
        if not (section and sign and re.fullmatch(r"[A-Z]\w+", name)):
            raise ValueError(f"{path.name}: {line!r}")
        found.append((section, name, value))
    return found


def variables(path: Path) -> dict[str, str]:
    """Return what `Environment=` of a unit sets."""
    words = [value for _, name, value in directives(path) if name == "Environment"]
    return dict(word.split("=", 1) for value in words for word in value.split())


def scalars(node: Any) -> Iterator[str]:
    """Yield each text in a document, names included."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from scalars(value)
    else:
        yield str(node)


def expressions() -> Iterator[str]:
    """Yield the PromQL of the rules and of the dashboard."""
    for rule in documents(RULES)[0]["groups"][0]["rules"]:
        yield rule["expr"]
    for panel in documents(DASHBOARD)[0]["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
