"""The `fring` command's way in: it says which extra is missing, should one be."""

import sys


def main() -> int:
    """Run the command; return its exit code."""
    try:
        from fring_http import cli  # noqa: PLC0415  # it needs the extra
    except ModuleNotFoundError as error:
        print(f"fring: {error.name} is not installed; install fring[server]", file=sys.stderr)
        return 1
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
