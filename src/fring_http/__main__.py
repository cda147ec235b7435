"""The `fring` command's way in: it says how to install what is missing, should something be."""

import os
import sys

from fring_http.server.extras import advice
from fring_http.version import VERSION

INTERRUPTED = 130  # as shells have it


def main() -> int:
    """Run the command; return its exit code."""
    _open_what_is_closed()
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


def _open_what_is_closed() -> None:
    """Have an input and two outputs, or what is opened next would be one of them."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(opened, True)  # noqa: FBT003  # for the workers, too
    sys.stdin = sys.stdin or open(0)  # noqa: SIM115  # for as long as the process lives
    sys.stdout = sys.stdout or open(1, "w")  # noqa: SIM115  # as above
    sys.stderr = sys.stderr or open(2, "w")  # noqa: SIM115  # as above


if __name__ == "__main__":
    sys.exit(main())
