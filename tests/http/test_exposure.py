"""Nobody but this machine reaches a server without authentication, unless that was said."""

import socket

import pytest

from fring_http.server.exposure import listening_host
from fring_http.server.modes import AuthMode, SettingsError
from fring_http.server.settings import Settings
from tests.http.tokens import SECRET
from tests.serving import fring

LOCAL = ["127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost", "127.1", "::ffff:127.0.0.1"]
OPEN = ["0.0.0.0", "::", "[::]", "", "0", "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "0x0"]


@pytest.mark.parametrize("host", LOCAL)
def test_this_machine_is_enough(host):
    assert listening_host(Settings(host=host)) == host


def test_both_families_are_those_of_this_machine():
    assert listening_host(Settings(host="::")) == "localhost"
    assert listening_host(Settings(host="::", auth=AuthMode.OFF)) == "::"


@pytest.mark.parametrize("environment", ["development", "test"])
@pytest.mark.parametrize("host", [host for host in OPEN if host != "::"])
def test_another_address_needs_authentication(host, environment):
    with pytest.raises(SettingsError) as caught:
        listening_host(Settings(host=host, environment=environment))
    for way_out in ("BETTER_AUTH_SECRET", "FRING_JWKS_URL", "FRING_AUTH=off"):
        assert way_out in str(caught.value)


@pytest.mark.parametrize("host", OPEN)
@pytest.mark.parametrize(
    "settings",
    [{"auth": AuthMode.OFF}, {"secret": SECRET}, {"jwks_url": "https://issuer.example/jwks"}],
)
def test_or_to_be_meant(host, settings):
    assert listening_host(Settings(host=host, **settings)) == host


@pytest.mark.parametrize(
    ("addresses", "local"),
    [(["127.0.0.1", "::1"], True), (["192.0.2.1"], False), (["127.0.0.1", "192.0.2.1"], False)],
)
def test_a_name_is_what_it_stands_for(monkeypatch, addresses, local):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    if local:
        listening_host(Settings(host="my.machine"))
    else:
        with pytest.raises(SettingsError, match="FRING_AUTH=off"):
            listening_host(Settings(host="my.machine"))


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 70, "\xff" * 70])
def test_a_name_that_stands_for_nothing_is_not_local(host):
    with pytest.raises(SettingsError, match="Cannot listen on"):
        listening_host(Settings(host=host))


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("localhost:18111", "HOST=localhost PORT=18111"),
        ("0.0.0.0:80", "HOST=0.0.0.0 PORT=80"),
        ("[::1]:9000", "HOST=::1 PORT=9000"),
        ("http://localhost:9000/", "HOST=localhost PORT=9000"),
        ("https://fring.example", "HOST=fring.example PORT=8000"),
    ],
)
@pytest.mark.parametrize("auth", [None, AuthMode.OFF])
def test_a_port_is_no_part_of_a_host(host, alone, auth):
    with pytest.raises(SettingsError, match="is more than a host") as refused:
        listening_host(Settings(host=host, auth=auth))
    assert str(refused.value).endswith(f": set {alone}")


def test_the_start_is_refused(tmp_path):
    ended = fring(tmp_path, "serve", DATABASE_URL="memory://", HOST="0.0.0.0")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "HOST=0.0.0.0 lets other machines in" in ended.stderr
