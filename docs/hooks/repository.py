"""Make the pages work on a site as they do in the repository.

On a site there is only what lies in docs/. So README, CONTRIBUTING, CHANGELOG and SECURITY become pages
there, and so does every other file that a page links to, as its text. Entries of the navigation
may be patterns, such as `decisions/*.md`.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
PROJECT = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "reporting.md",  # docs/security.md is another page
}
LANGUAGES = {".py": "python", ".md": "markdown"}

_FENCED = re.compile(r"^(```+).*?^\1$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<=\]\()(?!\w+:|[#/])(?P<path>[^)#\s]+)(?P<rest>[^)\s]*)(?=\))")
_PLACEHOLDER = re.compile(r"@[A-Z][A-Z0-9_]*@")
# What a browser loads by itself; a link that somebody follows may lead anywhere.
_LOADED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\ssrc=[\"']?(?:https?:)?//[^>]*"
    r"|<link\b(?![^>]*rel=[\"']?canonical)[^>]*\shref=[\"']?(?:https?:)?//[^>]*"
)
_IMPORTED = re.compile(r"(?:url\([\"']?|@import\s+[\"'])(?:https?:)?//[^)\"']*")


def on_config(config: MkDocsConfig) -> None:
    """Put the pages that a pattern names into the navigation, by name."""
    config.nav = _expanded(config.nav, Path(config.docs_dir))


def _expanded(entry: Any, docs: Path) -> Any:
    if isinstance(entry, list):
        return [each for item in entry for each in _as_list(_expanded(item, docs), item)]
    if isinstance(entry, dict):
        return {title: _expanded(inside, docs) for title, inside in entry.items()}
    if "*" not in entry:
        return entry
    # A folder's README comes first, as its index.
    found = sorted(docs.glob(entry), key=lambda path: (path.stem != "README", path.name))
    return [path.relative_to(docs).as_posix() for path in found]


def _as_list(expanded: Any, item: Any) -> list[Any]:
    return expanded if isinstance(item, str) and isinstance(expanded, list) else [expanded]


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages for what lies outside docs/."""
    for name, uri in PROJECT.items():
        text = (ROOT / name).read_text()
        files.append(File.generated(config, uri, content=text))
    for file in list(files.documentation_pages()):
        for path, _ in _links(file):
            uri = _page_of(path)
            if uri not in files.src_uris and (ROOT / path).is_file():
                files.append(File.generated(config, uri, content=_as_page(path)))


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Turn a page's links into the repository into links to pages of the site.

    Refuse a page on which a figure was never put in its place.
    """
    here = posixpath.dirname(page.file.src_uri)

    def moved(link: re.Match[str]) -> str:
        uri = _page_of(_target(page.file, link["path"]))
        return posixpath.relpath(uri, here or ".") + link["rest"]

    def finished(prose: str) -> str:
        if found := _PLACEHOLDER.search(prose):
            raise PluginError(f"{page.file.src_uri} has a placeholder: {found[0]}")
        return _LINK.sub(moved, prose)

    return _outside_code(markdown, finished)


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site that loads anything from another host."""
    for path in Path(config.site_dir).rglob("*"):
        pattern = {".html": _LOADED, ".css": _IMPORTED}.get(path.suffix)
        if pattern and (found := pattern.search(path.read_text())):
            raise PluginError(f"{path} loads from another host: {found[0]}")


def _outside_code(text: str, change: Any) -> str:
    """Return a text with all but its code changed."""
    parts, start = [], 0
    for code in _FENCED.finditer(text):
        parts += [change(text[start : code.start()]), code[0]]
        start = code.end()
    return "".join([*parts, change(text[start:])])


def _links(file: File) -> list[tuple[str, str]]:
    """Return where a page's relative links lead, as paths from the repository's root."""
    found: list[tuple[str, str]] = []

    def note(prose: str) -> str:
        found.extend((_target(file, m["path"]), m["rest"]) for m in _LINK.finditer(prose))
        return prose

    _outside_code(file.content_string, note)
    return found


def _target(file: File, path: str) -> str:
    """Return a relative link of a page as a path from the repository's root."""
    origin = {uri: name for name, uri in PROJECT.items()}.get(file.src_uri)
    folder = posixpath.dirname(origin or f"docs/{file.src_uri}")
    return posixpath.normpath(posixpath.join(folder, path))


def _page_of(path: str) -> str:
    """Return the page of the site that shows a file of the repository."""
    if path in PROJECT:
        return PROJECT[path]
    inside = path.removeprefix("docs/")
    return inside if inside != path else f"source/{path}.md"


def _as_page(path: str) -> str:
    """Return a file's text as a page, which a search does not find."""
    file = ROOT / path
    language = LANGUAGES.get(file.suffix, "text")
    head = f"---\nsearch:\n  exclude: true\n---\n\n# {path}\n\n"
    return f"{head}`````{language}\n{file.read_text()}`````\n"
