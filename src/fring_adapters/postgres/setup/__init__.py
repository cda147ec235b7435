"""How a database comes to have Fring's tables, and to be there at all."""
