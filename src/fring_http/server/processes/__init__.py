"""The processes of a server: one that watches, and those that serve."""
