"""One attempt: what a receiver gets, and what comes of whatever it does."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from fring_adapters.clock import utc_now
from fring_core.webhooks import Outcome
from fring_http.server.webhooks.connecting import CheckedBackend
from fring_http.server.webhooks.messages import message
from fring_http.server.webhooks.sending import Sender, retry_after
from fring_http.version import VERSION
from tests.webhooks.receivers import (
    NOW,
    OTHER_SECRET,
    SECRET,
    Leading,
    Names,
    Receiver,
    answer,
    answering,
    attempt,
    contexts,
)

pytestmark = pytest.mark.anyio
WAIT = 0.4  # seconds that an attempt takes here at most, where it takes too long


@pytest.fixture
async def receiver():
    async with Receiver() as receiver:
        yield receiver


def sender(**options):
    return Sender(utc_now, private=True, **options)


async def test_the_package_of_receivers_verifies_it(receiver):
    outcome = await sender().send(attempt(receiver.url))
    assert (outcome.status, outcome.error, outcome.retry_after) == (204, "", None)
    assert 0 < outcome.seconds < 5
    ((line, headers),), (body,) = receiver.heads, receiver.bodies
    assert line == "POST /hook?key=of-the-query HTTP/1.1"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["user-agent"] == f"Fring/{VERSION}"
    assert headers["content-type"] == "application/json"
    assert "cookie" not in headers
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "task.updated"
    assert told["timestamp"] == "2030-06-01T09:30:00Z"
    assert told["data"]["after"] == {"title": "ä\u2028😀"}
    assert told["data"]["list"] == "board"
    for at in range(len(body)):
        changed = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
        with pytest.raises((WebhookVerificationError, UnicodeDecodeError)):
            Webhook(SECRET).verify(changed, headers)


async def test_the_moment_is_that_of_the_attempt_and_the_message_stays(receiver):
    def later():
        return utc_now() + timedelta(seconds=100.9)

    await sender().send(attempt(receiver.url))
    await Sender(later, private=True).send(attempt(receiver.url))
    first, second = (headers for _, headers in receiver.heads)
    assert receiver.bodies[0] == receiver.bodies[1]
    assert first["webhook-id"] == second["webhook-id"] == "msg_1"
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) in {100, 101}
    for body, headers in zip(receiver.bodies, (first, second), strict=True):
        Webhook(SECRET).verify(body, headers)


async def test_both_secrets_sign(receiver):
    await sender().send(attempt(receiver.url, secrets=(SECRET, OTHER_SECRET)))
    ((_, headers),), (body,) = receiver.heads, receiver.bodies
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(body, headers)


def test_a_test_has_no_event():
    told = json.loads(message(attempt("", event=None, type="webhook.test")))
    assert told == {"type": "webhook.test", "timestamp": "2030-06-01T09:30:00Z", "data": {}}


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        ("200 OK", (), (200, None)),
        ("410 Gone", (), (410, None)),
        ("429 Too Many Requests", ("Retry-After: 7",), (429, 7.0)),
        ("503 Service Unavailable", ("retry-after:  90 ",), (503, 90.0)),
        ("503 Service Unavailable", ("Retry-After: soon",), (503, None)),
        ("500 Internal Server Error", (), (500, None)),
        ("302 Found", ("Location: /elsewhere",), (302, None)),
        ("307 Temporary Redirect", ("Location: http://127.0.0.1:{port}/",), (307, None)),
        ("299 Odd", ("Set-Cookie: a=b",), (299, None)),
    ],
)
async def test_an_answer_is_told_as_it_is(receiver, status, headers, expected):
    headers = [each.format(port=receiver.port) for each in headers]
    receiver.says = answering(answer(status, *headers, body=b"gone"))
    told = sender(seconds=5)
    for number in (1, 2):
        outcome = await told.send(attempt(receiver.url))
        assert (outcome.status, outcome.retry_after, outcome.error) == (*expected, "")
        assert receiver.accepted == number  # no redirect is followed
    assert all("cookie" not in headers for _, headers in receiver.heads)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("86400", 86_400),
        ("86401", 86_400),
        ("999999999", 86_400),
        ("Sat, 01 Jun 2030 09:31:40 GMT", 100),
        ("Sat, 01 Jun 2030 11:31:40 +0200", 100),
        ("Sat, 01 Jun 2030 09:31:40 -0000", 100),
        ("Sat, 01 Jun 2030 09:29:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ("Fri, 31 Dec 0001 23:59:59 +2359", 0),
        ("-1", None),
        ("1.5", None),
        ("inf", None),
        ("9999999999999999999999", None),
        ("٣", None),
        ("tomorrow", None),
        ("", None),
        ("Sat, 99 Jun 2030 09:31:40 GMT", None),
        ("Sat, 01 Jun 99999999999999999999 09:31:40 GMT", None),
    ],
)
def test_how_long_to_wait_is_read_as_a_number_or_a_date(told, seconds):
    headers = [(b"Date", b"x"), (b"RETRY-After", told.encode())]
    assert retry_after(headers, NOW) == seconds


def test_it_may_be_left_out():
    assert retry_after([(b"Date", b"5")], NOW) is None


async def never(reader, _):
    await reader.read()


async def drip(_, writer):
    for byte in answer(body=b"a" * 1000):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_interim(_, writer):
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)


async def endless_head(_, writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: " + b"a" * 10_000 + b"\r\n")
        await writer.drain()


NO_ANSWERS = {
    "never": (never, "There was no answer within 0.4 s"),
    "drips": (drip, "There was no answer within 0.4 s"),
    "interim answers": (drip_interim, "There was no answer within 0.4 s"),
    "an endless head": (endless_head, "Receive buffer too long"),
    "closes": (answering(b""), "Server disconnected without sending a response"),
    "closes within the head": (answering(b"HTTP/1.1 200 OK\r\nX: "), "disconnected"),
    "another protocol": (answering(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), "illegal status line"),
    "an upgrade": (
        answering(answer("101 Switching Protocols", "Upgrade: a", "Connection: upgrade")),
        "without a pending proposal",
    ),
    "no status": (answering(b"HTTP/1.1 abc OK\r\n\r\n"), "illegal status line"),
}


@pytest.mark.parametrize("fault", NO_ANSWERS)
async def test_a_receiver_that_does_not_answer_is_given_up(receiver, fault):
    receiver.says, words = NO_ANSWERS[fault]
    began = time.monotonic()
    outcome = await sender(seconds=WAIT).send(attempt(receiver.url))
    assert time.monotonic() - began < 5
    assert outcome.status is None
    assert words in outcome.error
    assert receiver.accepted == 1
    await asyncio.wait_for(receiver.ended.wait(), 5)


async def test_of_an_endless_body_a_little_is_read(receiver):
    sent = 0

    async def endless(_, writer):
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"3e8\r\n" + b"a" * 1000 + b"\r\n")
            await writer.drain()
            sent += 1000

    receiver.says = endless
    outcome = await sender(seconds=10).send(attempt(receiver.url))
    assert (outcome.status, outcome.error) == (200, "")
    assert outcome.seconds < 5
    await asyncio.wait_for(receiver.ended.wait(), 5)
    assert 64 * 1024 <= sent < 20_000_000  # what a system buffers is among it


@pytest.mark.parametrize("length", [b"1000", b"5"])
async def test_an_answer_counts_whatever_becomes_of_its_body(receiver, length):
    async def half(reader, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\nhalf")
        await writer.drain()
        if length == b"1000":
            await reader.read()  # and never the rest

    receiver.says = half
    outcome = await sender(seconds=WAIT).send(attempt(receiver.url))
    assert (outcome.status, outcome.error) == (200, "")
    await asyncio.wait_for(receiver.ended.wait(), 5)


async def test_nobody_listens():
    async with Receiver() as receiver:
        url = receiver.url
    outcome = await sender().send(attempt(url))
    assert outcome.status is None
    assert outcome.error


@pytest.mark.parametrize(
    "fault", [OSError("no such name"), UnicodeError("label too long"), ()], ids=repr
)
async def test_a_name_without_an_address(fault):
    network = CheckedBackend(Names(fault))
    outcome = await Sender(utc_now, network=network).send(attempt("https://app.example/"))
    assert attr(outcome) == (None, "The name of the host has no address", None)


async def test_a_name_that_takes_too_long():
    async def slowly(host, port):
        await asyncio.sleep(60)

    network = CheckedBackend(slowly)
    outcome = await Sender(utc_now, network=network, seconds=WAIT).send(
        attempt("https://a.example/")
    )
    assert attr(outcome) == (None, "There was no answer within 0.4 s", None)


@pytest.mark.parametrize("url", ["https://app.example:99999/", "ftp://app.example/", "http://[::1"])
async def test_a_url_that_cannot_be_used(url):
    outcome = await sender().send(attempt(url))
    assert outcome.status is None
    assert outcome.error.startswith("The URL must ")


async def test_no_proxy_of_the_environment_is_asked(receiver, monkeypatch):
    async with Receiver() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
            monkeypatch.setenv(name.lower(), proxy.url)
        assert (await sender().send(attempt(receiver.url))).status == 204
        assert (proxy.accepted, receiver.accepted) == (0, 1)


@pytest.mark.parametrize("name", ["hooks.example", "other.example"])
async def test_a_certificate_is_that_of_the_name(tmp_path, name):
    serving, trusting = contexts(tmp_path, "hooks.example")
    async with Receiver(context=serving) as receiver:
        leading = Leading(receiver)
        network = CheckedBackend(Names(["93.184.216.34"]), leading)
        told = Sender(utc_now, network=network, tls=trusting)
        outcome = await told.send(attempt(f"https://{name}/hook"))
        assert leading.addresses == ["93.184.216.34"]
        assert receiver.names == [name]
        if name == "hooks.example":
            assert outcome.status == 204
            assert [headers["host"] for _, headers in receiver.heads] == [name]
        else:
            assert outcome.status is None
            assert "CERTIFICATE_VERIFY_FAILED" in outcome.error
            assert receiver.bodies == []


async def test_a_certificate_of_nobody_known_is_refused(tmp_path):
    serving, _ = contexts(tmp_path, "hooks.example")
    async with Receiver(context=serving) as receiver:
        network = CheckedBackend(Names(["93.184.216.34"]), Leading(receiver))
        outcome = await Sender(utc_now, network=network).send(attempt("https://hooks.example/"))
        assert "CERTIFICATE_VERIFY_FAILED" in outcome.error
        assert receiver.bodies == []


def test_an_attempt_does_not_show_its_secrets():
    assert SECRET not in repr(attempt("https://app.example/"))


def attr(outcome: Outcome):
    return outcome.status, outcome.error, outcome.retry_after
