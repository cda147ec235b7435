"""Run the `fring` command as a module."""

import sys

from fring_http.cli import main

sys.exit(main())
