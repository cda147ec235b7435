"""The server: settings, the command, its processes, and what they put together."""
