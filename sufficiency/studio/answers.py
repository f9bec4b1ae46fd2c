"""What came of a solve, as the page shows it: exact figures within, and of children only what may be told.

Nothing on the page tells of few children, as it is shown in meetings: numbers of children are those of
`evidence.counts`, shares are made of the numbers told, and areas are shaded by class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.counts import Counts
from sufficiency.findings import ALL

if TYPE_CHECKING:
    from models import Solution
    from sufficiency.evidence.accounts import Account
    from sufficiency.steps import Prepared

#: Counts of children in the exact tables.
OF_CHILDREN = ("children", "unplaced", "independent", "out_of_area", "gap")
#: Children whose modelled journey is longer than this many minutes, one way.
LONG_MINUTES = 45.0


@dataclass(frozen=True)
class Answered:
    """A verified plan of a scenario, and everything that is read off it.

    Attributes
    ----------
    key
        Which differences it is of.
    settled
        Whether it is known to be the plan that is made from nothing, and not only as good.
    """

    key: str
    prepared: Prepared
    solution: Solution
    account: Account
    seconds: float
    settled: bool = False
    built: bool = field(default=True)

    @property
    def years(self) -> list[int]:
        """The academic years of the plan."""
        settings = self.prepared.case.settings
        return list(range(settings.base_year, settings.base_year + settings.years))

    @property
    def counts(self) -> Counts:
        """What may be told of children."""
        return Counts.of(self.prepared.case.settings)

    @cached_property
    def somewhere(self) -> pd.DataFrame:
        """Children who are somewhere: exact."""
        from sufficiency.child_years import spent

        return spent(self.prepared.basis, self.solution, self.prepared.travel.journeys)

    @cached_property
    def everybody(self) -> pd.DataFrame:
        """Everybody by area, need, phase and year, with what becomes of them: exact."""
        from sufficiency.child_years import waiting

        there = self.somewhere
        independent, away = there["independent"].to_numpy(bool), there["out_of_area"].to_numpy(bool)
        minutes = there["minutes"].to_numpy(np.float64)
        known = np.isfinite(minutes)
        children = there["children"].to_numpy(np.float64)
        placed = there[["area", "need", "phase", "year", "children"]].assign(
            unplaced=0.0,
            independent=np.where(independent, children, 0.0),
            out_of_area=np.where(away, children, 0.0),
            gap=np.where(independent | away, children, 0.0),
            travelling=np.where(known, children, 0.0),
            child_minutes=np.where(known, minutes, 0.0) * children,
            long=np.where(known & (minutes > LONG_MINUTES), children, 0.0),
        )
        left = waiting(self.prepared.basis, self.solution)
        waits = left[["area", "need", "phase", "year", "children"]].assign(
            unplaced=left["children"], gap=left["children"]
        )
        both = pd.concat([placed, waits], ignore_index=True).fillna(0.0)
        keys = ["area", "need", "phase", "year"]
        return both.groupby(keys, as_index=False, sort=True).sum()

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """All children by year: exact."""
        summed = self.everybody.drop(columns=["area", "need", "phase"]).groupby("year").sum()
        return summed.reindex(self.years, fill_value=0.0)

    def tidied(self) -> None:
        """Work out what is read again and again."""
        _ = self.by_year


def account_of(prepared: Prepared, solution: Solution) -> Account:
    """Return what a plan comes to."""
    basis, journeys = prepared.basis, prepared.travel.journeys
    accounts = Accounts.of(basis, journeys.km, journeys.minutes)
    return accounts.account(basis.problem, solution)


def told_count(counts: Counts, exact: float) -> dict[str, Any]:
    """Return a number of children as the page has it."""
    return {"text": counts.text(exact), "value": counts.shown(exact)}


def gap_rows(answered: Answered, year: int) -> list[dict[str, Any]]:
    """Return the gap of a year by need and phase, all of either included."""
    rows = answered.everybody
    rows = rows[rows["year"] == year].drop(columns=["area", "year"])
    copies = [rows, rows.assign(phase=ALL), rows.assign(need=ALL), rows.assign(need=ALL, phase=ALL)]
    summed = pd.concat(copies).groupby(["need", "phase"])[list(OF_CHILDREN)].sum()
    order = {name: n for n, name in enumerate([ALL, *needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    keys = sorted(summed.index, key=lambda key: (order[key[0]], order[key[1]]))
    return [
        _gap_row(answered.counts, need, phase, summed.loc[(need, phase)]) for need, phase in keys
    ]


def _gap_row(counts: Counts, need: str, phase: str, exact: pd.Series[float]) -> dict[str, Any]:
    share = told_share(counts, float(exact["gap"]), float(exact["children"]))
    told = {name: told_count(counts, float(exact[name])) for name in OF_CHILDREN}
    text = f"{share}%" if share is not None else counts.few
    return {"need": need, "phase": phase, **told, "share_pct": share, "text": text}


def told_share(counts: Counts, part: float, whole: float) -> int | None:
    """Return a share in per cent of the numbers as they are told; None where either is not."""
    of, among = counts.shown(part), counts.shown(whole)
    if of is None or not among:
        return None
    return min(100, round(100 * of / among))


@dataclass(frozen=True)
class Layer:
    """A layer of the page's map: `ends` are the lower ends of all classes but the first."""

    key: str
    title: str
    legend: str
    unit: str
    ends: tuple[float, ...]
    words: str

    def classes(self) -> list[dict[str, Any]]:
        """Return what the key says of each class."""
        ends = [0, *(int(end) for end in self.ends)]
        texts = [f"under {ends[1]}{self.words}"]
        texts += [f"{low} to {high - 1}{self.words}" for low, high in pairwise(ends[1:])]
        return [
            {"class": n, "text": text}
            for n, text in enumerate([*texts, f"{ends[-1]}{self.words} or more"])
        ]

    def place(self, value: float) -> int:
        """Return the class of a value."""
        return int(np.searchsorted(self.ends, value, side="right"))


LAYERS = (
    Layer(
        "journeys",
        "Mean journey by home area",
        "Mean journey",
        "minutes one way",
        (10, 15, 20, 30),
        " minutes",
    ),
    Layer(
        "gap",
        "Children without a place, independent or out of area",
        "Share of children",
        "% of children",
        (10, 20, 35, 50),
        "%",
    ),
)
WITHHELD = -1


def layers_of(answered: Answered, year: int, area: dict[str, str]) -> dict[str, Any]:
    """Return the classes of each layer's areas in a year.

    Parameters
    ----------
    area
        Which area of the map each home's area is in.
    """
    counts, rows = answered.counts, answered.everybody
    rows = rows[rows["year"] == year]
    named = rows["area"].map(area)
    summed = rows.drop(columns=["area", "need", "phase", "year"]).groupby(named).sum()
    journeys, gap = LAYERS
    classes: dict[str, dict[str, int]] = {layer.key: {} for layer in LAYERS}
    for key, row in summed.iterrows():
        name, children, travelling = str(key), float(row["children"]), float(row["travelling"])
        if not counts.tells(travelling):
            classes[journeys.key][name] = WITHHELD
        elif travelling > 0:
            classes[journeys.key][name] = journeys.place(float(row["child_minutes"]) / travelling)
        share = told_share(counts, float(row["gap"]), children)
        if share is not None:
            classes[gap.key][name] = gap.place(share)
        elif children > 0:
            classes[gap.key][name] = WITHHELD
    return {key: {"classes": found} for key, found in classes.items()}


def mean_minutes(answered: Answered, year: int) -> float | None:
    """Return the mean journey of a year's children; None where nobody travels."""
    sums, at = answered.by_year, answered.years.index(year)
    travelling = float(sums["travelling"].iloc[at])
    return float(sums["child_minutes"].iloc[at]) / travelling if travelling > 0 else None
