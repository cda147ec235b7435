"""The `fring` command."""
