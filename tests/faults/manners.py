"""Whether everybody was answered as is documented, in time, and again soon after an outage."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from tests.faults.expected import TOLERANCE_SECONDS
from tests.faults.history import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.expected import Expected
    from tests.faults.history import History, Operation

TRACEBACK: Final = 1000  # characters to show
ARRIVAL_SECONDS: Final = 0.1  # that a request may take to the server
FELT_SECONDS: Final = 0.2  # what else takes a request some hundredths
# No 401 and 403: the load calls a server without authentication. And never a 500.
DOCUMENTED: Final = frozenset({200, 201, 204, 304, 400, 404, 409, 412, 422, 428, 429, 503})


def documented(history: History, expected: Expected) -> Iterator[str]:
    """Yield requests that were answered with another status, or with none where one was due."""
    for each in history.operations:
        if each.status is None:
            if expected.answered:
                yield f"{each.verb} got no answer, after {each.seconds:.2f} s"
        elif each.status not in DOCUMENTED:
            yield f"{each.verb} was answered with {each.status}"


def calm(history: History, _expected: Expected) -> Iterator[str]:
    """Yield the first traceback in the server's log: whatever breaks, it is prepared for it."""
    _, found, rest = history.log.partition("Traceback")
    if found:
        yield f"the server has logged a traceback: {rest[:TRACEBACK]}"


def in_flight(history: History, _: Expected) -> Iterator[str]:
    """Yield requests that were under way when the server was told to end, and got no answer."""
    for moment in history.told_to_end:
        for each in history.operations:
            if each.status is None and each.began < moment - ARRIVAL_SECONDS < each.ended:
                yield f"{each.verb} was under way for {moment - each.began:.2f} s, and not answered"


def in_time(history: History, expected: Expected) -> Iterator[str]:
    """Yield requests that waited too long, and outages in which nobody came to the deadline."""
    longest = expected.deadline + TOLERANCE_SECONDS
    for each in history.operations:
        if expected.is_over(each.seconds, longest):
            yield f"{each.verb} waited {each.seconds:.2f} s of {longest:.2f} s"
    for outage in history.outages:
        asked = [each for each in history.operations if outage.began <= each.began <= outage.ended]
        for each in asked:
            is_due = expected.quick is None or each.verb in expected.quick
            if is_due and expected.is_over(each.seconds, expected.within):
                yield f"{each.verb} took {each.seconds:.2f} s of {expected.within} s in an outage"
        slowest = max((each.seconds for each in asked if _is_unknown(each)), default=0.0)
        if expected.at_deadline and slowest < expected.deadline - TOLERANCE_SECONDS:
            yield f"the slowest refusal came after {slowest:.2f} s, before the deadline"


def bitten(history: History, expected: Expected) -> Iterator[str]:
    """Yield requests that an outage was not to touch, and outages that touched none at all."""
    for each in history.operations:
        if each.verb in expected.spared and _is_unknown(each):
            yield f"{each.verb} was to be spared, and got {each.status} after {each.seconds:.2f} s"
    for outage in history.outages:
        # Those that were under way when it began count as well.
        touched = (
            _is_unknown(each) or each.seconds >= FELT_SECONDS
            for each in history.operations
            if each.ended >= outage.began and each.began <= outage.ended
        )
        if expected.bites and not any(touched):
            yield "the fault touched no request, so nothing was tried"
    if not history.operations:
        yield "nobody asked for anything"


def back(history: History, expected: Expected) -> Iterator[str]:
    """Yield outages after which it took too long until somebody, or everybody, was served."""
    for number in range(len(history.outages)):
        first, last = recovery(history, number)
        if expected.is_over(first, expected.back_within):
            yield f"the first success came after {first:.2f} s, outage {number + 1}"
        if expected.is_over(last, expected.healed_within):
            yield f"somebody was refused {last:.2f} s after the end of outage {number + 1}"


def recovery(history: History, number: int) -> tuple[float, float]:
    """Return when, in seconds after an outage, the first success ended and the last refusal began.

    Infinity if there was no success before the next outage.
    """
    end = history.outages[number].ended
    later = history.outages[number + 1 :]
    until = later[0].began if later else inf
    first = min(
        (
            each.ended - end
            for each in history.operations
            if each.outcome is Outcome.OK and end <= each.ended <= until
        ),
        default=inf,
    )
    # What is under way when the next one begins is that one's.
    refused = (
        each.began - end
        for each in history.operations
        if _is_unknown(each) and end <= each.began and each.ended < until
    )
    return first, max(refused, default=0.0)


def _is_unknown(operation: Operation) -> bool:
    return operation.outcome is Outcome.UNKNOWN
