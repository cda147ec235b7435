"""The OpenAPI document: what Litestar knows of the routes, and what only we know.

Litestar describes paths and answers. Handlers read bodies and query parameters themselves, so
these are added here, and with them every error that an operation can answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute

from fring_core import TaskStatus
from fring_core.queries import MAX_LIMIT, MAX_SKIP
from fring_http.errors import Error, ValidationError
from fring_http.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from litestar import Litestar
    from litestar.handlers import HTTPRouteHandler
    from litestar.types.internal_types import PathParameterDefinition

    from fring_core import FringError

Json = dict[str, Any]

_STATUSES: Final = [status.value for status in TaskStatus]
_TEXT: Final = {"type": "string", "default": ""}


def _optional(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


# By the name that an operation gives them: the parameter's own where that is enough.
PARAMETERS: Final[Mapping[str, Json]] = {
    "skip": _optional("skip", {"type": "integer", "minimum": 0, "maximum": MAX_SKIP, "default": 0}),
    "limit": _optional(
        "limit", {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": 100}
    ),
    "username": _optional("username", _TEXT),
    "email": _optional("email", _TEXT),
    "title": _optional("title", _TEXT),
    "status": _optional("status", {"type": "string", "enum": [*_STATUSES, ""], "default": ""}),
    "assigned": _optional(
        "assigned",
        {"type": "string", "enum": ["true", "false", "1", "0", ""], "default": ""},
    ),
    "completed": _optional("completed", {"type": "boolean"}),
    "own_limit": _optional(
        "limit", {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": MAX_LIMIT}
    ),
    "own_status": _optional(
        "status",
        {"type": "string", "enum": ["all", "pending", *_STATUSES, ""], "default": "all"},
    ),
    "sort": _optional(
        "sort", {"type": "string", "enum": ["created", "title"], "default": "created"}
    ),
    "new_status": {
        "name": "status",
        "in": "query",
        "required": True,
        "schema": {"type": "string", "enum": _STATUSES},
    },
}
_ANYWHERE: Final = {503: "The store cannot be reached now"}
_WRITING: Final = {403: "A page of this origin may not write here"}
_WITH_BODY: Final = {
    408: "The body took too long to arrive",
    413: "The body is larger than 1 MiB",
    415: "The body is not plain JSON, or does not say that it is",
}
_BEARER: Final = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_SECURED: Final = {401: "There is no token, or it proves nothing", 403: "You may not do this"}
_REFUSED: Final = {
    400: "The request cannot be done",
    401: "The credentials are wrong",
    404: "There is no such task on this list",
    409: "The workflow does not allow it",
}
_ID: Final = {"type": "integer"}


def _operation_id(
    handler: HTTPRouteHandler, _: object, path: list[str | PathParameterDefinition]
) -> str:
    name = handler.handler_name
    return name if path[:1] == ["api"] else f"root_{name}"


def configuration() -> OpenAPIConfig:
    """Return what Litestar is to put into its part of the document."""
    return OpenAPIConfig(
        title="Fring API",
        version=VERSION,
        description="Users, tasks, and the assignments between them.",
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )


def document(app: Litestar) -> Json:
    """Return the OpenAPI 3.1 document of an application, complete."""
    found: Json = app.openapi_schema.to_schema()
    for route in app.routes:
        if not isinstance(route, HTTPRoute) or route.path_format not in found["paths"]:
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if "errors" in handler.opt:
                operation = found["paths"][route.path_format][method.lower()]
                _complete(operation, handler.opt, found["components"], writes=method != "GET")
    return found


def _complete(operation: Json, opt: Mapping[str, Any], components: Json, *, writes: bool) -> None:
    schemas = components["schemas"]
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter["schema"] = opt["path"].get(parameter["name"], _ID)
    parameters += [PARAMETERS[name] for name in opt["query"]]
    responses = operation["responses"]
    responses.pop("400", None)  # Litestar's word for 422
    described = _ANYWHERE | (_WRITING if writes else {})
    if opt["body"] is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _schema(opt["body"], schemas)}},
        }
        described |= _WITH_BODY
    elif opt["optional_body"] is not None:
        operation["requestBody"] = {
            "required": False,
            "content": {"application/json": {"schema": _schema(opt["optional_body"], schemas)}},
        }
        described[408] = _WITH_BODY[408]
    if parameters or opt["body"] is not None:
        responses["422"] = _response("The input is not valid", _schema(ValidationError, schemas))
    if opt["secured"]:
        components["securitySchemes"] = {"bearer": _BEARER}
        operation["security"] = [{"bearer": []}]
        described |= _SECURED
    for status in opt["errors"]:
        described.setdefault(status, _REFUSED[status])
    for status, description in described.items():
        answer = responses[str(status)] = _response(description, _schema(Error, schemas))
        if texts := opt["errors"].get(status):
            answer["content"]["application/json"]["examples"] = _examples(texts)


def _schema(shape: type, schemas: Json) -> Json:
    (reference,), components = msgspec.json.schema_components(
        [shape], ref_template="#/components/schemas/{name}"
    )
    for name, component in components.items():
        schemas.setdefault(name, component)
    return reference


def _response(description: str, schema: Json) -> Json:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _examples(errors: Mapping[type[FringError], str]) -> Json:
    return {
        error.code: {"value": {"detail": text, "code": error.code}}
        for error, text in errors.items()
    }
