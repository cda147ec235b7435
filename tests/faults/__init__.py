"""Break what a server stands on while many use it, and decide afterwards whether promises held.

`faults` is the table of what is broken, `checker` the judge, `make faults` the long run.
"""
