"""``sufficiency alternatives``: other programmes that are nearly as good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find the alternatives to a case's best programme."""
    from sufficiency.evidence.alternatives.find import find as found

    return found(asked, progress)


ROW = Command(
    "alternatives",
    """Find the most different programmes that cost nearly as little as the best.

    Five programmes within 1% of the best, each as unlike those before it as can be; which schemes
    are in every programme so near (no regret), which are in none, and what swaps for what.
    """,
    (
        Option(
            "--within",
            float,
            "How far above the best a programme may cost, in per cent. [default: 1]",
            least=0,
            most=100,
        ),
        Option(
            "--count",
            int,
            "Programmes to find, the best among them. [default: 5]",
            least=1,
            most=50,
        ),
        *MANY_RUNS,
    ),
    find,
    long=True,
)
