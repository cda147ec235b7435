"""How it reaches PostgreSQL: URLs, pools, connections, errors, and what sends statements."""
