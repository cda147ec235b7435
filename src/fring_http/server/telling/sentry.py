"""Errors for Sentry: what is logged as one, with its traceback, and nothing that callers sent."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from fring_http.api.exchanges import current
from fring_http.version import VERSION

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def send_errors(dsn: str, environment: str) -> None:
    """Have each record of level error, and above, sent to Sentry.

    It says what kind of error it was, where, and in which request. Values of variables, texts of
    errors, bodies and headers stay here, in the log: what callers have sent may be in them.
    """
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=f"fring@{VERSION}",
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        include_local_variables=False,
        send_default_pii=False,
        max_request_body_size="never",
        server_name="",
        before_send=_without_values,
    )


def _without_values(event: Event, _: Hint) -> Event:
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    said = event.get("logentry", {}).get("message", "")
    event["logentry"] = {"message": said}  # a template: what stands in it is left out
    event.pop("extra", None)
    if exchange := current.get():
        event["tags"] = {
            **event.get("tags", {}),
            "request_id": exchange.id,
            "method": exchange.method,
        }
    return event
