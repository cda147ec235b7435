"""What there is to know of a setting: each stands once, as a field of `Settings`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SETTING: Final = "setting"  # in a field's metadata
_LINK: Final = re.compile(r"\[([^]]+)\]\([^)]+\)")
FILE: Final = "_FILE"


@attrs.frozen(kw_only=True)
class Setting:
    """Describe a setting.

    `field` is its name in `Settings`, `default` what the variable would say, None if it is absent
    then. `meaning` is Markdown, with links from `docs/`. `shown` turns the text of one that holds a
    secret into what people may see; such a one may be in a file, which the variable with `_FILE`
    behind its name leads to. `group` is the heading that it stands under.
    """

    variable: str
    meaning: str
    parse: Callable[[str], object]
    default: str | None
    shown: Callable[[str], str] | None
    group: str
    field: str = ""

    @property
    def in_file(self) -> str | None:
        """Return the variable that names a file with the value; None if it may not be in one."""
        return self.variable + FILE if self.shown else None

    @property
    def plainly(self) -> str:
        """Return its meaning without Markdown."""
        return _LINK.sub(r"\1", self.meaning).replace("`", "")


class _Group:
    """Make the fields of one group."""

    def __init__(self, heading: str) -> None:
        self._heading = heading

    def __call__(
        self,
        variable: str,
        meaning: str,
        parse: Callable[[str], object] = str,
        *,
        default: str | None = None,
        shown: Callable[[str], str] | None = None,
    ) -> Any:
        setting = Setting(
            variable=variable,
            meaning=meaning,
            parse=parse,
            default=default,
            shown=shown,
            group=self._heading,
        )
        return attrs.field(
            default=None if default is None else parse(default),
            repr=shown is None,
            metadata={_SETTING: setting},
        )


def group(heading: str) -> _Group:
    """Return what makes the fields of one group, each from its variable, meaning and parser."""
    return _Group(heading)


def described(settings: type[attrs.AttrsInstance]) -> Iterator[Setting]:
    """Yield the settings that are fields of a class, in order."""
    for field in attrs.fields(settings):
        if _SETTING in field.metadata:
            yield attrs.evolve(field.metadata[_SETTING], field=field.name)
