"""Keys from an issuer that rotates them, hangs, talks nonsense, goes away and comes back."""

import asyncio

import pytest

from fring_adapters.identity import JwksTokens, jwks
from fring_core import Identity, StoreUnavailable
from tests.identity.forging import ABSENT, from_issuer, jwk, refusal
from tests.identity.issuers import EMPTY, FAULTS, Issuer, key_set

pytestmark = pytest.mark.anyio

ANN = Identity("ann")
GUARD_SECONDS = 20.0  # against hanging only; no call waits more than two
HANGING = "hanging"
OLD = key_set(jwk("EdDSA", "old"), jwk("ES256", "both"))
NEW = key_set(jwk("EdDSA", "new"), jwk("ES256", "both"))


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(jwks, "monotonic", clock)
    return clock


@pytest.fixture
async def issuer():
    async with asyncio.timeout(GUARD_SECONDS), Issuer() as issuer:
        issuer.says = OLD
        yield issuer


@pytest.fixture
async def tokens(issuer, clock):
    async with JwksTokens(issuer.url) as tokens:
        yield tokens


async def settled(tokens):
    """Wait until no request is under way."""
    if tokens._asking is not None:
        await asyncio.wait([tokens._asking], timeout=GUARD_SECONDS)


def token(kid):
    return from_issuer(algorithm="ES256" if kid == "both" else "EdDSA", kid=kid)


async def test_keys_are_fetched_when_they_are_needed(tokens, issuer):
    assert issuer.requests == 0
    for _ in range(3):
        assert await tokens.identify(token("old")) == ANN
    assert await tokens.identify(token("both")) == ANN
    assert issuer.requests == 1


async def test_tokens_that_name_no_key_cause_no_request(tokens, issuer):
    for bad in ("garbage", "", from_issuer(kid=ABSENT), "A" * 10_000, from_issuer(crit=["x"])):
        await refusal(tokens, bad)
    assert issuer.requests == 0


async def test_a_rotated_key_is_found_at_once(tokens, issuer, clock, caplog):
    caplog.set_level("INFO", "fring.security")
    assert await tokens.identify(token("old")) == ANN
    assert not caplog.messages
    issuer.says = NEW
    clock.now += jwks.REFETCH_SECONDS
    assert await tokens.identify(token("new")) == ANN
    assert await tokens.identify(token("both")) == ANN
    await refusal(tokens, token("old"))
    assert issuer.requests == 2
    assert caplog.messages == ["the issuer's keys have changed: 1 new, 1 withdrawn"]


async def test_unknown_keys_cause_one_request_a_minute(tokens, issuer, clock):
    assert await tokens.identify(token("old")) == ANN
    for minute in range(1, 4):
        for second in range(60):
            await refusal(tokens, token(f"unknown{second}"))
            assert issuer.requests == minute
            clock.now += 1
    assert await tokens.identify(token("old")) == ANN


async def test_many_callers_cause_one_request(tokens, issuer, clock):
    issuer.may_answer.clear()
    calls = [asyncio.create_task(tokens.identify(token("old"))) for _ in range(50)]
    await issuer.asked.wait()
    issuer.may_answer.set()
    assert await asyncio.gather(*calls) == [ANN] * 50
    assert issuer.requests == 1
    clock.now += jwks.REFETCH_SECONDS
    unknown = [refusal(tokens, token(f"unknown{n}")) for n in range(50)]
    assert len(await asyncio.gather(*unknown)) == 50
    assert issuer.requests == 2


async def test_a_caller_that_gives_up_spoils_nothing(tokens, issuer):
    issuer.may_answer.clear()
    first, *others = [asyncio.create_task(tokens.identify(token("old"))) for _ in range(5)]
    await issuer.asked.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    issuer.may_answer.set()
    assert await asyncio.gather(*others) == [ANN] * 4
    assert issuer.requests == 1


async def test_a_withdrawn_key_is_forgotten(tokens, issuer, clock):
    assert await tokens.identify(token("old")) == ANN
    issuer.says = NEW
    clock.now += jwks.REFRESH_SECONDS
    assert await tokens.identify(token("both")) == ANN
    await settled(tokens)
    assert issuer.requests == 1, "not before the time"
    clock.now += 1
    assert await tokens.identify(token("both")) == ANN
    await settled(tokens)
    assert issuer.requests == 2
    await refusal(tokens, token("old"))
    assert await tokens.identify(token("new")) == ANN
    assert issuer.requests == 2


@pytest.mark.parametrize("empty", EMPTY)
async def test_an_empty_set_withdraws_all_keys(tokens, issuer, clock, empty):
    assert await tokens.identify(token("old")) == ANN
    issuer.says = EMPTY[empty]
    clock.now += jwks.REFETCH_SECONDS
    for kid in ("unknown", "old", "both", "new"):
        await refusal(tokens, token(kid))
    assert issuer.requests == 2
    # There is nothing to lose by asking again soon.
    issuer.says = NEW
    clock.now += jwks.FIRST_FETCH_SECONDS
    assert await tokens.identify(token("new")) == ANN


@pytest.mark.parametrize("empty", EMPTY)
async def test_an_issuer_that_has_no_keys_yet(tokens, issuer, empty):
    """It has answered, so the token is wrong, and not the issuer away."""
    issuer.says = EMPTY[empty]
    await refusal(tokens, token("old"))


async def test_known_keys_do_not_wait_for_a_refresh(tokens, issuer, clock):
    assert await tokens.identify(token("old")) == ANN
    clock.now += jwks.REFRESH_SECONDS + 1
    issuer.may_answer.clear()
    issuer.asked.clear()
    for _ in range(10):
        assert await tokens.identify(token("old")) == ANN
    await issuer.asked.wait()
    assert await tokens.identify(token("old")) == ANN
    assert issuer.requests == 2
    asking = tokens._asking
    assert asking is not None
    assert not asking.done()
    issuer.may_answer.set()


PATIENCE = jwks.TIMEOUT_SECONDS


async def misbehave(issuer, fault, monkeypatch):
    # The tests take less time; and a loaded machine has as long as ever for what succeeds.
    monkeypatch.setattr(jwks, "TIMEOUT_SECONDS", 0.3)
    if fault == HANGING:
        issuer.may_answer.clear()
    elif fault == "away":
        await issuer.go()
    else:
        issuer.says = FAULTS[fault]


async def behave(issuer, fault, monkeypatch):
    monkeypatch.setattr(jwks, "TIMEOUT_SECONDS", PATIENCE)
    issuer.says = NEW
    issuer.may_answer.set()
    if fault == "away":
        await issuer.come()


every_fault = pytest.mark.parametrize("fault", [HANGING, "away", *FAULTS])


@every_fault
async def test_known_keys_work_while_the_issuer_does_not(tokens, issuer, clock, fault, monkeypatch):
    assert await tokens.identify(token("old")) == ANN
    await misbehave(issuer, fault, monkeypatch)
    for _ in range(3):
        clock.now += jwks.REFRESH_SECONDS + 1
        await refusal(tokens, token("new"))  # which waits for the fault
        for kid in ("old", "both"):
            assert await tokens.identify(token(kid)) == ANN
        await settled(tokens)
    await behave(issuer, fault, monkeypatch)
    clock.now += jwks.REFETCH_SECONDS
    assert await tokens.identify(token("new")) == ANN
    await refusal(tokens, token("old"))


@every_fault
async def test_an_issuer_that_never_had_keys(tokens, issuer, clock, fault, caplog, monkeypatch):
    await misbehave(issuer, fault, monkeypatch)
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="No keys"):
            await tokens.identify(token("new"))
    asked = [record for record in caplog.records if record.name == "fring.identity"]
    assert len(asked) == 1, "asked once, whoever asks"
    await behave(issuer, fault, monkeypatch)
    clock.now += jwks.FIRST_FETCH_SECONDS
    assert await tokens.identify(token("new")) == ANN


async def test_nobody_waits_for_an_issuer_that_drips(tokens, issuer, clock):
    """MUST NOT wait for more than 2 s for a system other than the store."""
    # Each byte comes in time; the answer does not. This one waits as long as it may.
    issuer.drips = True
    with pytest.raises(StoreUnavailable):
        await tokens.identify(token("old"))
    issuer.drips = False
    assert jwks.TIMEOUT_SECONDS < 2


async def test_leaving_does_not_wait_for_an_issuer_that_hangs(issuer):
    issuer.may_answer.clear()
    async with JwksTokens(issuer.url) as tokens:
        call = asyncio.create_task(tokens.identify(token("old")))
        await issuer.asked.wait()
    with pytest.raises((asyncio.CancelledError, StoreUnavailable)):
        await call


async def test_proxies_of_the_environment_are_not_used(tokens, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert await tokens.identify(token("old")) == ANN


async def test_the_password_of_the_address_is_sent_and_not_shown(issuer, clock, caplog):
    url = issuer.url.replace("://", "://ann:s3cr%2Ft@") + "?key=s3cret"
    issuer.says = FAULTS["500"]
    async with JwksTokens(url) as tokens:
        with pytest.raises(StoreUnavailable) as raised, caplog.at_level("DEBUG"):
            await tokens.identify(token("old"))
        issuer.says = OLD
        clock.now += jwks.FIRST_FETCH_SECONDS
        assert await tokens.identify(token("old")) == ANN
    for head in issuer.heads:
        assert head.startswith(b"GET /jwks?key=s3cret HTTP/1.1")
        assert b"Authorization: Basic YW5uOnMzY3IvdA==" in head
    shown = f"{raised.value} {[r.getMessage() for r in caplog.records if r.name[:4] != 'http']}"
    assert issuer.url in shown
    assert "500" in shown
    assert "s3cr" not in caplog.text.replace("?key=s3cret", "")
    assert "s3cr" not in shown
