"""``sufficiency dashboard``: a finished run on one page, and what changed since the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Put what a run published, and what earlier ones did, on one page."""
    from sufficiency.evidence.dashboard.find import evidence
    from sufficiency.evidence.dashboard.published import read_or_plan, told_together

    progress.step("reading the plans")
    runs = [read_or_plan(path, progress) for path in asked["plans"]]
    told_together(runs)
    progress.step("drawing the page")
    return evidence(runs)


ROW = Command(
    "dashboard",
    """Show a finished plan on one page: places, types, value, location, now and in the future.

    The first PLAN is shown: a folder that `sufficiency plan` wrote (or a case, which is planned
    first), read as it was published. Others are earlier ones, the latest before it first: what
    changed since each is set beside it; plan each with --published EARLIER. The case's table
    `scorecard` gives the quarters that the council recorded.
    """,
    (),
    find,
    takes="plans",
)
