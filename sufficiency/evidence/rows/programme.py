"""``sufficiency programme``: the recommended phasing as a list of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import GAP, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the recommended phasing of a case."""
    from sufficiency.evidence.programme.find import find as found

    return found(asked, progress)


ROW = Command(
    "programme",
    """List what to open, where and when, and the dates by which it must be decided.

    The best plan's schemes as actions in the order of years; the latest decisions that building
    times, the DfE's place numbers and phase transfers imply; capital by year against the budget;
    a timeline.
    """,
    (
        Option(
            "--lead-months",
            float,
            "Months from decision to opening, for schemes whose lead_months the case does not give."
            " [default: nothing is assumed]",
            least=0,
            most=240,
        ),
        GAP,
    ),
    find,
)
