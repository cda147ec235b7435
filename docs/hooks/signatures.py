"""Show in the reference what a reader of the source sees: attrs' arguments, and links.

attrs makes the `__init__` of the classes that it decorates; here it is made for the reference.
A public name in backticks becomes a link to where the reference has it.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from griffe import (
    Attribute,
    Class,
    Expr,
    ExprCall,
    ExprKeyword,
    Extension,
    Function,
    Object,
    Parameter,
    ParameterKind,
    Parameters,
)

DECORATORS = {"attrs.frozen", "attrs.define"}
PACKAGES = ("fring_core", "fring_core.testing")
PUBLIC = {
    name: f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__
}


class Signatures(Extension):
    """Make the `__init__` of attrs' classes, and the links."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Add the `__init__` that attrs would make."""
        decorator = next(filter(None, (_attrs(each.value) for each in cls.decorators)), None)
        if decorator is None or "__init__" in cls.members:
            return
        keywords = isinstance(decorator, ExprCall) and "kw_only=True" in str(decorator)
        kind = ParameterKind.keyword_only if keywords else ParameterKind.positional_or_keyword
        own = Parameter("self", kind=ParameterKind.positional_or_keyword)
        fields = [
            Parameter(field.name.lstrip("_"), annotation=field.annotation, kind=kind, default=value)
            for field, value in _fields(cls)
        ]
        init = Function("__init__", parameters=Parameters(own, *fields), lineno=0, endlineno=0)
        init.parent = cls
        cls.set_member("__init__", init)

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Turn the public names in a docstring into links."""
        if obj.docstring:

            def link(name: re.Match[str]) -> str:
                known = PUBLIC.get(name[1]) if name[1] != obj.name else None
                return f"[`{name[1]}`][{known}]" if known else name[0]

            obj.docstring.value = re.sub(r"`(?:fring_core\.)?(\w+)`", link, obj.docstring.value)


def _attrs(decorator: str | Expr) -> Expr | None:
    if not isinstance(decorator, Expr):
        return None
    called = decorator.function if isinstance(decorator, ExprCall) else decorator
    return decorator if called.canonical_path in DECORATORS else None


def _fields(cls: Class) -> list[tuple[Attribute, str | Expr | None]]:
    """Return what `__init__` takes, each with its default, those without one first."""
    found = []
    for field in cls.members.values():
        if not isinstance(field, Attribute) or field.annotation is None:
            continue
        if "instance-attribute" not in field.labels:  # but a ClassVar
            continue
        value = field.value
        if isinstance(value, ExprCall) and value.function.canonical_path == "attrs.field":
            keywords = [each for each in value.arguments if isinstance(each, ExprKeyword)]
            given = {keyword.name: keyword.value for keyword in keywords}
            value = given.get("default", "..." if "factory" in given else None)
        found.append((field, value))
    return found
