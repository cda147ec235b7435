"""A blocking client for scenarios that are told once, with `await`."""

from inspect import isgeneratorfunction


class Awaiting:
    """Give the methods of a blocking client, which this makes coroutines of."""

    def __init__(self, plain):
        self._plain = plain

    def __getattr__(self, name):
        found = getattr(self._plain, name)
        if not callable(found):
            return Awaiting(found)

        async def call(*args, **kwargs):
            return found(*args, **kwargs)

        async def iterate(*args, **kwargs):
            for each in found(*args, **kwargs):
                yield each

        return iterate if isgeneratorfunction(found) else call
