"""``sufficiency compare``: plans side by side, what transport saves, and who gains and who loses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Set finished plans side by side; one alone beside building nothing."""
    from sufficiency.evidence.compare.find import sides_of
    from sufficiency.evidence.compare.finished import named_apart, read_or_plan, unbuilt
    from sufficiency.evidence.compare.section import evidence
    from sufficiency.evidence.compare.told import Comparison, counts_of

    progress.step("reading the plans")
    plans = [read_or_plan(path, progress) for path in asked["plans"]]
    plans = named_apart(plans) if len(plans) > 1 else [unbuilt(plans[0]), *plans]
    counts = counts_of(plans)
    progress.step("working out what changes, and for whom")
    return evidence(Comparison(tuple(plans), tuple(sides_of(plans, counts)), counts))


ROW = Command(
    "compare",
    """Set finished plans side by side: places, money, journeys, and who gains and who loses.

    The first PLAN is the baseline that every other is compared with, each a folder that
    `sufficiency plan` wrote (or a case, which is planned first); one plan alone is compared with
    building nothing. Travel savings are a range: from vehicles that are no longer hired to pro
    rata. Nothing is solved again.
    """,
    (),
    find,
    takes="plans",
)
