"""``sufficiency stepdowns``: independent placements with a local place at the next transition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import GAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find step-downs and what they save."""
    from sufficiency.evidence.stepdowns.find import find as find_stepdowns
    from sufficiency.evidence.stepdowns.told import evidence
    from sufficiency.evidence.study import Study

    study = Study.asked(asked, progress)
    progress.step("solving the plan, all staying, and all who may stepping down")
    found = find_stepdowns(study)
    progress.step("working out what it means")
    return evidence(found, asked)


ROW = Command(
    "stepdowns",
    """Find independent placements for which a suitable local place is there at the next transition.

    Of the placements of now, at a review, phase transfer or the end of the stay: how many could
    step down to a local place there is or a scheme's, and what the placement and the place cost.
    The net saving is of the whole network, solved again. Evidence, and no decision on any child.
    """,
    (GAP,),
    find,
)
