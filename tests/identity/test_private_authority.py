"""An issuer whose certificate is signed by an authority that only its own house knows."""

import datetime as dt
import ssl
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from fring_adapters.identity import JwksTokens
from fring_core import Identity, StoreUnavailable
from tests.identity.forging import from_issuer, jwk
from tests.identity.issuers import Issuer, key_set

pytestmark = pytest.mark.anyio

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return a file with a certificate of 127.0.0.1 that vouches for itself, and its key."""
    file = tmp_path_factory.mktemp("authority") / "house.pem"
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "the house's own")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(KEY, hashes.SHA256())
    )
    secret = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return file


@pytest.fixture
async def issuer(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with Issuer(context) as issuer:
        issuer.says = key_set(jwk("EdDSA"))
        yield issuer


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)


async def test_it_is_not_trusted_unless_somebody_says_so(issuer, caplog):
    async with JwksTokens(issuer.url) as tokens:
        with pytest.raises(StoreUnavailable):
            await tokens.identify(from_issuer())
    assert "CERTIFICATE_VERIFY_FAILED" in caplog.text


async def test_it_is_trusted_as_python_and_httpx_are_told_to(issuer, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with JwksTokens(issuer.url) as tokens:
        assert await tokens.identify(from_issuer()) == Identity("ann")
