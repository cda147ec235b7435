"""With the extra `embedded`: a database of one's own, from a wheel."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fring_adapters.clock import utc_now
from fring_adapters.postgres import BlockingPostgresStore, prepare
from fring_adapters.postgres.embedded import embedded
from fring_core import Fring, NewTask, run_sync

with TemporaryDirectory(prefix="fring-wheel-") as folder, embedded(Path(folder) / "data") as url:
    prepare(url)
    with BlockingPostgresStore(url) as store:
        fring = Fring(store, clock=utc_now)
        task = run_sync(fring.tasks.create(NewTask("Water the plants")))
        assert run_sync(fring.tasks.list()) == [task]
