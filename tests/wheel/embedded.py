"""With the extra `embedded`: a database of one's own, from a wheel."""

from pathlib import Path
from tempfile import TemporaryDirectory

from fring_adapters import open_postgres
from fring_adapters.postgres.embedded import embedded
from fring_core import NewTask

with (
    TemporaryDirectory(prefix="fring-wheel-") as folder,
    embedded(Path(folder) / "data") as url,
    open_postgres(url) as fring,
):
    task = fring.tasks.create(NewTask("Water the plants"))
    assert fring.tasks.list() == [task]
