"""The parameters of the operations, as the document shows them.

No limit beyond 2⁵³ stands here as a number: who reads it with JavaScript would see another one.
`int64` says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fring_core import TaskOrder, TaskStatus, text
from fring_core.patterns import NARROW
from fring_core.queries import DEFAULT_LIMIT, MAX_LIMIT
from fring_http.api.shapes.json_schema import text_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fring_http.api.shapes.json_schema import Json

STATUSES: Final = [status.value for status in TaskStatus]
# Words that `status` of a personal list takes beside those, and all that its `sort` takes. Of
# these, the first is the default.
ALL: Final = "all"
PENDING: Final = "pending"
ORDERS: Final[Mapping[str, TaskOrder]] = {
    "created": TaskOrder.NEWEST_FIRST,
    "title": TaskOrder.BY_TITLE,
}
# What `list` of events takes.
BOARD: Final = "board"
PERSONAL: Final = "personal"
LISTS: Final = (BOARD, PERSONAL)
# What `types` of events takes is several of these, with commas between them.
_TYPE: Final = "|".join(each.replace(".", "[.]").replace("*", "[*]") for each in NARROW)
MAX_WAIT_SECONDS: Final = 30
USUAL_ORDER: Final = next(iter(ORDERS))
_NO_FILTER: Final = "Empty, it filters nothing."
_CONTAINED: Final = f"Keep those that contain this text, case-sensitively. {_NO_FILTER}"
_ID: Final = {"type": "integer", "format": "int64", "minimum": 1}
# The examples of bodies choose these ids; lists take the first that is free.
USER_ID: Final = 1001
TASK_ID: Final = 2001
_FIRST_ID: Final = 1


def _query(name: str, description: str, schema: Json) -> Json:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def _limit(default: int) -> Json:
    schema = {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": default}
    return _query("limit", "How many to return at most.", schema)


def _path(name: str, description: str, schema: Json, example: object) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


# By the name that an operation gives them: the parameter's own where that is enough.
PARAMETERS: Final[Mapping[str, Json]] = {
    "skip": _query(
        "skip",
        "How many to pass over before that: at most 2⁶³ - 1.",
        {"type": "integer", "format": "int64", "minimum": 0, "default": 0},
    ),
    "limit": _limit(DEFAULT_LIMIT),
    "after": _query(
        "after",
        "Where to begin: what `after` is in the `Link` to the next page. It belongs to the same list"
        " with the same filters and order, and is refused elsewhere. A page costs as much however far"
        " away it begins; with `skip`, all that is passed over is looked at.",
        {"type": "string"},
    ),
    "username": _query("username", _CONTAINED, text_schema(text.FILTER)),
    "email": _query("email", _CONTAINED, text_schema(text.FILTER)),
    "title": _query("title", _CONTAINED, text_schema(text.FILTER)),
    "status": _query(
        "status",
        f"Keep those in this status. {_NO_FILTER}",
        {"type": "string", "enum": [*STATUSES, ""]},
    ),
    "assigned": _query(
        "assigned",
        f"Keep those with at least one user, or those with none; `1` and `0` do as well. {_NO_FILTER}",
        {"type": "boolean"},
    ),
    "completed": _query(
        "completed",
        f"Keep those that are completed, or those that are not; `1` and `0` do as well. {_NO_FILTER}",
        {"type": "boolean"},
    ),
    "own_limit": _limit(MAX_LIMIT),
    "own_status": _query(
        "status",
        f"Keep those in this status; `{PENDING}` keeps all that are not completed, and"
        f" `{ALL}`, or an empty text, keeps everything.",
        {"type": "string", "enum": [ALL, PENDING, *STATUSES, ""], "default": ALL},
    ),
    "sort": _query(
        "sort",
        "`created`, or an empty text, puts the newest first; `title` goes by its code points.",
        {"type": "string", "enum": [*ORDERS, ""], "default": USUAL_ORDER},
    ),
    "feed_after": _query(
        "after",
        "Where to begin: behind what this cursor belongs to, of an event or of a page; `now`: behind"
        " all that there is. Without it, from the oldest that is kept.",
        {"type": "string"},
    ),
    "page_limit": _query(
        "limit",
        "How many to return at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    "next": _query("after", "Where to begin: `next` of the page before.", {"type": "string"}),
    "wait": _query(
        "wait",
        "For how many seconds to wait for something to come, if there is nothing. With `until`, 30"
        " without it.",
        {"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS, "default": 0},
    ),
    "until": _query(
        "until",
        "Wait for this write to come to the feed: its `Fring-Position`. If it does not in time, the"
        " answer is 503.",
        {"type": "string"},
    ),
    "list": _query(
        "list",
        "Keep what is on the board, or on the caller's own list. Without it, both.",
        {"type": "string", "enum": [*LISTS]},
    ),
    "task": _query("task", "Keep what is about the task of this id.", _ID),
    "types": _query(
        "types",
        "Keep these types, separated by commas; `task.*` stands for all that begin with `task.`.",
        {
            "type": "string",
            "pattern": f"^({_TYPE})(,({_TYPE}))*$",
            "examples": ["task.*,user.created"],
        },
    ),
    "new_status": _query("status", "The new status.", {"type": "string", "enum": STATUSES})
    | {"required": True, "example": TaskStatus.IN_PROGRESS.value},
}

BOARD_PATH: Final[Mapping[str, Json]] = {
    "user_id": _path("user_id", "The id of a user.", _ID, USER_ID),
    "task_id": _path("task_id", "The id of a task on the board.", _ID, TASK_ID),
}

V2_PATH: Final[Mapping[str, Json]] = {
    "task_id": _path("task_id", "The id of a task, on whichever list.", _ID, TASK_ID),
    "webhook_id": _path("webhook_id", "The id of a webhook.", _ID, _FIRST_ID),
    "delivery_id": _path("delivery_id", "The id of a delivery.", _ID, _FIRST_ID),
}

# A list's is another kind than the board's user id. Under one name, generators and those who try
# an API out by its document would take one for the other.
LIST_PATH: Final[Mapping[str, Json]] = {
    "user_id": _path(
        "owner",
        "Whose list it is: any text, case-sensitive. With authentication it is the subject of the"
        " token. `auth`, and `v` followed by digits, are reserved.",
        text_schema(text.OWNER)
        | {"pattern": r"^[^/\x00\ufffd]+$", "not": {"pattern": "^(auth|v[0-9]+|[.]{1,2})$"}},
        "me",
    ),
    "task_id": _path("task_id", "The id of a task on this list.", _ID, _FIRST_ID),
}
