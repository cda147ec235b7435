"""Render status rules as Markdown, from the rules themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fring_core import TaskStatus, Workflow

if TYPE_CHECKING:
    from collections.abc import Mapping


def status_table(workflows: Mapping[str, Workflow]) -> str:
    """Return a table with a row for each status, and a column of its moves for each workflow.

    `workflows` has the columns' headings as keys. Staying is no move, and is left out.
    """
    rows = [["from", *workflows], ["---"] * (1 + len(workflows))]
    rows += [
        [f"`{before}`", *(_moves(workflow, before) for workflow in workflows.values())]
        for before in TaskStatus
    ]
    return "\n".join(_row(cells) for cells in rows)


def _moves(workflow: Workflow, before: TaskStatus) -> str:
    allowed = [
        f"`{after}`"
        for after in TaskStatus
        if after is not before and workflow.allows(before, after)
    ]
    return ", ".join(allowed) or "none"


def _row(cells: list[str]) -> str:
    return f"|{'|'.join(cells)}|" if cells[0] == "---" else f"| {' | '.join(cells)} |"
