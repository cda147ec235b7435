"""Users, tasks and assignments as JSON Lines, on their way out of a database and into one."""

from fring_adapters.postgres.bulk.exporting import export_to
from fring_adapters.postgres.bulk.faults import BulkError
from fring_adapters.postgres.bulk.importing import Imported, import_from

__all__ = ["BulkError", "Imported", "export_to", "import_from"]
