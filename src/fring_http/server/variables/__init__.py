"""What the environment says, as values."""
