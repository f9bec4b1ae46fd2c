"""``sufficiency shortage``: the journeys that are longer because a nearer suitable school is full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence.commands import Command
from sufficiency.options import GAP, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress
    from sufficiency.settings import Settings

#: Which academic year is told in detail.
YEAR = Option(
    "--year",
    int,
    "Academic year (its September) to tell in detail. [default: the plan's last]",
    least=1990,
    most=2100,
)


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find what full schools cost in travel."""
    from sufficiency.evidence.shortage.find import find as find_shortage
    from sufficiency.evidence.shortage.told import evidence
    from sufficiency.evidence.study import Study

    study = Study.asked(asked, progress)
    year = which_year(asked["year"], study.prepared.case.settings)
    progress.step("solving the plan, and again with room for all")
    found = find_shortage(study)
    progress.step("working out what it means")
    return evidence(found, year, asked)


def which_year(year: int | None, settings: Settings) -> int:
    """Return the academic year asked for, or the plan's last.

    Raises
    ------
    UsageError
        When the plan has no such year.
    """
    first, last = settings.base_year, settings.base_year + settings.years - 1
    if year is not None and not first <= year <= last:
        raise UsageError(f"the plan has no year {year}: give one from {first} to {last}")
    return last if year is None else year


ROW = Command(
    "shortage",
    """Find the journeys that are longer only because a nearer suitable school is full.

    What full local schools cost in child-miles, hours, vehicles and pounds a year, by the school
    that is full, area, need and phase: against the nearest suitable school, and against the plan
    solved again with room for everyone at every local school.
    """,
    (YEAR, GAP),
    find,
)
