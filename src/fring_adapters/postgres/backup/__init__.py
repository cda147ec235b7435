"""Backups: files that hold Fring's tables, made, read back, kept for a while and restored.

PostgreSQL's own programs do the work, so these files are as good as any that `pg_dump` makes.
"""

from fring_adapters.postgres.backup.dumping import back_up
from fring_adapters.postgres.backup.programs import BackupError
from fring_adapters.postgres.backup.restoring import restore

__all__ = ["BackupError", "back_up", "restore"]
