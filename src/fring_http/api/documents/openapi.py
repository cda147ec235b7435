"""The OpenAPI document: what Litestar knows of the routes, and what only we know.

Litestar finds the paths, and what the decorators say. Handlers read bodies and parameters
themselves, so these are added here, and with them every error that an operation can answer.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

from litestar import Response
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import License, Server, Tag
from litestar.routes import HTTPRoute

from fring_http.api.documents import conditions, keys
from fring_http.api.documents.problems import as_problems
from fring_http.api.documents.refusals import refusals
from fring_http.api.reading.bodies import MERGE_PATCH
from fring_http.api.reading.unknown import HEADER, MEANING
from fring_http.api.refusals.problems import PROBLEMS
from fring_http.api.shapes.json_schema import answer_schema, body_schema
from fring_http.api.shapes.parameters import PARAMETERS
from fring_http.version import VERSION

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.handlers import HTTPRouteHandler
    from litestar.types.internal_types import PathParameterDefinition

    from fring_http.api.shapes.json_schema import Json

DESCRIPTION: Final = """\
Users, tasks, and the assignments between them.

- **The board** is shared: `/api/v1/users`, `/api/v1/tasks`, and who is assigned to what.
- **Personal lists**, one for each identity: `/api/{owner}/tasks`. The board does not show their \
tasks, nor a list those of the board.
- **Accounts** are users who log in with a password. They are there where Fring signs the tokens.

Errors have a text for people (`detail`) and a stable name for programs (`code`).\
"""
TAGS: Final = (
    Tag(name="board", description="Users, tasks, and who is assigned to what. Shared by all."),
    Tag(name="personal", description="Each identity's own list of tasks."),
    Tag(name="events", description="What has happened, in one order for all who read it."),
    Tag(name="tasks", description="Tasks, on the board and on one's own list."),
    Tag(name="webhooks", description="Addresses that are told what happens. For admins."),
    Tag(name="accounts", description="Register with a password, and log in for a token."),
    Tag(name="health", description="Whether the server answers, and what it is."),
)
LOG_IN: Final = "/api/v1/auth/login"
_OURS: Final = (
    f"`POST {LOG_IN}` gives the token of an account. `fring auth token --sub NAME --role admin`"
    " makes one on the server."
)
_THEIRS: Final = "The token is the one that your own sign-in service gives to its users."


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
        description=DESCRIPTION,
        license=License(name="MIT", identifier="MIT"),
        # Relative to the document, wherever a proxy has put that.
        servers=[Server(url=".", description="This server")],
        operation_id_creator=_operation_id,
    )


def document(app: Litestar) -> Json:
    """Return the OpenAPI 3.1 document of an application that has Fring's routes alone."""
    found: Json = app.openapi_schema.to_schema()
    paths: Json = {}
    schemas: Json = {}
    for route in app.routes:
        if isinstance(route, HTTPRoute) and route.path_format in found["paths"]:
            item = found["paths"][route.path_format]
            for method, (handler, _) in route.route_handler_map.items():
                if method.lower() in item:
                    _complete(item[method.lower()], handler, schemas, method)
            paths[_shown(route)] = item
    every = [operation for item in paths.values() for operation in item.values()]
    ignored = {"description": MEANING, "schema": {"type": "string"}}
    components: Json = {"schemas": dict(sorted(schemas.items())), "headers": {HEADER: ignored}}
    if any(operation["security"] for operation in every):
        components["securitySchemes"] = {"bearer": _bearer(_OURS if LOG_IN in paths else _THEIRS)}
    used = {tag for operation in every for tag in operation["tags"]}
    tags = [tag.to_schema() for tag in TAGS if tag.name in used]
    return found | {"tags": tags, "paths": paths, "components": components}


def _shown(route: HTTPRoute) -> str:
    """Return a route's path, with the names that its parameters have in the document."""
    known = route.route_handlers[0].opt.get("path", {})
    path = route.path_format
    for name in route.path_parameters:
        path = path.replace(f"{{{name}}}", f"{{{known[name]['name']}}}")
    return path


def _complete(operation: Json, handler: HTTPRouteHandler, schemas: Json, method: str) -> None:
    """Put into an operation what Litestar does not know of it."""
    opt = handler.opt
    operation.pop("deprecated")
    summary, _, more = inspect.cleandoc(handler.fn.__doc__ or "").partition("\n")
    operation["summary"] = summary.removesuffix(".")
    if more:
        operation["description"] = more.strip()
    operation["security"] = [{"bearer": []}] if opt["secured"] else []
    responses = operation["responses"]
    responses.pop("400", None)  # Litestar's word for 422
    for answer in responses.values():
        _describe(answer, handler, schemas)
    if "errors" not in opt:
        return  # it takes nothing, and looks for nothing
    parameters = [opt["path"][each["name"]] for each in operation.pop("parameters", [])]
    parameters += [PARAMETERS[name] for name in opt["query"]]
    parameters += conditions.parameters(opt, method)
    if parameters:
        operation["parameters"] = parameters
    body = opt["body"] or opt["optional_body"]
    if body is not None:
        examples = {name: {"value": example} for name, example in body.examples.items()}
        schema = body_schema(body, schemas, strict=bool(opt.get("strict_input")))
        content = {"schema": schema, "examples": examples}
        types = ["application/json", *([MERGE_PATCH] if opt["merges"] else [])]
        operation["requestBody"] = {
            "required": opt["body"] is not None,
            "content": dict.fromkeys(types, content),
        }
    takes = bool(parameters or body)
    if keys.takes_keys(opt, method):
        operation["parameters"] = [*parameters, *keys.parameters()]
    responses |= conditions.unchanged(opt, method)
    responses |= refusals(operation, opt, schemas, takes=takes, method=method)
    conditions.put_tags(responses, opt)
    if keys.takes_keys(opt, method):
        keys.put_answers(responses, schemas)
        operation["responses"] = responses = dict(sorted(responses.items()))
    if opt.get(PROBLEMS):
        as_problems(responses, schemas)
        return  # what is not known is refused, so nothing is ignored
    for response in responses.values():
        response.setdefault("headers", {})[HEADER] = {"$ref": f"#/components/headers/{HEADER}"}


def _describe(answer: Json, handler: HTTPRouteHandler, schemas: Json) -> None:
    """Put the headers and the fields of what a handler returns into its description."""
    headers = answer.pop("headers", None)
    if headers:
        answer["headers"] = {name: _header(each) for name, each in headers.items()}
    if "content" in answer:
        shape = handler.parsed_fn_signature.return_type
        if shape.is_subclass_of(Response):
            (shape,) = shape.inner_types
        for content in answer["content"].values():
            content["schema"] = answer_schema(shape.raw, schemas)


def _header(header: Json) -> Json:
    kept = ("description", "required")
    return {name: header[name] for name in kept if name in header} | {"schema": {"type": "string"}}


def _bearer(origin: str) -> Json:
    return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": origin}
