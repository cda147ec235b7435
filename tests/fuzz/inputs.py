"""Inputs by number: the same seed and number make the same bytes, whatever came before."""

from __future__ import annotations

from random import Random
from typing import Final

import attrs

from tests.fuzz.mutations import mutated
from tests.fuzz.request import valid
from tests.http.tokens import made

PATIENT: Final = 0.05  # of all that say half of a request: they cost up to 30 s each
# It ends in 2100: a token that is new each time would make other bytes.
TOKEN: Final = made({"sub": "me", "role": "admin", "iat": 1_700_000_000, "exp": 4_102_444_800})


@attrs.frozen
class Input:
    """Hold what is sent on one connection; the patient keep it open however long that takes."""

    number: int
    data: bytes
    is_patient: bool


def input_of(seed: int, number: int, token: str, patient: float = PATIENT) -> Input:
    """Return an input of a seed by its number."""
    random = Random(f"{seed} {number}")
    is_patient = random.random() < patient
    return Input(number, mutated(valid(random, token.encode()), random), is_patient)
