"""An application is made of a Fring and tokens, and of nothing that looks like them."""

from typing import Any

import pytest
from litestar.testing import TestClient

from fring_adapters.clock import utc_now
from fring_adapters.identity import Argon2Passwords, SecretTokens
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
    ],
)
def test_what_is_no_part_is_refused_at_once(parts, words):
    given: dict[str, Any] = {"fring": FRING} | parts
    with pytest.raises(TypeError, match=words):
        create_app(**given)


@pytest.mark.parametrize("has_passwords", [True, False])
@pytest.mark.parametrize("has_issuer", [True, False])
def test_accounts_are_served_where_the_fring_has_them(has_passwords, has_issuer):
    fring = Fring(
        MemoryStore(),
        clock=utc_now,
        passwords=Argon2Passwords() if has_passwords else None,
        issuer=SecretTokens(SECRET) if has_issuer else None,
    )
    assert fring.has_accounts is (has_passwords and has_issuer)
    app: Any = create_app(fring)
    with TestClient(app) as caller:
        status = caller.post("/api/v1/auth/login", json={}).status_code
    assert status == (422 if fring.has_accounts else 404)
