"""``sufficiency explain``: why and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import GAP, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Explain a case's best plan."""
    from sufficiency.evidence.explain.find import explain
    from sufficiency.evidence.study import Study

    return explain(Study.asked(asked, progress), asked, progress)


ROW = Command(
    "explain",
    """Say why and why not, in plain words: a group of children, a provision, a scheme.

    For a group: the nearest provisions that suit, and why each takes them or does not. For a
    provision: whom it serves, when it is full, what a place more is worth, who is elsewhere. For a
    scheme: what it costs and saves, what stands in its way, the price at which that flips. With nothing
    named: the plan in short, who has no place, and what would have to give.
    """,
    (
        Option("--need", str, "A group's primary need.", metavar="CODE"),
        Option("--phase", ("primary", "secondary", "post16"), "A group's phase."),
        Option("--area", str, "A group's home area, or a postcode district.", metavar="NAME"),
        Option("--provision", str, "A provision, by its reference or name.", metavar="ID"),
        Option("--scheme", str, "A scheme, by its reference or name.", metavar="ID"),
        Option(
            "--year",
            int,
            "The academic year to tell of, by its September. [default: the plan's last]",
            least=1990,
            most=2100,
            metavar="YEAR",
        ),
        GAP,
    ),
    find,
)
