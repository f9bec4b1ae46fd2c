"""``sufficiency value``: what one place more is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.evidence.commands import Command
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Value the places of a case."""
    from sufficiency.evidence.study import Study
    from sufficiency.evidence.value.drawings import heat, value_map
    from sufficiency.evidence.value.find import Asked, amounts
    from sufficiency.evidence.value.find import find as value
    from sufficiency.evidence.value.told import evidence

    wanted = Asked(
        amounts(asked["places"]),
        asked["from_year"],
        asked["one_year"],
        asked["provision"] or "",
        (asked["need"] or "").upper(),
        asked["phase"] or "",
    )
    found = value(Study.asked(asked, progress), wanted, asked, progress)
    progress.step("drawing")
    drawn = [value_map(found, asked)] if asked["kept"] else []
    pictures = [drawing for drawing in (*drawn, heat(found, asked)) if drawing]
    return evidence(found, asked, pictures)


ROW = Command(
    "value",
    """Find what one place more is worth, and what one fewer costs, at every provision.

    By provision, need, phase and year, as a pair: real money a year, and children who have a place
    instead of none. Both ends are planned again. A table, a chart of provision by year, and a map. An
    interrupted run goes on where it was when it is started again.
    """,
    (
        Option(
            "--places",
            str,
            "How many places more and fewer: 1 for one, 8 for a class; several with commas between.",
            "1,8",
            metavar="N,...",
        ),
        Option(
            "--from-year",
            int,
            "The September from which places are there. [default: each year of the plan]",
            least=1990,
            most=2100,
            metavar="YEAR",
        ),
        Option("--one-year", bool, "Value a place for one year alone, not from a year on."),
        Option("--provision", str, "This provision alone.", metavar="ID"),
        Option("--need", str, "Provisions that take this need alone.", metavar="CODE"),
        Option("--phase", ("primary", "secondary", "post16"), "Provisions of this phase alone."),
        *MANY_RUNS,
    ),
    find,
)
