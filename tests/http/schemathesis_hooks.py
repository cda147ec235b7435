"""What JSON Schema cannot say, and the OpenAPI document says in words: for Schemathesis."""

import re
from itertools import count
from typing import Any
from uuid import uuid4

import schemathesis

_KEY = "Idempotency-Key"
_VALID_KEY = re.compile(r"[ -~]{1,255}")
_keys = (f"{uuid4()}-{number}" for number in count())


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:
    """Leave out ids such as `7.0`, which JSON Schema calls integers, and the API does not."""
    del context
    return not (isinstance(body, dict) and isinstance(body.get("id"), float))


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: Any, **_: Any) -> None:
    """Give each request a key of its own, where it has one: a second one is 422, as it should be.

    And follow no link from the owner of a list to a user of the board: both are called `user_id` in
    bodies, and one is a text.
    """
    del context
    if _VALID_KEY.fullmatch(str((case.headers or {}).get(_KEY, ""))):
        case.headers[_KEY] = next(_keys)
    ids = case.path_parameters or {}
    if case.meta and case.meta.phase.name.value == "stateful" and "user_id" in ids:
        ids["user_id"] = ids["user_id"] if str(ids["user_id"]).isdecimal() else 1
