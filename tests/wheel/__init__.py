"""The wheel in empty environments, one per extra: `python -m tests.wheel` makes and tries them.

`make wheel` runs it. The programs beside this file run in those environments and import nothing
of the tests; each says what its environment has to be able to do.
"""
