"""What pytest finds by itself: it only names the plugin.

pytest refuses a module under a second name. If the entry point `fring` were the plugin, naming
that by hand as well (`-p fring_adapters.pytest_plugin`, `pytest_plugins`) would be an error.
"""

pytest_plugins = ["fring_adapters.pytest_plugin"]
