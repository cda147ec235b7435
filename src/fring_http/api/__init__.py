"""The API: routes, what they read, what they refuse, and how they are described."""
