"""Reads from a hot standby, for those who may see a state that is a few seconds old."""
