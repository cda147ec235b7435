"""URLs and addresses that are refused, in each spelling, and those that are not."""

from ipaddress import ip_address

import pytest

from fring_http.targets import may_be_called, refused

# A line each: what it is, and addresses of it.
REFUSED = {
    "loopback": ("127.0.0.1", "127.255.255.254", "::1"),
    "private": ("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1"),
    "link-local": ("169.254.169.254", "fe80::1", "fe80::1%eth0", "febf::1"),
    "site-local": ("fec0::1",),
    "shared": ("100.64.0.1", "100.127.255.255"),
    "NAT64": ("64:ff9b::808:808", "64:ff9b::7f00:1", "64:ff9b:1::1", "64:ff9b:1:ffff::1"),
    "mapped": ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1"),
    "translated": ("::ffff:0:127.0.0.1",),
    "6to4": ("2002:7f00:1::1", "2002:a00:1::1"),
    "Teredo": ("2001:0:7f00:1::1", "2001::1"),
    "documentation": ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"),
    "protocols": ("192.0.0.1", "192.88.99.1", "198.18.0.1", "198.19.255.255", "100::1", "5f00::1"),
    "multicast": ("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"),
    "unspecified": ("0.0.0.0", "0.1.2.3", "::"),
    "reserved": ("240.0.0.1", "255.255.255.255", "4000::1", "::2"),
}
REFUSED_ADDRESSES = [each for some in REFUSED.values() for each in some]
NEXT_TO_THEM = (
    *("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"),
    *("128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
    *("192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0"),
    *("223.255.255.255", "2000::", "2001:200::", "2003::", "2606:4700::1111", "3ffe::"),
)
EVEN_PRIVATE = ("224.0.0.1", "ff02::1", "0.0.0.0", "::", "::ffff:224.0.0.1", "::ffff:0.0.0.0")

# Each of them is 127.0.0.1, or ::1, to somebody.
SPELLINGS = (
    *("127.0.0.1", "127.0.0.1.", "2130706433", "0x7f000001", "0x7f.1", "0X7F.0.0.1", "127.1"),
    *("127.0.1", "017700000001", "0177.1", "0177.0.0.1", "0", "localhost", "LocalHost."),
    *("a.b.localhost", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *(
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "127。0。0。1",
        "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
        "①②⑦.0.0.1",
    ),
    *(
        "ⓛocalhost",
        "127%2e0%2e0%2e1",
        "%31%32%37.0.0.1",
        "loc%61lhost",
        "127.0.0.1%00",
        "[::1%25lo]",
    ),
)
NO_URLS = (
    *("", "app.example", "//app.example/", "/hook", "http://", "https:///hook", "http://:80/"),
    *("ftp://app.example/", "file:///etc/passwd", "gopher://app.example/", "javascript:alert(1)"),
    *(" http://app.example/", "http://app example/", "http://app.example\n/", "http://a..b/"),
    *("http://app.example:0/", "http://app.example:65536/", "http://app.example:port/"),
    *("http://[::1", "http://[v1.x]/", "http://1.2.3.4.5/", "http://app.0x1/", "http://256.1.1.1/"),
    *("http://a/\ud800", f"http://{'a' * 64}.example/", f"http://app.example/{'a' * 2000}"),
)
USERINFO = ("ann@", "ann:secret@", ":@", "@", "app.example\\@", "127.0.0.1:80@")
GOOD = (
    *("http://app.example", "https://app.example/hook?a=b@c#d", "https://app.example:8443/@/x"),
    *("https://bücher.example/", "HTTPS://APP.EXAMPLE./", "http://xn--bcher-kva.example/"),
    *(
        "http://8.8.8.8/",
        "http://134744072/",
        "https://[2606:4700::1111]:8443/",
        "http://intranet/",
    ),
    *("http://localhost.example/", "http://my_host-1.example/", "http://127.0.0.1.example/"),
)


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_that_is_not_public_may_not_be_called(address):
    assert not may_be_called(ip_address(address))
    assert may_be_called(ip_address(address), private=True) == (
        address not in EVEN_PRIVATE and not ip_address(address).is_multicast
    )


@pytest.mark.parametrize("address", NEXT_TO_THEM)
def test_an_address_beside_those_may_be_called(address):
    assert may_be_called(ip_address(address))
    assert may_be_called(ip_address(address), private=True)


@pytest.mark.parametrize("address", EVEN_PRIVATE)
def test_what_is_no_machine_s_is_never_called(address):
    assert not may_be_called(ip_address(address), private=True)


@pytest.mark.parametrize("host", SPELLINGS)
@pytest.mark.parametrize("form", ["http://{}/", "https://{}:8443/hook"])
def test_each_spelling_of_this_machine_is_refused(form, host):
    assert refused(form.format(host)) is not None


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_url_of_http_is_refused(url):
    for private in (False, True):
        assert (refused(url, private=private) or "").startswith("must ")


@pytest.mark.parametrize("userinfo", USERINFO)
def test_a_user_is_refused(userinfo):
    assert refused(f"https://{userinfo}app.example/") == "must not have a user or a password"


@pytest.mark.parametrize("url", GOOD)
def test_another_url_is_taken_as_it_is(url):
    assert refused(url) is None


@pytest.mark.parametrize("host", ["localhost", "10.0.0.1", "0x7f.1", "[::1]", "[fd00::1]"])
def test_a_network_of_ones_own_may_be_allowed(host):
    assert refused(f"http://{host}:8080/hook", private=True) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "0", "[::]", "239.1.1.1", "[ff02::1]"])
def test_no_setting_allows_what_is_no_machine_s(host):
    assert "not be of this machine" in (refused(f"http://{host}/", private=True) or "")
