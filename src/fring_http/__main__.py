"""The `fring` command's way in: it says how to install what is missing, should something be."""

import sys

from fring_http.server.extras import advice
from fring_http.version import VERSION

INTERRUPTED = 130  # as shells have it


def main() -> int:
    """Run the command; return its exit code."""
    if sys.argv[1:] == ["--version"]:  # which needs nothing else to be installed
        print(f"fring {VERSION}")
        return 0
    try:
        from fring_http.server.command import cli  # noqa: PLC0415  # it needs an extra

        return cli.main()
    except ModuleNotFoundError as error:
        how = advice("server", "embedded")
        print(f"fring: {error.name} is not installed; {how}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the command looks after signals itself
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
