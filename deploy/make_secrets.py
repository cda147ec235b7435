"""Make the secrets of `compose.yaml`, in files in `deploy/secrets` that exist only once."""

import sys
from pathlib import Path
from secrets import token_urlsafe

FOLDER = Path(__file__).parent / "secrets"


def main() -> None:
    """Write each secret; leave those alone that are there."""
    if FOLDER.exists():
        sys.exit(f"{FOLDER} is there already: the database has its password")
    password = token_urlsafe(32)
    texts = {
        "auth_secret": token_urlsafe(48),
        "database_url": f"postgresql://fring:{password}@pgbouncer:6432/fring",
        "direct_database_url": f"postgresql://fring:{password}@postgres:5432/fring",
        "grafana_password": token_urlsafe(16),
        "pgbouncer_users": f'"fring" "{password}"',
        "postgres_password": password,
    }
    # Nobody else on this machine gets into the folder; users of containers read what they are given.
    FOLDER.mkdir(mode=0o700)
    for name, text in texts.items():
        (FOLDER / name).write_text(f"{text}\n")
        (FOLDER / name).chmod(0o444)


if __name__ == "__main__":
    main()
