"""``sufficiency options``: the league table of schemes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the league table of a case's schemes."""
    from sufficiency.evidence.options.find import find as found

    return found(asked, progress)


ROW = Command(
    "options",
    """Rank the schemes: what the plan costs and whom it places with each, and without it.

    Every scheme is taken out of the best programme, or put into it, and everything else decided
    anew; pairs that compete or need each other are told; and for each scheme its places, whom
    they serve, its own business case, and what would stand in for it if it fell through.
    """,
    (
        Option(
            "--pairs",
            int,
            "Pairs of schemes to look at, those with most in common first. [default: 10]",
            least=0,
            most=1000,
        ),
        *MANY_RUNS,
    ),
    find,
    long=True,
)
