"""Fring over HTTP: a thin Litestar API on the use cases of `fring_core`."""
