"""The server over HTTP, as its clients see it."""  # noqa: A005  # this is `tests.http`
