"""Winners and losers: how the plan changes journeys and places against the baseline, child for child.

The children of a cohort are alike, so nobody knows who of them goes where. They are paired so that as few as possible
change: first those at the same provision in both, then the others in the order of their minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.child_years import DUST
from sufficiency.findings import ALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.travel import Journeys
    from models import Solution
    from sufficiency.problem import Basis

#: A difference of less than this many minutes is none.
SAME_MINUTES = 1.0
#: A difference of this many minutes or more is a large one.
MANY_MINUTES = 15.0
#: What may become of a child, in the order of the table; every child with a place in either is in just one.
OUTCOMES = (
    "much_shorter",
    "shorter",
    "same",
    "longer",
    "much_longer",
    "gained",
    "lost",
    "unknown",
)
#: The provision of those who have none.
NOWHERE = -1
KEYS = ["cohort", "year", "provision"]


class Pair(NamedTuple):
    """So many children with so many minutes before and after; NaN where no journey is known, inf without a place."""

    children: float
    before: float
    after: float


def compare(
    before: tuple[Basis, Solution], after: tuple[Basis, Solution], journeys: Journeys
) -> pd.DataFrame:
    """Return what becomes of children, by year, phase and need, `ALL` of either included.

    Both plans must be of the same groups of children.

    Columns
    -------
    `year`, `phase`, `need`; children by `OUTCOMES`; and `minutes_shorter`, `minutes_longer`: by how much in the mean
    the shorter and the longer journeys change, NaN where there are none.
    """
    table = after[0].cohorts.table
    both = _where(*before).merge(_where(*after), "outer", KEYS, suffixes=("_before", "_after"))
    both = both.fillna({"children_before": 0.0, "children_after": 0.0})
    origin = table["origin"].to_numpy(np.int64)[both["cohort"]]
    both["minutes"] = _minutes(journeys, origin, both["provision"].to_numpy(np.int64))
    frame = outcomes(both)
    reception = table["reception"].to_numpy(np.int64)[frame["cohort"]]
    phases = {ncy: needs.phase(ncy) for ncy in range(-10, 30)}
    frame["phase"] = (frame["year"] - reception).map(phases)
    frame["need"] = table["need"].to_numpy(object)[frame["cohort"]]
    base = after[0].case.settings.base_year
    return _tabulate(frame.assign(year=frame["year"] + base))


def outcomes(both: pd.DataFrame) -> pd.DataFrame:
    """Return what becomes of the children of each cohort and year, a row a pair of journeys.

    Parameters
    ----------
    both
        `cohort`, `year`, `provision`, `children_before`, `children_after`, and the `minutes` from home to there: NaN
        where no journey is known, inf for those without a place.

    Returns
    -------
    `cohort`, `year`, `outcome` ("" for nowhere in both), `children` and `minutes`: by how many it is longer.
    """
    found = [
        (cohort, year, *_outcome(pair)) for cohort, year, pairs in _pairs(both) for pair in pairs
    ]
    return pd.DataFrame(found, columns=["cohort", "year", "outcome", "children", "minutes"])


def _where(basis: Basis, solution: Solution) -> pd.DataFrame:
    """Return children by cohort, year of the plan and position of the provision, `NOWHERE` included."""
    moving, placed, states = basis.years, basis.placed.years, basis.cohorts
    without = np.full(len(states.cohort), NOWHERE)
    rows = pd.DataFrame(
        {
            "cohort": np.concatenate([moving.cohort, placed.cohort, states.cohort]),
            "year": np.concatenate([moving.year, placed.year, states.year]),
            "provision": np.concatenate([moving.provision, placed.provision, without]),
            "children": np.concatenate(
                [solution.stay[moving.stay] * moving.share, basis.placed.there, solution.unplaced]
            ),
        }
    )
    return rows[rows["children"] > DUST].groupby(KEYS, as_index=False)[["children"]].sum()


def _minutes(
    journeys: Journeys,
    origin: np.ndarray[tuple[int], np.dtype[np.int64]],
    provision: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    minutes = np.asarray(journeys.minutes, np.float64)[origin, np.maximum(provision, 0)]
    known = np.where(np.isfinite(minutes), minutes, np.nan)
    return np.where(provision == NOWHERE, np.inf, known)


def _pairs(both: pd.DataFrame) -> Iterator[tuple[int, int, list[Pair]]]:
    """Pair the children of each cohort and year: those who stay where they are, then the others by minutes."""
    stays = np.minimum(both["children_before"], both["children_after"])
    both = both.assign(
        stays=stays,
        leaves=both["children_before"] - stays,
        arrives=both["children_after"] - stays,
    ).sort_values(["cohort", "year", "minutes", "provision"])
    kept = both[both["stays"] > DUST]
    minutes = kept["minutes"].fillna(0.0)  # the same journey, though nobody knows how long
    for cohort, year, children, way in zip(
        kept["cohort"], kept["year"], kept["stays"], minutes, strict=True
    ):
        yield int(cohort), int(year), [Pair(children, way, way)]
    moved = both[(both["leaves"] > DUST) | (both["arrives"] > DUST)]
    for _, rows in moved.groupby(["cohort", "year"]):
        every = rows["minutes"].tolist()
        before = list(zip(every, rows["leaves"].tolist(), strict=True))
        after = list(zip(every, rows["arrives"].tolist(), strict=True))
        yield int(rows["cohort"].iloc[0]), int(rows["year"].iloc[0]), pair(before, after)


def pair(before: list[tuple[float, float]], after: list[tuple[float, float]]) -> list[Pair]:
    """Pair children off in the order given: each list has minutes, and how many have them."""
    pairs: list[Pair] = []
    left, right = [n for _, n in before], [n for _, n in after]
    i = j = 0
    while i < len(left) and j < len(right):
        both = min(left[i], right[j])
        if both > DUST:
            pairs.append(Pair(both, before[i][0], after[j][0]))
        left[i] -= both
        right[j] -= both
        i, j = i + (left[i] <= DUST), j + (right[j] <= DUST)
    return pairs


def _outcome(pair: Pair) -> tuple[str, float, float]:
    """Return what becomes of a pair, how many children it is, and by how many minutes their journey is longer."""
    children, before, after = pair
    more = 0.0 if before == after else after - before
    if np.isinf(before) or np.isinf(after):
        word = "" if before == after else "gained" if np.isinf(before) else "lost"
        return word, children, 0.0
    if np.isnan(more):
        return "unknown", children, 0.0
    if abs(more) < SAME_MINUTES:
        return "same", children, more
    much = "much_" if abs(more) >= MANY_MINUTES else ""
    return f"{much}{'longer' if more > 0 else 'shorter'}", children, more


def _tabulate(rows: pd.DataFrame) -> pd.DataFrame:
    """Count children by outcome, for every phase and need and all of either."""
    copies = [
        rows,
        rows.assign(phase=ALL),
        rows.assign(need=ALL),
        rows.assign(phase=ALL, need=ALL),
    ]
    keys = ["year", "phase", "need"]
    order = {name: n for n, name in enumerate([ALL, *needs.PHASES, *needs.NEEDS, needs.UNASSESSED])}
    return tally(pd.concat(copies, ignore_index=True), keys).sort_values(
        keys, key=lambda c: c if c.name == "year" else c.map(order), ignore_index=True
    )


def tally(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Count children by outcome, and take the mean of how much shorter and longer journeys are, by `keys`."""
    long = rows[rows["outcome"] != ""]
    counts = long.pivot_table("children", keys, "outcome", aggfunc="sum", fill_value=0.0).reindex(
        columns=list(OUTCOMES), fill_value=0.0
    )
    minutes = long.assign(child_minutes=long["minutes"].abs() * long["children"])
    for way in ("shorter", "longer"):
        mine = minutes[minutes["outcome"].isin([way, f"much_{way}"])].groupby(keys)
        sums = mine[["child_minutes", "children"]].sum()
        counts[f"minutes_{way}"] = sums["child_minutes"] / sums["children"]
    return counts.reset_index().rename_axis(columns=None)
