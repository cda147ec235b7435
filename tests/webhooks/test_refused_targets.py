"""What may not be called is not connected to, while somebody really listens there."""

import pytest

from fring_adapters.clock import utc_now
from fring_http.server.webhooks.connecting import CheckedBackend, NotCalled, look_up
from fring_http.server.webhooks.sending import Sender
from tests.webhooks.receivers import Leading, Names, Receiver, attempt
from tests.webhooks.test_targets import REFUSED_ADDRESSES, SPELLINGS

pytestmark = pytest.mark.anyio

PUBLIC = "93.184.216.34"
PUBLIC_6 = "2606:4700::1111"
REFUSED = "The host has an address that may not be called"


@pytest.fixture
async def receiver():
    async with Receiver() as receiver:
        yield receiver


async def sent(names, network, *, private=False):
    checked = CheckedBackend(names, network, private=private)
    return await Sender(utc_now, network=checked).send(attempt("http://app.example:8080/hook"))


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_6])
async def test_a_public_address_is_connected_to_under_its_name(receiver, address):
    """Show that the network of these tests leads to the receiver, whatever the address."""
    network = Leading(receiver)
    assert (await sent(Names([address]), network)).status == 204
    assert network.addresses == [address]
    assert receiver.accepted == 1
    assert receiver.heads[0][1]["host"] == "app.example:8080"


@pytest.mark.parametrize("host", [PUBLIC, f"[{PUBLIC_6}]"])
async def test_an_address_is_its_own_name(receiver, host):
    async def itself(host, port):
        return [host]

    told = Sender(utc_now, network=CheckedBackend(itself, Leading(receiver)))
    assert (await told.send(attempt(f"http://{host}:8080/"))).status == 204
    assert receiver.heads[0][1]["host"] == f"{host}:8080"


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
async def test_a_name_of_such_an_address_is_not_connected_to(receiver, address):
    network = Leading(receiver)
    outcome = await sent(Names([address]), network)
    assert (outcome.status, outcome.error) == (None, REFUSED)
    assert (receiver.accepted, network.addresses) == (0, [])


@pytest.mark.parametrize("addresses", [(PUBLIC, "10.0.0.1"), ("::1", PUBLIC), (PUBLIC, "fe80::1")])
async def test_one_such_address_among_others_is_enough(receiver, addresses):
    network = Leading(receiver)
    outcome = await sent(Names(addresses), network)
    assert (outcome.status, outcome.error) == (None, REFUSED)
    assert (receiver.accepted, network.addresses) == (0, [])


async def test_a_name_that_changes_after_it_was_looked_up(receiver):
    names, network = Names([PUBLIC], ["127.0.0.1"]), Leading(receiver)
    assert (await sent(names, network)).status == 204
    assert names.asked == [("app.example", 8080)]  # once
    assert network.addresses == [PUBLIC]  # and what was checked is what was connected to
    assert (await sent(names, network)).error == REFUSED
    assert receiver.accepted == 1


async def test_the_next_address_is_tried_and_no_other(receiver):
    network = Leading(receiver, dead=(PUBLIC_6,))
    names = Names([PUBLIC_6, PUBLIC])
    assert (await sent(names, network)).status == 204
    assert network.addresses == [PUBLIC_6, PUBLIC]
    assert len(names.asked) == 1


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_this_machine_is_connected_to(receiver, host):
    url = f"http://{host}:{receiver.port}/"
    outcome = await Sender(utc_now).send(attempt(url))
    assert outcome.status is None
    assert outcome.error.startswith("The URL must ")
    assert receiver.accepted == 0


LOOKED_UP = (
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "127.1",
    "localhost",
    "::ffff:7f00:1",
)


@pytest.mark.parametrize("host", LOOKED_UP)
async def test_nor_where_a_url_was_taken_for_a_name(receiver, host):
    """What the system's own look-up makes of it is checked, whatever was made of the URL."""
    with pytest.raises(NotCalled):
        await CheckedBackend().connect_tcp(host, receiver.port)
    assert receiver.accepted == 0
    open_to_all = CheckedBackend(private=True)
    stream = await open_to_all.connect_tcp(host, receiver.port)
    await stream.aclose()


async def test_a_network_of_ones_own_is_connected_to_if_it_is_allowed(receiver):
    assert (await sent(Names(["10.0.0.1", "::1"]), Leading(receiver), private=True)).status == 204
    network = Leading(receiver)
    assert (await sent(Names(["224.0.0.1"]), network, private=True)).error == REFUSED
    assert network.addresses == []


async def test_a_look_up_gives_each_address_once():
    assert await look_up("127.0.0.1", 80) == ["127.0.0.1"]


async def test_a_look_up_that_fails_is_told():
    with pytest.raises(NotCalled, match="has no address"):
        await CheckedBackend().connect_tcp("a" * 64, 80)  # no name server is asked for such a one
