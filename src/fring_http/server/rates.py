"""The limits on rates that the settings ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_http.api.rates import InProcessLimiter, Limiter, Policy, Rate, Rates

if TYPE_CHECKING:
    from fring_http.server.settings import Settings


def rates_of(settings: Settings, shared: Limiter | None) -> Rates:
    """Return the policies; what all workers count together is in `shared`, if there is one."""
    own = InProcessLimiter()

    def policy(name: str, rate: Rate | None, limiter: Limiter) -> Policy | None:
        return None if rate is None else Policy(name, rate, limiter, settings.secret)

    return Rates(
        login=policy("login", settings.rate_login, shared or own),
        register=policy("register", settings.rate_register, shared or own),
        users=policy("users", settings.rate_users, shared or own),
        requests=policy("requests", settings.rate_requests, own),
    )
