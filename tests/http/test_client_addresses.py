"""Where a client goes: what an address may be, and which proxy of the environment it takes."""

import asyncio
import base64
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest

from benchmarks.ports import free_port
from fring_core import NewTask, StoreUnavailable
from fring_http.client import BlockingFringClient, FringClient, UnexpectedAnswer

PASSWORD = "pa:ss"
HOST = "http://fring.example"  # which no name server knows: only a proxy leads there


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Give the environment, without a proxy in it."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


class Proxy(ThreadingHTTPServer):
    def __init__(self, behind):
        super().__init__(("127.0.0.1", 0), Through)
        self.behind, self.seen = behind, []


class Through(BaseHTTPRequestHandler):
    """Answer as a proxy does, from one server for every host."""

    server: Proxy

    def forward(self):
        self.server.seen.append((self.command, self.path, self.headers["proxy-authorization"]))
        size = int(self.headers["content-length"] or 0)
        url = httpx.URL(self.path)
        kept = {
            name: self.headers[name]
            for name in ("content-type", "authorization")
            if name in self.headers
        }
        answer = httpx.request(
            self.command,
            self.server.behind + url.raw_path.decode(),
            content=self.rfile.read(size),
            headers=kept,
            trust_env=False,
        )
        self.send_response(answer.status_code)
        self.send_header("content-type", answer.headers.get("content-type", ""))
        self.send_header("content-length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST = do_DELETE = forward  # noqa: N815  # called so by the base class

    def do_CONNECT(self):
        self.server.seen.append((self.command, self.path, self.headers["proxy-authorization"]))
        self.send_error(407)

    def log_message(self, *_):
        pass


@pytest.fixture
def proxy(server):
    """Give a proxy's address without scheme, and what it has seen."""
    with Proxy(server) as running:
        thread = Thread(target=running.serve_forever)
        thread.start()
        yield f"127.0.0.1:{running.server_port}", running.seen
        running.shutdown()
        thread.join()


@pytest.fixture(params=["asyncio", "blocking"])
def call(request):
    """Give a function that makes a call on a client at a URL."""

    def run(url, make=lambda fring: fring.users.list(), **options):
        options = {"patience": 0} | options
        if request.param == "blocking":
            with BlockingFringClient(url, **options) as fring:
                return make(fring)

        async def with_client():
            async with FringClient(url, **options) as fring:
                return await make(fring)

        return asyncio.run(with_client())

    return run


def test_the_proxy_of_the_environment_is_taken(call, proxy, environment):
    where, seen = proxy
    for name, value in (
        ("HTTP_PROXY", f"http://{where}"),
        ("http_proxy", f"http://{where}/"),
        ("HTTP_PROXY", where),
        ("ALL_PROXY", f"http://ann:pa%3Ass@{where}"),
    ):
        with environment.context() as patch:
            patch.setenv(name, value)
            patch.setenv("NO_PROXY", "localhost, [::1], ::1,, .example.org, 10.0.0.0/8")
            task = call(HOST, lambda fring: fring.tasks.create(NewTask("x")))
            call(HOST, lambda fring, task=task: fring.tasks.delete(task.id))
        assert [line[:2] for line in seen[:2]] == [
            ("POST", f"{HOST}/api/v1/tasks"),
            ("DELETE", f"{HOST}/api/v1/tasks/{task.id}"),
        ]
        basic = f"Basic {base64.b64encode(f'ann:{PASSWORD}'.encode()).decode()}"
        assert {line[2] for line in seen} == {basic if "@" in value else None}
        seen.clear()


def test_a_proxy_that_refuses_is_named_with_the_call_and_no_password(call, proxy, environment):
    where, seen = proxy
    environment.setenv("HTTPS_PROXY", f"http://ann:{PASSWORD.replace(':', '%3A')}@{where}")
    with pytest.raises(StoreUnavailable) as away:
        call("https://fring.example/board")
    assert [line[:2] for line in seen] == [("CONNECT", "fring.example:443")]
    assert str(away.value).startswith(
        "GET https://fring.example/board/api/v1/users through the environment's proxy"
        f" http://{where}: "
    )
    assert PASSWORD not in str(away.value)


@pytest.mark.parametrize(
    "exempt",
    ["127.0.0.1", "127.0.0.0/8", "*", "a.example,127.0.0.1", "localhost, *", "127.0.0.1:PORT"],
)
def test_what_is_exempt_is_reached_without_one(call, server, environment, exempt):
    environment.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(StoreUnavailable):
        call(server)
    environment.setenv("NO_PROXY", exempt.replace("PORT", server.rpartition(":")[2]))
    call(server)


@pytest.mark.parametrize("exempt", ["::1", "[::1]", "::/64", "[::1]:1"])
def test_addresses_of_ipv6_are_exempt_too(environment, exempt):
    environment.setenv("ALL_PROXY", "socks5://127.0.0.1:9")  # which would be refused
    environment.setenv("NO_PROXY", exempt)
    BlockingFringClient("http://[::1]:1").close()


@pytest.mark.parametrize("kind", [FringClient, BlockingFringClient])
def test_a_proxy_that_cannot_be_used_is_refused_with_advice(environment, kind):
    environment.setitem(sys.modules, "socksio", None)
    environment.setenv("ALL_PROXY", "socks5://ann:secret@127.0.0.1:9")
    with pytest.raises(ValueError, match=r"pip install 'httpx\[socks\]'") as refused:
        kind("http://127.0.0.1:8000")
    assert "127.0.0.1 in NO_PROXY" in str(refused.value)
    for proxy in ("gopher://ann:secret@proxy", "http://ann:secret@proxy:port", "socks://secret"):
        environment.setenv("ALL_PROXY", proxy)
        with pytest.raises(ValueError, match="name fring in NO_PROXY") as refused:
            kind("http://fring")
        assert "secret" not in str(refused.value)
    kind("http://fring", transport=httpx.MockTransport(lambda _: httpx.Response(200)))


def test_certificates_that_are_not_there_are_refused(environment):
    environment.setenv("SSL_CERT_FILE", "/none/such")
    with pytest.raises(ValueError, match="SSL_CERT_FILE"):
        BlockingFringClient("https://fring.example")


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("localhost:8000", "begin with http://"),
        ("fring", "begin with http://"),
        ("", "begin with http://"),
        (" http://fring", "begin with http://"),
        ("ftp://fring", "begin with http://"),
        ("http://", "begin with http://"),
        ("http:///api", "begin with http://"),
        ("http://fring?x=1", "query"),
        ("http://fring/todo?token=secret", "query"),
        ("http://fring/todo?", "query"),
        ("http://fring/#tasks", "fragment"),
        ("http://fring:port", "port"),
        ("http://fring:99999", "99999"),
        ("http://[::1", "no address"),
        ("http://a b/", "no host"),
        ("http://xn--zz.example", "no address"),
        ("http://fring\n", "no address"),
        ("http://ann:secret@fring:port", "no address"),
        ("http://ann:pass/secret@fring", "no address"),
        (5, "no address"),
        (None, "no address"),
    ],
)
def test_what_is_no_address_is_refused_with_advice(url, advice):
    for kind in (FringClient, BlockingFringClient):
        with pytest.raises(ValueError, match=advice) as refused:
            kind(url)
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "option",
    [
        *({"timeout": value} for value in (0, -1, None, "5", True, float("nan"), float("inf"))),
        *({"patience": value} for value in (-1, None, "2", True, float("nan"), float("inf"))),
    ],
)
def test_patience_that_cannot_be_is_refused(option):
    for kind in (FringClient, BlockingFringClient):
        with pytest.raises(ValueError, match=next(iter(option))):
            kind(HOST, **option)


async def renewed():
    return "token"


@pytest.mark.parametrize(
    ("token", "advice"),
    [
        (b"token", "not bytes"),
        (5, "not int"),
        ("a b", "visible ASCII"),
        ("", "visible ASCII"),
        (renewed, "await the token beforehand"),
        (lambda: None, "this one returned NoneType"),
        (lambda: renewed(), "this one returned coroutine"),  # noqa: PLW0108  # nor does it show
        (lambda: "a b", "visible ASCII"),
    ],
)
def test_what_is_no_token_is_refused_before_anything_is_sent(call, token, advice):
    def answer(_):
        raise AssertionError

    with pytest.raises(ValueError, match=advice):
        call(HOST, token=token, transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(
    ("url", "requested"),
    [
        ("http://fring", "http://fring/api/v1/users"),
        ("http://fring/", "http://fring/api/v1/users"),
        ("HTTP://FRING:8000", "http://fring:8000/api/v1/users"),
        ("https://fring/todo", "https://fring/todo/api/v1/users"),
        ("https://fring/todo/", "https://fring/todo/api/v1/users"),
        ("https://fring/to%20do", "https://fring/to%20do/api/v1/users"),
        ("http://bücher.example", "http://xn--bcher-kva.example/api/v1/users"),
        ("http://[::1]:8000", "http://[::1]:8000/api/v1/users"),
    ],
)
def test_an_address_is_kept(call, url, requested):
    seen = []

    def answer(request):
        seen.append(str(request.url).partition("?")[0])
        return httpx.Response(418)

    with pytest.raises(UnexpectedAnswer) as unexpected:
        call(url, transport=httpx.MockTransport(answer))
    assert seen == [requested]
    assert unexpected.value.request == f"GET {requested}"


def test_a_proxy_that_is_not_there_is_named_too(call, environment):
    environment.setenv("ALL_PROXY", f"http://ann:secret@127.0.0.1:{free_port()}/?x=secret")
    with pytest.raises(StoreUnavailable, match=r"proxy http://127\.0\.0\.1:\d+/: .*") as away:
        call(HOST)
    assert "secret" not in str(away.value)
    straight = httpx.MockTransport(lambda _: httpx.Response(503))
    with pytest.raises(StoreUnavailable) as away:
        call(HOST, transport=straight)
    assert "proxy" not in str(away.value)


def test_a_password_in_the_address_is_sent_and_never_shown(call):
    seen = []

    def answer(request):
        seen.append(request.headers["authorization"])
        return httpx.Response(418)

    with pytest.raises(UnexpectedAnswer) as unexpected:
        call("http://ann:secret@fring", transport=httpx.MockTransport(answer))
    assert seen == [f"Basic {base64.b64encode(b'ann:secret').decode()}"]
    assert "secret" not in str(unexpected.value)
    for kind in (FringClient, BlockingFringClient):
        with pytest.raises(ValueError, match="in the token's place") as refused:
            kind("http://ann:secret@fring", token="token")
        assert "secret" not in str(refused.value)
