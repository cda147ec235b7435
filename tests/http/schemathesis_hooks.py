"""What JSON Schema cannot say, and the OpenAPI document says in words: for Schemathesis."""

import re
from itertools import count
from typing import Any
from uuid import uuid4

import schemathesis

_KEY = "Idempotency-Key"
_TAGS = re.compile(r'\*|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*')
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

    Follow no link from the owner of a list to a user of the board: both are called `user_id` in
    bodies, and one is a text. Begin behind no place that was made up, and wait for none, where the rest is valid: only the
    server makes those that are any. Wait for nothing that does not come. Call no
    address that may not be called. And call no `If-Match` valid that its pattern does not match: of all
    that Schemathesis makes as such, one is `0`.
    """
    del context
    headers = case.headers or {}
    if _VALID_KEY.fullmatch(str(headers.get(_KEY, ""))):
        headers[_KEY] = next(_keys)
    is_valid = case.meta is not None and case.meta.generation.mode.is_positive
    if is_valid and case.query:
        case.query.pop("after", None)
        case.query.pop("until", None)
        case.query.pop("wait", None)
    if is_valid and isinstance(case.body, dict) and "url" in case.body:
        case.body["url"] = "https://app.example/hook"
    if is_valid and not _TAGS.fullmatch(str(headers.get("If-Match", "*"))):
        headers["If-Match"] = "*"
    ids = case.path_parameters or {}
    if case.meta and case.meta.phase.name.value == "stateful" and "user_id" in ids:
        ids["user_id"] = ids["user_id"] if str(ids["user_id"]).isdecimal() else 1
