"""An application is made of a Fring, tokens and accounts, and of nothing that looks like them."""

from typing import Any

import pytest

from fring_adapters.clock import utc_now
from fring_adapters.identity import SecretTokens
from fring_adapters.memory import MemoryStore
from fring_core import Fring
from fring_http.api.app import create_app
from tests.http.tokens import SECRET

FRING = Fring(MemoryStore(), clock=utc_now)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"fring": MemoryStore()}, r"Fring\(store, clock=utc_now\)"),
        ({"fring": Fring}, r"Fring\(store, clock=utc_now\)"),
        ({"tokens": SECRET}, r"SecretTokens\(secret\)"),
        ({"accounts": MemoryStore(), "tokens": SecretTokens(SECRET)}, "must be Accounts"),
    ],
)
def test_what_is_no_part_is_refused_at_once(parts, words):
    given: dict[str, Any] = {"fring": FRING} | parts
    with pytest.raises(TypeError, match=words):
        create_app(**given)
