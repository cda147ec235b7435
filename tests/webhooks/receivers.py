"""A receiver on loopback that can go wrong in every way, and a network that leads to it."""

import asyncio
import datetime as dt
import ssl
from contextlib import suppress
from ipaddress import ip_address

import attrs
import httpcore

from fring_core import Event
from fring_core.webhooks import Attempt

NOW = dt.datetime(2030, 6, 1, 9, 30, tzinfo=dt.UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
EVENT = Event(
    "task.updated",
    NOW,
    "ann",
    "a-7",
    7,
    None,
    None,
    3,
    {"title": "a"},
    {"title": "ä\u2028😀"},
    "e-1",
)


def attempt(url, number=1, **others):
    made = Attempt(
        delivery_id=number,
        number=1,
        webhook_id=1,
        url=url,
        secrets=(SECRET,),
        message_id=f"msg_{number}",
        at=NOW,
        type="task.updated",
        event=EVENT,
    )
    return attrs.evolve(made, **others)


def answer(status="204 No Content", *headers, body=b""):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Receiver:
    """Listen on loopback; count who is accepted, keep what came, and say what `says` does."""

    def __init__(self, says=None, context=None, host="127.0.0.1"):
        self.accepted = 0
        self.bodies = []
        self.heads = []
        self.names: list[str | None] = []  # that were asked for in TLS
        self.says = says or answering(answer())
        self.host = host
        self.context = context
        self.ended = asyncio.Event()  # of a connection
        self._handling = set()
        if context is not None:
            context.sni_callback = lambda _, name, __: self.names.append(name)

    async def __aenter__(self):
        # asyncio accepts before TLS begins: the plain socket is the one that counts.
        self._server = await asyncio.start_server(self._handle, self.host, 0, ssl=self.context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for task in self._handling:
            task.cancel()
        await asyncio.gather(*self._handling, return_exceptions=True)

    @property
    def url(self):
        return f"http://{self.host}:{self.port}/hook?key=of-the-query"

    async def _handle(self, reader, writer):
        self.accepted += 1
        self._handling.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
                raw = dict(line.split(": ", 1) for line in lines[1:] if line)
                body = await reader.readexactly(int(headers["content-length"]))
                self.bodies.append(body)
                self.heads.append((lines[0], {name.lower(): value for name, value in raw.items()}))
                await self.says(reader, writer)
            finally:
                self.ended.set()
                writer.close()


def answering(sent):
    async def says(_, writer):
        writer.write(sent)
        await writer.drain()

    return says


class Leading(httpcore.AsyncNetworkBackend):
    """Note the addresses that are connected to, and lead each of them to the receiver."""

    def __init__(self, receiver, dead=()):
        self.addresses = []
        self._port = receiver.port
        self._dead = dead
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host,
        port,
        timeout=None,  # noqa: ASYNC109
        local_address=None,
        socket_options=None,
    ):
        self.addresses.append(str(ip_address(host)))
        if host in self._dead:
            raise httpcore.ConnectError("nobody is there")
        return await self._network.connect_tcp("127.0.0.1", self._port, timeout)


class Names:
    """Resolve every name to the next of these answers, the last one again and again."""

    def __init__(self, *answers):
        self.asked = []
        self._answers = [*answers]

    async def __call__(self, host, port):
        self.asked.append((host, port))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def contexts(folder, name):
    """Return the context of a receiver with a certificate of this name, and one that trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "the house's own")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    return serving, ssl.create_default_context(cafile=file)
