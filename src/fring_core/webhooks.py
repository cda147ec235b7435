"""Webhooks: addresses that are told of events, and the attempts to tell them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import attrs

from fring_core import text
from fring_core.clocks import in_utc
from fring_core.errors import Problem, WebhookNotFound
from fring_core.ids import is_possible
from fring_core.patterns import EVERY, PATTERNS
from fring_core.text import TextRule
from fring_core.unset import UNSET, UnsetType, given
from fring_core.values import plain, plain_fields, whole

if TYPE_CHECKING:
    from datetime import datetime

    from fring_core.events import Event

CLAIM_SECONDS: Final = 60.0
KEPT_SECRET: Final = timedelta(hours=24)  # that signs beside the one which took its place
MOST_TYPES: Final = 20
TEST: Final = "webhook.test"

# Why a webhook is disabled.
GONE: Final = "gone"
FAILING: Final = "failing"
PAUSED: Final = "paused"

_URL: Final = TextRule(most=2000)
_DESCRIPTION: Final = TextRule(most=1000, blank=True)
# What some readers of URLs pass over, and others do not.
_UNCLEAR: Final = re.compile(r"[\x00-\x20\x7f\\]")


@attrs.frozen
class Webhook:
    """Hold one webhook as a store knows it, without its secrets.

    `types` are `*`, such as `task.*`, or names of `EventType`. `disabled_at` is since when it is
    told nothing, None if it is enabled, and `disabled_why` is `gone` (it said so), `failing` (for
    five days) or `paused` (by hand). Times are in UTC; raise `ValueError` for one without a zone.
    `version` counts changes, from 1, and takes no part in equality.
    """

    id: int
    url: str
    types: tuple[str, ...]
    description: str
    created_at: datetime = attrs.field(converter=in_utc)
    version: int = attrs.field(default=1, eq=False)
    disabled_at: datetime | None = attrs.field(
        default=None, converter=attrs.converters.optional(in_utc)
    )
    disabled_why: str | None = None

    def change(self, changes: WebhookChanges, now: datetime) -> Webhook:
        """Return this webhook with what `changes` sets; one that is disabled stays so if paused."""
        changed = attrs.evolve(self, **given(changes, ("paused",)))
        if changes.paused is False:
            return attrs.evolve(changed, disabled_at=None, disabled_why=None)
        return changed.disabled(PAUSED, now) if changes.paused is True else changed

    def disabled(self, why: str, now: datetime) -> Webhook:
        """Return this webhook as it is when it is disabled; as it was, if it is already."""
        if self.disabled_at is not None:
            return self
        return attrs.evolve(self, disabled_at=now, disabled_why=why)


@attrs.frozen
class WebhookWithSecret:
    """Hold a webhook, and the secret that its messages are signed with from now on.

    The secret is `whsec_` and base64, as Standard Webhooks has it. It is not told again.
    """

    webhook: Webhook
    secret: str = attrs.field(repr=False)


def _types(value: Any) -> Any:
    """Return types as a tuple, each once; what is none is refused later."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return value
    return tuple(dict.fromkeys(map(plain, cast("Sequence[object]", value))))


@attrs.frozen(field_transformer=plain_fields)
class NewWebhook:
    """Say which webhook to create; raise `InvalidInput` for what cannot be.

    `url`: at most 2,000 characters, http or https, with a host and no user. `types`: 1 to 20, by
    default all. `description`: at most 1,000 characters.
    """

    url: str
    types: Sequence[str] = attrs.field(default=(EVERY,), converter=_types)
    description: str = ""

    def __attrs_post_init__(self) -> None:
        text.reject(_problems(self))

    def as_webhook(self, webhook_id: int, now: datetime) -> Webhook:
        """Return the webhook that this becomes, created at `now`."""
        return Webhook(webhook_id, self.url, tuple(self.types), self.description, now)


@attrs.frozen(field_transformer=plain_fields)
class WebhookChanges:
    """Say what to change of a webhook: what is UNSET stays; raise `InvalidInput` as `NewWebhook`.

    `paused=True` disables it, `paused=False` enables it, whatever it was disabled by.
    """

    url: str | UnsetType = UNSET
    types: Sequence[str] | UnsetType = attrs.field(default=UNSET, converter=_types)
    description: str | UnsetType = UNSET
    paused: bool | UnsetType = UNSET

    def __attrs_post_init__(self) -> None:
        text.reject([*_problems(self), _paused_problem(self.paused)])


@attrs.frozen(kw_only=True)
class Attempt:
    """Hold what a worker is to do once: send a message, signed with these secrets, to a URL.

    `number` is 1 for the first attempt of a delivery. `message_id` is the same on each. `at` is the
    time of the message, `event` None for a test. `claim` counts how often the delivery was claimed.
    """

    delivery_id: int
    number: int
    webhook_id: int
    url: str
    secrets: tuple[str, ...] = attrs.field(repr=False)
    message_id: str
    at: datetime = attrs.field(converter=in_utc)
    type: str
    event: Event | None
    claim: int = 0


def _storable(error: str) -> str:
    """Return a text that every store can hold, whatever it came from."""
    return error[:500].replace("\0", "?").encode(errors="replace").decode()


@attrs.frozen
class Outcome:
    """Hold what came of an attempt.

    `status` is that of the answer, None if there was none; then `error` says why, in at most 500
    characters, else it is empty.
    `retry_after` is for how many seconds the receiver asked, `seconds` how long it took.
    """

    status: int | None
    error: str = attrs.field(converter=_storable)
    retry_after: float | None
    seconds: float


def existing(webhook_id: int) -> int:
    """Return an id that a webhook may have; raise `WebhookNotFound` for any other number.

    Raise `InvalidInput` for what is no whole number.
    """
    webhook_id = whole("webhook_id", webhook_id)
    if not is_possible(webhook_id):
        raise WebhookNotFound(webhook_id)
    return webhook_id


def _problems(asked: NewWebhook | WebhookChanges) -> list[Problem | None]:
    rules = {"url": _url_problem, "types": _types_problem, "description": _description_problem}
    values = {name: getattr(asked, name) for name in rules}
    return [rules[name](value) for name, value in values.items() if value is not UNSET]


def _url_problem(url: str) -> Problem | None:
    problem = _URL.problem("url", url)
    if problem is not None:
        return problem
    if _UNCLEAR.search(url):
        return Problem("url", "must not contain blanks, control characters or backslashes")
    no_url = Problem("url", "must be a URL such as https://example.com/hook")
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port or an address that cannot be
        return no_url
    if "@" in parts.netloc:
        return Problem("url", "must not contain a user or a password")
    return None if is_url else no_url


def _types_problem(types: Any) -> Problem | None:
    named = cast("tuple[object, ...]", types) if isinstance(types, tuple) else (None,)
    if not all(isinstance(each, str) for each in named):
        return Problem("types", "must be a list of texts", "type_error")
    if not 1 <= len(named) <= MOST_TYPES:
        return Problem("types", f"must be 1 to {MOST_TYPES}")
    strange = [each for each in named if each not in PATTERNS]
    if strange:
        known = ", ".join(PATTERNS)
        return Problem("types", f"must be of {known}; {strange[0]!r:.100} is none")
    return None


def _description_problem(description: str) -> Problem | None:
    return _DESCRIPTION.problem("description", description)


def _paused_problem(paused: object) -> Problem | None:
    if paused is UNSET or paused is True or paused is False:
        return None
    return Problem("paused", "must be true or false", "type_error")
