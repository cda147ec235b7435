"""Random histories, on two stores or two Frings in lockstep."""
