"""Who may come in at all, before a route is looked for."""
