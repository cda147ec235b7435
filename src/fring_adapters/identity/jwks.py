"""Tokens signed by an issuer that publishes its public keys (a JWK set, RFC 7517)."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Self

import httpx
from jwt import PyJWK, PyJWKSet

from fring_adapters.identity.claims import TokenRules, header_of, refused
from fring_core import StoreUnavailable

if TYPE_CHECKING:
    from fring_core import Identity

ALGORITHMS: Final = frozenset({"EdDSA", "ES256", "ES512", "RS256", "PS256"})
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


class JwksTokens:
    """Identify callers by tokens whose key the issuer publishes at `url`.

    The key is chosen by the token's `kid` and used with that key's own algorithm; nothing else
    in a token's header has a say. Keys that are known go on working while the issuer is away.
    Use it as `async with`, so that its connections are closed at the end.
    """

    def __init__(self, url: str, rules: TokenRules = _RULES) -> None:
        self._url = url
        self._rules = rules
        self._keys: dict[str, PyJWK] = {}
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

        Raise `StoreUnavailable` while no keys have ever been had.
        """
        kid = header_of(token).get("kid")
        if not isinstance(kid, str):
            raise refused("its header names no key (kid)")
        key = self._keys.get(kid)
        if key is None:
            await self._ask()
            key = self._keys.get(kid)
        elif monotonic() - self._fetched_at > REFRESH_SECONDS:
            self._start_asking()
        if key is None:
            if not self._keys:
                raise StoreUnavailable(f"No keys could be had from {self._url} yet")
            raise refused("its key (kid) is none of the issuer's")
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
                self._keys = _keys_in(await self._document())
        except Exception as error:  # noqa: BLE001  # whatever an issuer sends, callers go on
            _log.warning("No keys from %s: %s %s", self._url, type(error).__name__, error)
        else:
            self._fetched_at = monotonic()

    async def _document(self) -> Any:
        async with (
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client,
            client.stream("GET", self._url, headers={"Accept": "application/json"}) as answer,
        ):
            answer.raise_for_status()
            body = b""
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > MAX_SET_BYTES:
                    raise ValueError("the key set is too large")
        return httpx.Response(200, content=body).json()


def _keys_in(document: Any) -> dict[str, PyJWK]:
    """Return the usable keys of a set by their ids; raise `ValueError` if there are none."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("that is no key set")  # noqa: TRY004  # it is about what was sent
    usable = [entry for entry in document["keys"] if _is_usable(entry)]
    keys = {
        key.key_id: key
        for key in PyJWKSet(usable).keys
        if key.key_id is not None and key.algorithm_name in ALGORITHMS
    }
    if not keys:
        raise ValueError("no key of the set can be used")
    return keys


def _is_usable(entry: Any) -> bool:
    """Tell whether an entry of a set claims to be a public key that may sign tokens for us.

    What is not must not reach PyJWT: of some entries (`alg` none, a list) it raises anything.
    """
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("kid"), str)
        and entry.get("use") in (None, "sig")
        and entry.get("alg") in (None, *ALGORITHMS)
        and "d" not in entry  # a private key, for all to see
    )
