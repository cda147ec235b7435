"""What the two machines share: a history as steps that can be made again, and shown."""

from __future__ import annotations

import sys
import traceback
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import Phase, Verbosity, settings
from hypothesis.stateful import RuleBasedStateMachine

from fring_core.testing.histories.shortening import Failure, shortened
from fring_core.testing.rendering import code, imports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fring_core.testing.histories.steps import Id, Step

# What Hypothesis would add takes minutes, and says the same in more words.
_OURS = frozenset({Phase.shrink, Phase.explain})
_QUIET = Verbosity.quiet


class HistoryMachine(RuleBasedStateMachine):
    """Make steps, and show the shortest history in which one fails, as a test to be pasted.

    A history that fails is made shorter by the machine itself, for at most `shorten_seconds`.
    """

    shorten_seconds: ClassVar[float] = 50
    # What failed last, and how to print while pytest captures what is printed.
    shortest: ClassVar[Failure | None] = None
    speaking: ClassVar[Any] = nullcontext

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        name = cls.__name__
        if name.startswith("Test"):  # pytest would pass it over with a warning
            raise TypeError(
                f"{name} would not run: name the class otherwise, and write {name} = ….TestCase"
            )
        _adapt(cls)

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Step] = []
        # By the ids that the store drew when the steps were first made, those it draws now.
        self.now_drawn: dict[Id, Id] = {}
        self._is_again = False

    def make(self, step: Step) -> None:
        """Make one step and compare what comes of it."""
        raise NotImplementedError

    def compare(self) -> None:
        """Compare all that there is."""
        raise NotImplementedError

    def replay(self, steps: Sequence[Step]) -> None:
        """Make the steps of a history, and compare after each; then close what is to be closed."""
        self._is_again = True
        try:
            for step in steps:
                self.make(step)
                self.compare()
        finally:
            self.teardown()

    def checked(self, check: Callable[[], None]) -> None:
        """Do what is a part of the history; if it fails, raise the shortest history that does."""
        try:
            check()
        except Exception as error:
            if self._is_again:
                raise
            failure = Failure(self.history, error)
        else:
            return
        kind = type(self)
        # It fails more than once: Hypothesis tries it again, to see whether it fails by chance.
        known = kind.shortest and self._failure_of(kind.shortest.steps)
        kind.shortest = known or shortened(
            failure, self._failure_of, self.shorten_seconds, self._tell
        )
        raise AssertionError(self._message(kind.shortest, len(self.history)))

    def _failure_of(self, steps: list[Step]) -> Failure | None:
        again = type(self)()
        try:
            again.replay(steps)
        except Exception as error:  # noqa: BLE001  # a store may break down in any way
            return Failure(again.history, error)
        return None

    def _tell(self, progress: str) -> None:
        with type(self).speaking():
            print(f"{type(self).__name__}: {progress}", file=sys.stderr, flush=True)  # noqa: T201

    def _message(self, failure: Failure, found: int) -> str:
        steps, error = failure.steps, failure.error
        said = str(error)
        if not isinstance(error, AssertionError):
            said = "".join(traceback.format_exception(error, limit=-4)).rstrip()
        lines = [code(step) for step in steps]
        head = (
            f"It takes {len(steps)} step{'s' * (len(steps) != 1)} ({found} were found). As a test:"
        )
        test = [
            *imports(lines),
            "",
            "def test_history():",
            f"    {type(self).__name__}().replay([",
            *(f"        {line}," for line in lines),
            "    ])",
        ]
        return "\n".join([said, "", head, "", *test, ""])


def _adapt(machine: type[HistoryMachine]) -> None:
    """Have pytest run a machine's histories without what the machine does itself."""
    case: Any = machine.TestCase
    run = case.runTest

    def run_test(self: Any) -> None:
        chosen: settings = self.settings
        self.settings = settings(
            chosen,
            phases=[phase for phase in chosen.phases if phase not in _OURS],
            report_multiple_bugs=False,
            verbosity=_QUIET if chosen.verbosity is Verbosity.normal else chosen.verbosity,
        )
        run(self)

    @pytest.fixture(autouse=True)
    def speak(_: object, request: pytest.FixtureRequest) -> None:
        capture: Any = request.config.pluginmanager.getplugin("capturemanager")
        if capture is not None:
            machine.speaking = capture.global_and_fixture_disabled

    run_test.__dict__.update(run.__dict__)
    case.runTest = run_test
    case.speak = speak
