"""The helper of receivers: what is genuine, and the one error for what is not."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from fring_core import FringError
from fring_http.client.webhooks import NotGenuine, verify
from fring_http.server.webhooks.messages import headers, message
from tests.webhooks.receivers import OTHER_SECRET, SECRET, attempt

ATTEMPT = attempt("https://app.example/", secrets=(OTHER_SECRET, SECRET))
BODY = message(ATTEMPT)


def signed(body=BODY, **times):
    return headers(ATTEMPT, body, datetime.now(UTC) + timedelta(**times))


@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET, SECRET.removeprefix("whsec_")])
@pytest.mark.parametrize("form", [str.lower, str.title, str.upper])
def test_what_was_sent_is_genuine(secret, form):
    told = verify(BODY, {form(name): value for name, value in signed().items()}, secret)
    assert told == json.loads(BODY)
    assert told["data"]["task_id"] == 7


@pytest.mark.parametrize("times", [{"minutes": -4}, {"minutes": 4}])
def test_clocks_may_differ_a_little(times):
    assert verify(BODY, signed(**times), SECRET)


def without(name):
    return {each: value for each, value in signed().items() if each != name}


# Made when they are tried: a signature is good for minutes.
NOT_GENUINE = {
    "changed": lambda: (BODY.replace(b"task", b"tusk"), signed()),
    "another body": lambda: (b"{}", signed()),
    "no text": lambda: (b"\xff", signed()),
    "another id": lambda: (BODY, signed() | {"webhook-id": "msg_2"}),
    "another moment": lambda: (
        BODY,
        signed() | {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) - 9)},
    ),
    "old": lambda: (BODY, signed(minutes=-6)),
    "of the future": lambda: (BODY, signed(minutes=6)),
    "no moment": lambda: (BODY, signed() | {"webhook-timestamp": "now"}),
    "not a number": lambda: (BODY, signed() | {"webhook-timestamp": "nan"}),
    "no id": lambda: (BODY, without("webhook-id")),
    "no timestamp": lambda: (BODY, without("webhook-timestamp")),
    "no signature": lambda: (BODY, without("webhook-signature")),
    "an empty signature": lambda: (BODY, signed() | {"webhook-signature": ""}),
    "an odd signature": lambda: (BODY, signed() | {"webhook-signature": "v1"}),
    "no base64": lambda: (BODY, signed() | {"webhook-signature": "v1,ä"}),
    "another version": lambda: (BODY, signed() | {"webhook-signature": "v2,AAAA"}),
    "no JSON": lambda: (b"seven", signed(b"seven")),
    "no object": lambda: (b"[7]", signed(b"[7]")),
}


@pytest.mark.parametrize("fault", NOT_GENUINE)
def test_what_is_not_genuine_is_one_error(fault):
    with pytest.raises(NotGenuine) as caught:
        verify(*NOT_GENUINE[fault](), SECRET)
    assert isinstance(caught.value, FringError)
    assert caught.value.code == "not_genuine"
    assert str(caught.value)


def test_nor_is_what_another_secret_signed():
    other = "whsec_" + "A" * 32
    with pytest.raises(NotGenuine):
        verify(BODY, signed(), other)
    signature = Webhook(other).sign("msg_1", datetime.now(UTC), BODY.decode())
    assert verify(BODY, signed() | {"webhook-signature": signature}, other)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a", "whsec_ä"])
def test_a_secret_that_is_none_is_an_error_of_the_receiver(secret):
    with pytest.raises(ValueError, match="secret") as caught:
        verify(BODY, signed(), secret)
    assert secret.removeprefix("whsec_") in {"", "a", "ä"}
    assert not isinstance(caught.value, FringError)
