"""Mutated requests on raw sockets: no input is a 5xx, a hang, a traceback or a lost connection."""
