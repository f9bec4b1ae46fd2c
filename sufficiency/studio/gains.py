"""Who gains and who loses against another plan, in numbers that may be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.changes import compare
from sufficiency.findings import ALL
from sufficiency.report.parts import academic
from sufficiency.studio.answers import told_count

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.evidence.counts import Counts
    from sufficiency.studio.answers import Answered

#: What becomes of children, in the words of the page, and whether it is good.
WORDS: dict[str, tuple[str, bool | None]] = {
    "gained": ("A place instead of none", True),
    "much_shorter": ("Journey at least 15 minutes shorter", True),
    "shorter": ("Journey up to 15 minutes shorter", True),
    "same": ("No change", None),
    "longer": ("Journey up to 15 minutes longer", False),
    "much_longer": ("Journey at least 15 minutes longer", False),
    "lost": ("No place instead of one", False),
    "unknown": ("Journey not known", None),
}
OTHERS = "The two plans are of other children or of sites elsewhere: nobody can be followed from one to the other."


def gains(now: Answered, before: Answered) -> dict[str, Any]:
    """Return what becomes of children against another plan: `years`, `by_need` of the last year, or `words` why not."""
    if not _same_children(now, before):
        return {"words": OTHERS, "years": [], "by_need": []}
    table = compare(
        (before.prepared.basis, before.solution),
        (now.prepared.basis, now.solution),
        now.prepared.travel.journeys,
    )
    counts = now.counts
    of_all = table[(table["phase"] == ALL) & (table["need"] == ALL)].set_index("year")
    years = [
        {"year": year, "words": academic(year), "outcomes": _outcomes(counts, of_all, year)}
        for year in now.years
    ]
    last = table[
        (table["year"] == now.years[-1]) & (table["phase"] == ALL) & (table["need"] != ALL)
    ]
    by_need = [
        {"need": str(need), "outcomes": _outcomes(counts, last.set_index("need"), str(need))}
        for need in last["need"]
    ]
    return {"words": "", "years": years, "by_need": by_need}


def _outcomes(counts: Counts, rows: pd.DataFrame, key: int | str) -> list[dict[str, Any]]:
    return [
        {
            "key": outcome,
            "title": WORDS[outcome][0],
            "children": told_count(counts, float(rows[outcome].get(key, 0.0))),
            "good": WORDS[outcome][1],
        }
        for outcome in WORDS
    ]


def _same_children(now: Answered, before: Answered) -> bool:
    """Whether both are plans of the same groups of children, from the same homes to sites of the same order."""
    one, other = now.prepared, before.prepared
    return (
        np.array_equal(one.travel.journeys.minutes, other.travel.journeys.minutes, equal_nan=True)
        and one.basis.provisions == other.basis.provisions
        and one.demand.groups.equals(other.demand.groups)
    )
