"""What is limited, and what is answered to who does it too often."""

from __future__ import annotations

import logging
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING, Final

import attrs
from litestar.exceptions import TooManyRequestsException

from fring_core import Unavailable
from fring_http.api.exchanges import note
from fring_http.api.refusals.details import TOO_MANY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from fring_http.api.rates.gcra import Rate
    from fring_http.api.rates.limiters import Limiter

_KEY_BYTES: Final = 16
_log = logging.getLogger("fring.rates")
_security = logging.getLogger("fring.security")


class Policy:
    """Limit what each of some does at a rate.

    `limiter` sees a hash of who it is, keyed with `secret`: workers that count together need the
    same one. `name` is of letters.
    """

    def __init__(self, name: str, rate: Rate, limiter: Limiter, secret: str = "") -> None:
        self._name, self._rate, self._limiter = name, rate, limiter
        self._secret = sha256(secret.encode()).digest()
        self._fails = False

    async def spend(self, scope: Mapping[str, Any], *whose: str) -> None:
        """Count one; raise `TooManyRequestsException` if it is too many.

        If the limiter fails, it is let through, and the log says so, once until it works again.
        Raise `Unavailable` if the store does not answer.
        """
        rate = self._rate
        try:
            let_through, ahead = await self._limiter.spend(
                self._key(whose), rate.interval, rate.window
            )
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is: a limit is no reason to stop
            self._tell(error)
            return
        self._fails = False
        if let_through:
            return
        seconds = rate.wait(ahead)
        note(scope, limited=self._name)
        _security.warning("refused, 429: %s", self._name)
        raise TooManyRequestsException(
            TOO_MANY,
            headers={
                "Retry-After": str(seconds),
                "RateLimit": f'"{self._name}";r=0;t={seconds}',
                "RateLimit-Policy": f'"{self._name}";q={rate.quota};w={rate.seconds}',
            },
        )

    async def refund(self, *whose: str) -> None:
        """Take back what was counted, as far as that can be done now."""
        try:
            await self._limiter.refund(self._key(whose), self._rate.interval)
        except Exception as error:  # noqa: BLE001  # as above
            self._tell(error)

    def _key(self, whose: tuple[str, ...]) -> bytes:
        text = "\0".join((self._name, *whose))  # no address has a NUL, and it comes first
        return blake2b(
            text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES, key=self._secret
        ).digest()

    def _tell(self, error: Exception) -> None:
        if not self._fails:
            self._fails = True
            _log.warning("the limit '%s' cannot be kept, and lets through: %s", self._name, error)


@attrs.frozen(kw_only=True)
class Rates:
    """Hold the policies of an application, None where nothing is limited.

    `login` limits the wrong passwords of an account from an address, `register` the accounts from
    an address other than this machine's, `users` the users that a caller creates, and `requests`
    all that a caller asks of the API.
    """

    login: Policy | None = None
    register: Policy | None = None
    users: Policy | None = None
    requests: Policy | None = None


NO_RATES: Final = Rates()
