"""The two modes in which a server is tried: its settings, and the token that goes with requests."""

from typing import Final

from tests.fuzz.inputs import TOKEN
from tests.fuzz.running import METRICS_TOKEN
from tests.http.tokens import SECRET

_ALL: Final = {"FRING_METRICS_TOKEN": METRICS_TOKEN, "FRING_ACCESS_LOG": "off"}
MODES: Final = {
    "off": (_ALL, ""),
    "secret": ({**_ALL, "BETTER_AUTH_SECRET": SECRET}, TOKEN),
}
