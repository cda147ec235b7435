"""Plots of lines, as SVG that is readable on light and dark pages."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Point = tuple[float, float]
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 420, 70, 40, 370
_RIGHT: Final = 520  # what is right of it names the lines
_GREY: Final = "#808890"
# Each is readable on white and on black.
_COLOURS: Final = ("#2f7fb8", "#d0662a", "#2f9a5b", "#a05bc0", "#b58a00", "#c2456b")
_DASHES: Final = ("", "6 3", "2 3")


def lines(
    title: str,
    across: str,
    up: str,
    series: Mapping[str, Sequence[Point]],
    *,
    from_zero: bool = False,
) -> str:
    """Return a plot of lines; both axes are logarithmic, or the upright one begins at zero."""
    points = [point for line in series.values() for point in line]
    x = _log_scale([point[0] for point in points], _LEFT, _RIGHT)
    heights = [point[1] for point in points]
    y = _linear_scale(heights) if from_zero else _log_scale(heights, _BOTTOM, _TOP)
    style = f'font-family="sans-serif" font-size="12" fill="{_GREY}" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" {style}>',
        f"<title>{escape(title)}</title>",
        f'<text x="{_LEFT}" y="20" font-size="14">{escape(up)}</text>',
        f'<text x="{_RIGHT}" y="{_HEIGHT - 8}" text-anchor="end">{escape(across)}</text>',
    ]
    for value in x.ticks:
        parts.append(_rule(x(value), _TOP, x(value), _BOTTOM))
        parts.append(_label(x(value), _BOTTOM + 18, "middle", value))
    for value in y.ticks:
        parts.append(_rule(_LEFT, y(value), _RIGHT, y(value)))
        parts.append(_label(_LEFT - 8, y(value) + 4, "end", value))
    named = sorted(series, key=lambda name: -series[name][-1][1])
    for number, name in enumerate(named):
        colour = _COLOURS[number % len(_COLOURS)]
        dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
        drawn = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in series[name])
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
        place = _TOP + 18 * number
        parts += [
            f'<polyline points="{drawn}" {style}/>',
            f'<path d="M{_RIGHT + 14} {place}h24" {style}/>',
            f'<text x="{_RIGHT + 44}" y="{place + 4}">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


class _Scale:
    """Turn values into places; `ticks` are the values that are named."""

    def __init__(self, ticks: list[float], begin: float, end: float, *, log: bool) -> None:
        self.ticks = ticks
        self._turn = math.log10 if log else float
        self._low, self._high = self._turn(ticks[0]), self._turn(ticks[-1])
        self._begin, self._end = begin, end

    def __call__(self, value: float) -> float:
        share = (self._turn(value) - self._low) / (self._high - self._low)
        return self._begin + share * (self._end - self._begin)


def _log_scale(values: Sequence[float], begin: float, end: float) -> _Scale:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return _Scale([10.0**n for n in range(low, max(high, low + 1) + 1)], begin, end, log=True)


def _linear_scale(values: Sequence[float]) -> _Scale:
    step = 10.0 ** math.floor(math.log10(max(values)))
    step = step / 5 if max(values) / step < 2 else step  # noqa: PLR2004  # or it has two lines
    ticks = [step * n for n in range(math.ceil(max(values) / step) + 1)]
    return _Scale(ticks, _BOTTOM, _TOP, log=False)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{_GREY}" stroke-opacity=".3"/>'


def _label(x: float, y: float, anchor: str, value: float) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{value:,.10g}</text>'
