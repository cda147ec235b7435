"""Adapters: the world behind Fring's ports."""
