"""Webhooks: what may be one, and the use cases on the memory store."""

from datetime import timedelta
from typing import Any

import pytest

from fring_adapters.memory import MemoryStore
from fring_core import (
    UNSET,
    BlockingFring,
    DeliveryNotFound,
    DeliveryState,
    EventType,
    FixedClock,
    Fring,
    InvalidInput,
    NewTask,
    NewUser,
    NewWebhook,
    Page,
    Place,
    TaskChanges,
    VersionConflict,
    WebhookChanges,
    WebhookNotFound,
)
from fring_core.patterns import PATTERNS, matches
from fring_core.webhooks import Outcome
from tests.core.examples import NOW

URL = "https://example.com/hook"
DAY = timedelta(days=1)
GOOD, BAD = Outcome(204, "", None, 0.1), Outcome(500, "", None, 0.1)
GONE, SILENT = Outcome(410, "", None, 0.1), Outcome(None, "timed out", None, 15.0)


@pytest.fixture
def clock():
    return FixedClock(NOW)


@pytest.fixture
def fring(clock):
    return BlockingFring(Fring(MemoryStore(), clock=clock))


def add(fring, *types, url=URL):
    return fring.webhooks.create(NewWebhook(url, types or ("*",))).webhook


def add_tasks(fring, *titles):
    return [fring.tasks.create(NewTask(title)) for title in titles]


def log(fring, webhook):
    return [(each.type, each.state.value) for each in fring.webhooks.deliveries(webhook.id)]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (7, "must be a text"),
        ("", "must not be blank"),
        ("https://example.com/" + "x" * 1981, "must have at most 2000 characters"),
        ("https://exa mple.com", "blanks, control characters or backslashes"),
        ("https://example.com/\t", "blanks, control characters or backslashes"),
        ("https://good.com\\@evil.com", "blanks, control characters or backslashes"),
        ("ftp://example.com", "must be a URL such as"),
        ("example.com", "must be a URL such as"),
        ("https:///path", "must be a URL such as"),
        ("https://example.com:0", "must be a URL such as"),
        ("https://example.com:65536", "must be a URL such as"),
        ("https://[::1", "must be a URL such as"),
        ("https://ann@example.com", "must not contain a user or a password"),
        ("https://ann:secret@example.com", "must not contain a user or a password"),
        ("https://@example.com", "must not contain a user or a password"),
    ],
)
def test_what_no_url_is(url, why):
    for make in (NewWebhook, lambda url: WebhookChanges(url=url)):
        with pytest.raises(InvalidInput, match=f"url: .*{why}"):
            make(url)


@pytest.mark.parametrize(
    "url", ["http://example.com", "HTTPS://EXAMPLE.com:8443/a?b=c#d", "http://[2001:db8::1]:80/"]
)
def test_a_url_is_kept_as_it_is(url):
    assert NewWebhook(url).url == url


@pytest.mark.parametrize(
    ("types", "why"),
    [
        ("task.*", "must be a list of texts"),
        ({"task.*"}, "must be a list of texts"),
        ([7], "must be a list of texts"),
        (None, "must be a list of texts"),
        ([], "must be 1 to 20"),
        ([f"{n}" for n in range(21)], "must be 1 to 20"),
        (["task.*", "task.create"], r"must be of \*, task\.\*, .*; 'task.create' is none"),
        (["webhook.test"], ".*; 'webhook.test' is none"),
    ],
)
def test_what_no_types_are(types, why):
    for make in (lambda: NewWebhook(URL, types), lambda: WebhookChanges(types=types)):
        with pytest.raises(InvalidInput, match=f"types: {why}"):
            make()


def test_types_are_kept_once_each():
    assert NewWebhook(URL, [*PATTERNS, "*"]).types == PATTERNS
    assert NewWebhook(URL, [EventType.TASK_CREATED]).types == ("task.created",)
    assert {*PATTERNS} == {"*", "task.*", "user.*", *EventType}
    assert WebhookChanges().types is UNSET


def test_other_fields():
    assert NewWebhook(URL, description="x" * 1000).description == "x" * 1000
    with pytest.raises(InvalidInput, match="description: must have at most 1000"):
        NewWebhook(URL, description="x" * 1001)
    wrong: Any = (None, 1, "yes")
    for paused in wrong:
        with pytest.raises(InvalidInput, match="paused: must be true or false"):
            WebhookChanges(paused=paused)


def test_what_matches():
    for types, event in (("*", "list.made"), ("task.*", "task.made"), ("task.made", "task.made")):
        assert matches(["user.created", types], event)
    for types, event in (("user.*", "task.made"), ("task.made", "task.m"), ("task.*", "tasks.m")):
        assert not matches([types], event)


def test_an_error_is_what_a_store_can_hold():
    assert Outcome(None, "a\0\ud800" + "x" * 600, None, 1.0).error == "a??" + "x" * 497


def test_one_is_kept(fring):
    added = fring.webhooks.create(NewWebhook(URL, ["task.*"], "ours"))
    webhook = added.webhook
    assert (webhook.url, webhook.types, webhook.description) == (URL, ("task.*",), "ours")
    assert (webhook.created_at, webhook.version, webhook.disabled_at) == (NOW, 1, None)
    assert fring.webhooks.get(webhook.id) == webhook
    assert added.secret not in f"{added!r} {webhook!r} {fring.webhooks.list()!r}"
    other = add(fring)
    first = fring.webhooks.list(Page(limit=1))
    assert (first, first.more) == ([webhook], True)
    assert fring.webhooks.list(Page(after=Place(webhook.id))) == [other]
    fring.webhooks.delete(webhook.id, version=1)
    assert fring.webhooks.list() == [other]


def test_one_is_changed(fring, clock):
    webhook = add(fring)
    clock.advance(DAY)
    changed = fring.webhooks.update(webhook.id, WebhookChanges(types=["user.*"]), version=1)
    assert (changed.types, changed.url, changed.version) == (("user.*",), URL, 2)
    assert fring.webhooks.update(webhook.id, WebhookChanges(url=URL, paused=False)).version == 2
    paused = fring.webhooks.update(webhook.id, WebhookChanges(paused=True))
    assert (paused.disabled_at, paused.disabled_why, paused.version) == (NOW + DAY, "paused", 3)
    clock.advance(DAY)
    assert fring.webhooks.update(webhook.id, WebhookChanges(paused=True)).version == 3
    for call in (
        lambda: fring.webhooks.update(webhook.id, WebhookChanges(url=f"{URL}s"), version=2),
        lambda: fring.webhooks.delete(webhook.id, version=2),
    ):
        with pytest.raises(VersionConflict) as conflict:
            call()
        assert conflict.value.version == 3
    enabled = fring.webhooks.update(webhook.id, WebhookChanges(paused=False))
    assert (enabled.disabled_at, enabled.disabled_why, enabled.version) == (None, None, 4)


@pytest.mark.parametrize("number", [0, -1, 7, 2**63])
def test_one_that_is_not_there(fring, number):
    for call in (
        fring.webhooks.get,
        fring.webhooks.delete,
        fring.webhooks.rotate,
        fring.webhooks.test,
        fring.webhooks.deliveries,
        lambda webhook_id: fring.webhooks.update(webhook_id, WebhookChanges()),
    ):
        with pytest.raises(WebhookNotFound, match=f"^Webhook {number} not found$"):
            call(number)
    with pytest.raises(DeliveryNotFound, match=f"^Delivery {number} not found$"):
        fring.webhooks.redeliver(number)


def test_what_is_told(fring):
    add_tasks(fring, "before")
    everything, users = add(fring), add(fring, "user.created", "task.deleted")
    [task] = add_tasks(fring, "task")
    fring.tasks.create(NewTask("mine"), owner="ann")
    fring.users.create(NewUser("ann", "ann@example.com"))
    assert fring.webhooks.dispatch() > 0
    assert fring.webhooks.dispatch() == 0
    assert log(fring, everything) == [("user.created", "pending"), ("task.created", "pending")]
    assert log(fring, users) == [("user.created", "pending")]
    first = fring.webhooks.claim(1)[0]
    [event] = fring.events.of_task(task.id)
    assert (first.event, first.at, first.type) == (event, event.at, event.type)
    assert first.message_id == f"msg_{event.cursor}"
    assert fring.webhooks.settle(first, GOOD) is True
    assert fring.webhooks.settle(first, GOOD) is False
    assert log(fring, everything)[1] == ("task.created", "delivered")


def test_nothing_is_told_of_what_is_rolled_back(fring):
    webhook = add(fring)
    with pytest.raises(ZeroDivisionError), fring.transaction() as inner:
        add_tasks(inner, "never")
        raise ZeroDivisionError
    fring.webhooks.dispatch()
    assert log(fring, webhook) == []


def test_dispatching_goes_on_in_parts(fring):
    webhooks = [add(fring), add(fring)]
    add_tasks(fring, *"abcde")
    others = add(fring)
    looked_at: list[int] = []
    while not looked_at or looked_at[-1]:
        looked_at.append(fring.webhooks.dispatch(limit=4))
    assert looked_at == [2, 2, 1, 0]
    assert [len(log(fring, each)) for each in (*webhooks, others)] == [5, 5, 0]
    assert fring.webhooks.dispatch(limit=0) == 0
    add_tasks(fring, "f")
    assert fring.webhooks.dispatch(limit=1) > 0


def test_one_whose_place_is_gone_goes_on_from_here(fring):
    webhook = add(fring)
    add_tasks(fring, *"abc")
    fring.events.forget(NOW + DAY)
    add_tasks(fring, "d")
    assert fring.webhooks.dispatch() == 0
    add_tasks(fring, "e")
    assert fring.webhooks.dispatch() == 1
    [delivery] = fring.webhooks.deliveries(webhook.id)
    assert delivery.event.after["title"] == "e"


def test_what_comes_while_one_is_paused_is_not_told(fring):
    webhook = add(fring)
    add_tasks(fring, "before")
    fring.webhooks.dispatch()
    fring.webhooks.update(webhook.id, WebhookChanges(paused=True))
    add_tasks(fring, "meanwhile")
    assert (fring.webhooks.dispatch(), fring.webhooks.claim()) == (0, ())
    fring.webhooks.update(webhook.id, WebhookChanges(paused=False))
    add_tasks(fring, "after")
    fring.webhooks.dispatch()
    titles = [each.event.after["title"] for each in fring.webhooks.claim()]
    assert titles == ["before", "after"]


def test_one_that_answers_badly_is_tried_again_until_it_is_given_up(fring, clock):
    webhook = add(fring)
    sent = fring.webhooks.test(webhook.id)
    waits = []
    for number in range(1, 11):
        [attempt] = fring.webhooks.claim()
        assert (attempt.number, attempt.message_id, attempt.event) == (
            number,
            sent.message_id,
            None,
        )
        fring.webhooks.settle(attempt, BAD)
        [delivery] = fring.webhooks.deliveries(webhook.id)
        assert (delivery.attempts, delivery.status, delivery.error) == (number, 500, "")
        assert fring.webhooks.claim() == ()
        if delivery.next_at is not None:
            waits.append((delivery.next_at - clock.now).total_seconds())
            clock.now = delivery.next_at
            fring.webhooks.update(webhook.id, WebhookChanges(paused=False))
    assert delivery.state is DeliveryState.FAILED
    assert len(waits) == 9
    begun = fring.webhooks.redeliver(delivery.id)
    assert (begun.state, begun.attempts, begun.message_id) == ("pending", 0, sent.message_id)


def test_one_that_fails_for_five_days_is_disabled(fring, clock):
    webhook = add(fring)
    for days, outcome, why in (
        (0, BAD, None),
        (4, BAD, None),
        (1, GOOD, None),
        (1, SILENT, None),
        (4, BAD, None),
        (1, BAD, "failing"),
    ):
        clock.advance(DAY * days)
        fring.webhooks.test(webhook.id)
        fring.webhooks.settle(fring.webhooks.claim()[-1], outcome)
        assert fring.webhooks.get(webhook.id).disabled_why == why
    assert fring.webhooks.get(webhook.id).disabled_at == clock.now


def test_one_that_is_gone_is_disabled(fring):
    webhook = add(fring)
    for _ in range(2):
        fring.webhooks.test(webhook.id)
    [attempt, other] = fring.webhooks.claim()
    fring.webhooks.settle(attempt, GONE)
    assert fring.webhooks.get(webhook.id).disabled_why == "gone"
    fring.webhooks.settle(other, GOOD)
    assert fring.webhooks.get(webhook.id).disabled_why == "gone"
    assert log(fring, webhook) == [("webhook.test", "delivered"), ("webhook.test", "failed")]


def test_secrets_change(fring, clock):
    added = fring.webhooks.create(NewWebhook(URL))
    rotated = fring.webhooks.rotate(added.webhook.id)
    fring.webhooks.test(added.webhook.id)
    assert rotated.webhook == added.webhook
    assert fring.webhooks.claim()[0].secrets == (rotated.secret, added.secret)
    clock.advance(DAY)
    assert fring.webhooks.claim()[0].secrets == (rotated.secret,)


def test_the_log_of_one(fring):
    webhook = add(fring)
    ids = [fring.webhooks.test(webhook.id).id for _ in range(3)]
    found = fring.webhooks.deliveries(webhook.id, limit=2)
    assert ([each.id for each in found], found.more) == (ids[:0:-1], True)
    for before_id, expected in ((ids[1], ids[:1]), (-(2**70), []), (2**70, ids[::-1])):
        listed = fring.webhooks.deliveries(webhook.id, before_id=before_id)
        assert [each.id for each in listed] == expected


def test_what_is_done_is_forgotten(fring):
    webhook = add(fring)
    for _ in range(2):
        fring.webhooks.test(webhook.id)
    fring.webhooks.settle(fring.webhooks.claim(1)[0], GOOD)
    assert fring.webhooks.forget(NOW) == 0
    assert fring.webhooks.forget(NOW + DAY) == 1
    assert log(fring, webhook) == [("webhook.test", "pending")]
    with pytest.raises(ValueError, match="zone"):
        fring.webhooks.forget(NOW.replace(tzinfo=None))


def test_what_is_told_belongs_to_the_caller(fring):
    webhook = add(fring)
    [task] = add_tasks(fring, "task")
    fring.tasks.update(task.id, TaskChanges(title="other"))
    fring.webhooks.dispatch()
    for told in (*fring.webhooks.claim(), *fring.webhooks.deliveries(webhook.id)):
        told.event.after["title"] = "mine"
    titles = [each.event.after["title"] for each in fring.webhooks.deliveries(webhook.id)]
    assert titles == ["other", "task"]
