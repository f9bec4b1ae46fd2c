"""``sufficiency fairness``: who travels longest, and the price of being fairer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sufficiency.errors import UsageError
from sufficiency.evidence.commands import Command
from sufficiency.evidence.rows.shortage import YEAR, which_year
from sufficiency.options import MANY_RUNS, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sufficiency.evidence.answer import Evidence
    from sufficiency.progress import Progress

PHASES = ("primary", "secondary", "post16")


def find(asked: Mapping[str, Any], progress: Progress) -> Evidence:
    """Find who travels longest, and what options cost."""
    from sufficiency.evidence.choices import Asker
    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.fairness.find import find as find_fairness
    from sufficiency.evidence.fairness.told import evidence
    from sufficiency.evidence.study import Study
    from sufficiency.sweep import kept_in

    hours = amounts(asked["hours"])
    most = caps(asked["most"]) if asked["most"] else None
    study = Study.asked(asked, progress)
    settings = study.prepared.case.settings
    year = which_year(asked["year"], settings)
    soft = {str(phase): float(m) for phase, m in settings.travel.soft_minutes.items()}
    counts = Counts.of(settings)
    progress.step("finding the best plan")
    with kept_in(asked["kept"]) as kept:
        asker = Asker(study, kept, asked["workers"], asked["cluster"], progress)
        found = find_fairness(asker, year, most or soft, hours, counts)
    progress.step("working out what it means")
    return evidence(found, counts, asked)


def amounts(text: str) -> tuple[float, ...]:
    """Return the pounds of a list such as ``2,5,10``.

    Raises
    ------
    UsageError
        When one is not an amount.
    """
    found = []
    for word in text.replace("£", "").split(","):
        try:
            gbp = float(word)
        except ValueError:
            gbp = -1.0
        if not 0 <= gbp < 1e6:
            raise UsageError("--hours takes pounds with commas between: 2,5,10,20")
        found.append(gbp)
    return tuple(found)


def caps(text: str) -> dict[str, float]:
    """Return the minutes of a list such as ``primary=45,secondary=60``.

    Raises
    ------
    UsageError
        When one is not a phase with its minutes.
    """
    found: dict[str, float] = {}
    for word in text.split(","):
        phase, _, minutes = (part.strip() for part in word.partition("="))
        try:
            found[phase] = float(minutes)
        except ValueError:
            found[phase] = -1.0
        if phase not in PHASES or not 0 < found[phase] < 1e4:
            raise UsageError(
                "--most takes phases and minutes: primary=45,secondary=75,post16=75 (any of the three)"
            )
    return found


ROW = Command(
    "fairness",
    """Find who travels longest, and the price of being fairer.

    The longest tenth, and journeys over 45 and 75 minutes, by need, phase and kind of area (with a
    table `areas`). Then options, each a plan of its own: no area worse than today, a cap on the
    worst journeys, and a weight on minutes: what each costs, and who travels longer or shorter. An
    interrupted run goes on where it was, if it has a folder, when it is started again.
    """,
    (
        YEAR,
        Option(
            "--most",
            str,
            "Cap, minutes one way: primary=45,secondary=75. [default: the case's soft_minutes]",
            metavar="PHASE=MINUTES,...",
        ),
        Option(
            "--hours",
            str,
            "What an hour of a child's travelling is worth, in pounds: a plan for each.",
            "5,10,20,50",
            metavar="POUNDS,...",
        ),
        *MANY_RUNS,
    ),
    find,
)
