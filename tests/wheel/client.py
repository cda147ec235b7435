"""With the extra `client`: a server that runs elsewhere is called."""

import sys
from importlib.metadata import distributions

from fring_core import NewTask, run_sync
from fring_http.client import BlockingFringClient

assert not {each.name for each in distributions()} & {"litestar", "msgspec", "sqlalchemy"}

with BlockingFringClient(sys.argv[1]) as fring:
    task = run_sync(fring.tasks.create(NewTask("Water the plants")))
    assert run_sync(fring.tasks.list()) == [task]
