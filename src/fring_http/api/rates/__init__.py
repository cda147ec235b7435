"""How often a caller may do what."""

from fring_http.api.rates.gcra import Rate
from fring_http.api.rates.limiters import InProcessLimiter, Limiter
from fring_http.api.rates.policies import Policy, Rates

__all__ = ["InProcessLimiter", "Limiter", "Policy", "Rate", "Rates"]
