"""Tokens signed by an issuer that publishes its public keys (a JWK set, RFC 7517)."""

from __future__ import annotations

import asyncio
import copy
import logging
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt import PyJWK

from fring_adapters.identity.claims import TokenRules, header_of, refused
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    import ssl

    from fring_core import Identity

ALGORITHMS: Final = frozenset({"EdDSA", "ES256", "ES512", "RS256", "PS256"})
ED25519: Final = "Ed25519"  # what RFC 9864 calls EdDSA with a key on that curve
MIN_RSA_BITS: Final = 2048  # RFC 7518, 3.3
RSA_EXPONENTS: Final = range(2**16 + 1, 2**256)  # FIPS 186-5, A.1.1
TIMEOUT_SECONDS: Final = 1.5  # callers wait for at most 2 s in all
# An unknown key may be a new one; whoever sends unknown keys must not make us ask all the time.
REFETCH_SECONDS: Final = 60.0
# With no keys at all there is nothing to lose by asking more often.
FIRST_FETCH_SECONDS: Final = 2.0
# Keys that the issuer has withdrawn are forgotten within this time.
REFRESH_SECONDS: Final = 600.0
MAX_SET_BYTES: Final = 2**20
_RULES: Final = TokenRules()
_log = logging.getLogger("fring.identity")
_security = logging.getLogger("fring.security")


class JwksTokens:
    """Identify callers by tokens whose key the issuer publishes at `url`.

    The key is chosen by the token's `kid` and used with that key's own algorithm; nothing else
    in a token's header has a say. Keys that are known go on working while the issuer is away.
    A certificate is trusted as Python and httpx do, by SSL_CERT_FILE and SSL_CERT_DIR too; proxies
    of the environment are not used. A user and a password in `url` are sent, and shown nowhere.
    Use it as `async with`, so that its connections are closed at the end.
    """

    def __init__(self, url: str, rules: TokenRules = _RULES) -> None:
        given = httpx.URL(url)
        self._url = given.copy_with(userinfo=b"")
        self._shown = str(self._url.copy_with(query=None, fragment=None))
        self._login = (given.username, given.password) if given.userinfo else None
        self._rules = rules
        self._keys: dict[str, PyJWK] | None = None  # nobody knows yet
        self._fetched_at = -REFRESH_SECONDS
        self._asked_at = -REFETCH_SECONDS
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])

    async def identify(self, token: str) -> Identity:
        """Return the caller that a token proves, as `fring_core.Tokens` says.

        Raise `StoreUnavailable` while no set of keys has ever been had.
        """
        header = header_of(token)
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise refused("its header names no key (kid)")
        if kid not in (self._keys or {}):
            await self._ask()
        elif monotonic() - self._fetched_at > REFRESH_SECONDS:
            self._start_asking()
        if self._keys is None:
            raise StoreUnavailable(f"No keys could be had from {self._shown} yet")
        key = self._keys.get(kid)
        if key is None:
            raise refused("its key (kid) is none of the issuer's")
        if header.get("alg") == ED25519 and isinstance(key.key, Ed25519PublicKey):
            key = copy.copy(key)
            key.algorithm_name = ED25519
        return self._rules.identity(token, key, [key.algorithm_name])

    async def _ask(self) -> None:
        asking = self._start_asking()
        if asking is not None:
            # A shield: one caller that gives up must not stop it for the others.
            await asyncio.shield(asking)

    def _start_asking(self) -> asyncio.Task[None] | None:
        """Return the one request that is under way, begun now if it is time; else None."""
        if self._asking is None or self._asking.done():
            pause = REFETCH_SECONDS if self._keys else FIRST_FETCH_SECONDS
            if monotonic() - self._asked_at < pause:
                return None
            self._asked_at = monotonic()
            self._asking = asyncio.create_task(self._fetch())
        return self._asking

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                found = _keys_in(await self._document())
        except Exception as error:  # noqa: BLE001  # whatever an issuer sends, callers go on
            _log.warning("No keys from %s: %s %s", self._shown, type(error).__name__, error)
        else:
            self._fetched_at = monotonic()
            before, self._keys = self._keys, found
            if before is not None and before.keys() != found.keys():
                _security.info(
                    "the issuer's keys have changed: %d new, %d withdrawn",
                    len(found.keys() - before.keys()),
                    len(before.keys() - found.keys()),
                )
            if not self._keys:
                _log.warning(
                    "There is no key to be used at %s: all tokens are refused", self._shown
                )

    async def _document(self) -> Any:
        trust = await asyncio.to_thread(_trust)
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, verify=trust) as client,
            client.stream(
                "GET", self._url, headers={"Accept": "application/json"}, auth=self._login
            ) as answer,
        ):
            if not answer.is_success:
                raise ValueError(f"the answer's status is {answer.status_code}")
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_SET_BYTES:
                    raise ValueError("the key set is too large")
        return httpx.Response(200, content=body).json()


def _trust() -> ssl.SSLContext:
    context = httpx.create_ssl_context()  # certifi's authorities, or those of the environment
    context.load_default_certs()  # and this machine's
    return context


def _keys_in(document: Any) -> dict[str, PyJWK]:
    """Return the usable keys of a set by their ids; raise `ValueError` for what is no set.

    A set without any is a set: the issuer has withdrawn what it had.
    """
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("that is no key set")  # noqa: TRY004  # it is about what was sent
    keys: dict[str, PyJWK] = {}
    for entry in document["keys"]:
        try:
            kid, key = _key(entry)
        except Exception as error:  # noqa: BLE001  # of odd entries PyJWT raises anything
            _log.info("A key of the issuer is not used: %s", error)
        else:
            keys[kid] = key
    return keys


def _key(entry: Any) -> tuple[str, PyJWK]:
    """Return the id and the key of an entry; raise `ValueError`, or whatever PyJWT does.

    What does not claim to be a public key that may sign tokens for us does not reach PyJWT.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("kid"), str):
        raise ValueError("it has no id (kid)")  # noqa: TRY004  # it is about what was sent
    algorithm = entry.get("alg")
    if algorithm == ED25519 == entry.get("crv"):
        algorithm = "EdDSA"
    if entry.get("use") not in (None, "sig") or algorithm not in (None, *ALGORITHMS):
        raise ValueError("it is not for signing, or by none of our algorithms")
    if entry.get("kty") not in ("EC", "OKP", "RSA") or "d" in entry:
        raise ValueError("it is no public key")
    key = PyJWK(entry, algorithm)
    if key.algorithm_name not in ALGORITHMS:
        raise ValueError("its algorithm is none of ours")
    if isinstance(key.key, RSAPublicKey) and (
        key.key.key_size < MIN_RSA_BITS or key.key.public_numbers().e not in RSA_EXPONENTS
    ):
        raise ValueError(f"RSA needs {MIN_RSA_BITS} bits, and an exponent of 65537 or more")
    return entry["kid"], key
