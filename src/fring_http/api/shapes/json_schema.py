"""What a body may be, as JSON Schema, from the core's own rules: what they refuse, it refuses."""

from __future__ import annotations

from datetime import datetime
from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeAlias

import msgspec

from fring_core.ids import MAX_CHOSEN_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_core.text import TextRule

Json: TypeAlias = dict[str, Any]

# White space to Python and not to ECMAScript, whose patterns JSON Schema has; and NUL.
_OTHERS: Final = r"\x1c-\x1f\x85"
_NUL: Final = r"\x00"


class Body(msgspec.Struct):
    """Be what a request brings.

    `examples` has at least one, by what it is about. `rule` is what holds between the fields, as
    JSON Schema; of the fields in `one_of`, exactly one is there. `shown` are fields of answers that
    clients send back, and that change nothing.
    """

    examples: ClassVar[Mapping[str, Json]]
    rule: ClassVar[Json] = {}
    one_of: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()


def text_schema(rule: TextRule) -> Json:
    """Return a text rule as JSON Schema. Lone surrogates are not in it: no JSON should have them."""
    schema: Json = {"type": "string"}
    least = rule.least if rule.blank else max(rule.least, 1)
    if least:
        schema["minLength"] = least
    if rule.most is not None:
        schema["maxLength"] = rule.most
    if rule.shape is not None:
        shape = rule.shape.pattern.replace(r"\s]", rf"\s{_NUL}{_OTHERS}]")
        schema["pattern"] = f"^{shape}$"
    elif rule.blank:
        schema["pattern"] = f"^[^{_NUL}]*$"
    else:
        schema["pattern"] = f"^[^{_NUL}]*[^{_NUL}\\s{_OTHERS}][^{_NUL}]*$"
    return schema


def said(rule: TextRule) -> msgspec.Meta:
    """Return what the document says of a field. Only the core holds to it, in its own words."""
    return msgspec.Meta(extra_json_schema=text_schema(rule))


def sample(value: object) -> msgspec.Meta:
    """Return what a field of an answer may look like."""
    return msgspec.Meta(examples=[value])


ChosenId = Annotated[
    int,
    msgspec.Meta(
        description="An id of your choice, written without a fraction (`7.0` is refused);"
        " without one, the server takes the next.",
        extra_json_schema={"minimum": 1, "maximum": MAX_CHOSEN_ID},
    ),
]
Id = Annotated[int, msgspec.Meta(examples=[1], extra_json_schema={"format": "int64"})]
Moment = Annotated[datetime, msgspec.Meta(tz=True, examples=["2030-06-01T09:30:00.123456Z"])]


def body_schema(shape: type[Body], schemas: Json, *, strict: bool = False) -> Json:
    """Return the reference to a body's schema, which is added to `schemas`.

    If it is `strict`, it has no other fields than these, and those that answers show.

    A default would make a field one that is always there, to those who generate types from this.
    """
    reference = _added(shape, schemas)
    component = schemas[shape.__name__]
    for schema in component["properties"].values():
        schema.pop("default", None)
    if shape.one_of:
        component |= _choice(component, shape.one_of)
    if strict:
        for each in component.get("anyOf", [component]):
            each["properties"] |= {name: {} for name in shape.shown}
            each["additionalProperties"] = False
    component |= shape.rule
    return reference


def _choice(component: Json, names: tuple[str, ...]) -> Json:
    """Return a schema's alternatives, which take the place of its fields: each a type by itself."""
    fields, required = component.pop("properties"), component.pop("required")
    common = {name: field for name, field in fields.items() if name not in names}
    alternatives = [
        {
            "type": "object",
            "properties": {**common, name: fields[name]["anyOf"][0]},
            "required": [*required, name],
        }
        for name in names
    ]
    both = {"properties": {key: {} for key in names}, "required": list(names)}
    return {"anyOf": alternatives, "not": both}


def answer_schema(shape: Any, schemas: Json) -> Json:
    """Return the schema of an answer, its parts added to `schemas`.

    Every field is always sent, but for one that may be unset.
    """
    return _added(shape, schemas, complete=True)


def _added(shape: Any, schemas: Json, *, complete: bool = False) -> Json:
    (schema,), components = msgspec.json.schema_components(
        [shape], ref_template="#/components/schemas/{name}"
    )
    for name, component in components.items():
        if "description" in component:
            component["description"] = cleandoc(component["description"])
        if "enum" in component:
            component["type"] = "string"
        elif complete:
            needed = component["required"]
            component["required"] = [
                name
                for name, field in component["properties"].items()
                if name in needed or "default" in field
            ]
            for field in component["properties"].values():
                field.pop("default", None)
        schemas.setdefault(name, component)
    return schema
