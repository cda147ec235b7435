"""With the extra `client`: a server that runs elsewhere is called."""

import sys
from importlib.metadata import distributions

from fring_core import NewTask
from fring_http.client import BlockingFringClient

assert not {each.name for each in distributions()} & {"litestar", "msgspec", "sqlalchemy"}

with BlockingFringClient(sys.argv[1]) as fring:
    task = fring.tasks.create(NewTask("Water the plants"))
    assert fring.tasks.list() == [task]
