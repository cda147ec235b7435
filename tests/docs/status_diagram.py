"""Draw status rules as SVG, from the rules themselves.

    PYTHONPATH=src python -m tests.docs.status_diagram

writes the pictures of `docs/domain.md` anew. The colours stand out from a white page and from a
dark one; nothing is loaded, no script is run.
"""

from __future__ import annotations

from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

from fring_core import PERMISSIVE, STRICT, TaskStatus, Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURES: Mapping[Path, Workflow] = {
    Path(__file__).parents[2] / f"docs/assets/{name}.svg": workflow
    for name, workflow in (("permissive", PERMISSIVE), ("strict", STRICT))
}
WIDTH, HEIGHT = 560, 260
CENTRES = {
    TaskStatus.TODO: (90, 50),
    TaskStatus.IN_PROGRESS: (470, 50),
    TaskStatus.COMPLETED: (470, 210),
    TaskStatus.CANCELED: (90, 210),
}
BOX = (140, 44)
APART = 9  # a move and the move back are two lines, this far from the middle each
GAP = 3  # between a line's end and the box

HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" \
height="{HEIGHT}" role="img" font-family="ui-monospace, monospace" font-size="15">
<title>{{title}}</title>
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" \
orient="auto"><path d="M0 0L8 4L0 8z" fill="#7b8794"/></marker></defs>
"""


def status_diagram(workflow: Workflow) -> str:
    """Return a picture of a workflow: a box for each status, an arrow for each move."""
    moves = [
        (before, after)
        for before in TaskStatus
        for after in TaskStatus
        if after is not before and workflow.allows(before, after)
    ]
    title = "; ".join(f"{before} to {after}" for before, after in moves) or "no moves"
    parts = [_arrow(before, after) for before, after in moves]
    parts += [_box(status) for status in TaskStatus]
    return HEAD.format(title=title) + "\n".join(parts) + "\n</svg>\n"


def _box(status: TaskStatus) -> str:
    (x, y), (width, height) = CENTRES[status], BOX
    return (
        f'<rect x="{x - width // 2}" y="{y - height // 2}" width="{width}" height="{height}"'
        f' rx="8" fill="#27566b" stroke="#7b8794"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle" fill="#fff">{status}</text>'
    )


def _arrow(before: TaskStatus, after: TaskStatus) -> str:
    (x1, y1), (x2, y2) = CENTRES[before], CENTRES[after]
    length = hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    aside, above = -dy * APART, dx * APART  # to the right of who goes that way
    start = _to_the_edge(dx, dy, aside, above)
    end = length - _to_the_edge(-dx, -dy, aside, above)
    points = [(x1 + aside + dx * way, y1 + above + dy * way) for way in (start, end)]
    (ax, ay), (bx, by) = points
    return (
        f'<path d="M{ax:.1f} {ay:.1f}L{bx:.1f} {by:.1f}" stroke="#7b8794" stroke-width="1.8"'
        f' marker-end="url(#end)"><title>{before} to {after}</title></path>'
    )


def _to_the_edge(dx: float, dy: float, aside: float, above: float) -> float:
    """Return how far it is from beside a box's centre to its edge, in a direction."""
    ways = [
        (size / 2 - shift * (1 if step > 0 else -1)) / abs(step)
        for size, shift, step in ((BOX[0], aside, dx), (BOX[1], above, dy))
        if step
    ]
    return min(ways) + GAP


def main() -> None:
    """Write every picture."""
    for path, workflow in PICTURES.items():
        path.write_text(status_diagram(workflow))


if __name__ == "__main__":
    main()
