"""Who has no place, and what would have to give, by how much: places, minutes, or a kind of provision."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.child_years import FULL, NOWHERE, TOO_DEAR, TOO_FAR
from sufficiency.evidence.counts import WITHHELD
from sufficiency.evidence.explain.reasons import FAR, KIND, NEED, YEARS, People
from sufficiency.evidence.few import folded
from sufficiency.evidence.naming import listed
from sufficiency.pounds import hundreds
from sufficiency.report.parts import PHASE_WORDS, Table, academic, heading, numbers

if TYPE_CHECKING:
    import pandas as pd

    from models.problem import Floats, Ints
    from sufficiency.evidence.counts import Counts
    from sufficiency.evidence.explain.explained import Explained

#: Provisions that are tried for those who find all full, those full for most of them first.
TRIED = 6
#: Child-years that are rounding.
DUST = 1e-6


@dataclass(frozen=True)
class Gives:
    """What would place children of a need and phase who have no place for one reason.

    Attributes
    ----------
    need, phase, reason
        Of the children.
    by_year
        (P,) how many there are.
    words
        What would have to give, by how much: to be told where there are enough of them.
    """

    need: str
    phase: str
    reason: str
    by_year: Floats
    words: str


@dataclass(frozen=True)
class Shortage:
    """Children without a place in a plan."""

    said: Explained

    @cached_property
    def without(self) -> pd.DataFrame:
        """The exact table, as `child_years.waiting`."""
        return self.said.study.tables(self.said.study.plan)[1]

    @property
    def total(self) -> float:
        """Years that children spend without a place."""
        return float(self.without["children"].sum())

    @cached_property
    def gives(self) -> list[Gives]:
        """What would have to give, by need, phase and reason."""
        found = []
        for (need, phase, reason), rows in self.without.groupby(
            ["need", "phase", "reason"], sort=True
        ):
            by_year = np.zeros(self.said.study.problem.periods)
            np.add.at(
                by_year, rows["year"].to_numpy() - self.said.base_year, rows["children"].to_numpy()
            )
            who = self._people(str(need), str(phase), str(reason))
            ways = {
                FULL: self._places,
                TOO_FAR: self._minutes,
                NOWHERE: self._kind,
                TOO_DEAR: self._dear,
            }
            words = ways[str(reason)](who, by_year)
            found.append(Gives(str(need), str(phase), str(reason), by_year, words))
        return found

    def _people(self, need: str, phase: str, reason: str) -> People:
        """Return the children behind rows of the table: one state a row."""
        cohorts, solution = self.said.basis.cohorts, self.said.study.plan.solution
        states = np.flatnonzero(solution.unplaced > 1e-7)
        mine = [
            (state, row)
            for state, row in zip(states.tolist(), self.without.itertuples(), strict=True)
            if (row.need, row.phase, row.reason) == (need, phase, reason)
        ]
        state: Ints = np.array([s for s, _ in mine], np.int64)
        return People(
            cohorts.cohort[state],
            cohorts.ncy[state],
            np.full(len(state), -1),
            state,
            solution.unplaced[state],
        )

    def _places(self, who: People, by_year: Floats) -> str:
        """Say how many places where would place them: those that place most, tried by planning again."""
        need = ceil(float(by_year.max()) - DUST)
        first = int(np.flatnonzero(by_year > DUST)[0])
        tried = [worth for q in self._full_pools(who) if (worth := self.said.worth(q, first, need))]
        best = max(tried, key=lambda worth: (round(worth.placed, 4), worth.saved), default=None)
        many = self.said.counts.text(need)
        when = academic(self.said.base_year + first)
        if best is None or best.placed <= DUST:
            return f"places: {many} from {when} on, at a provision that suits them; at none of today's would they do"
        money = hundreds(abs(best.saved))
        return (
            f"places: {many} more from {when} on at {self.said.pools[best.pool]} would give"
            f" {self.said.counts.text(best.placed)} child-years a place, and {'save' if best.saved >= 0 else 'cost'}"
            f" {money} a year"
        )

    def _full_pools(self, who: People) -> list[int]:
        """Return the pools that are full for them, those for most of them first."""
        problem = self.said.study.problem
        stay, cell, _ = problem.pool_use
        weight = np.zeros(len(problem.states))
        weight[who.state] = who.children
        pool = cell // problem.periods
        full = self.said.reasons.spare.ravel()[cell] <= 1e-6
        full &= self.said.reasons.exists.ravel()[cell]
        once = np.unique(np.stack([pool[full], self.said.basis.stays.state[stay[full]]]), axis=1)
        sums = np.bincount(once[0], weight[once[1]], len(problem.room))
        return [int(q) for q in np.argsort(-sums, kind="stable")[:TRIED] if sums[q] > 0]

    def _minutes(self, who: People, by_year: Floats) -> str:  # noqa: ARG002 - as the others
        """Say by how much the longest journey allowed would have to be longer."""
        best = np.full(len(who), np.inf)
        for at in range(len(self.said.basis.provisions)):
            far = self.said.reasons.why(at, who) == FAR
            minutes = np.nan_to_num(self.said.reasons.minutes(at, who), nan=np.inf)
            best = np.where(far, np.minimum(best, minutes), best)
        known = np.isfinite(best)
        if not known.any():
            return "a way: no suitable provision can be reached from their homes at all"
        most = self.said.basis.case.settings.travel.max_minutes
        longest = ceil(float(best[known].max()) / 5) * 5
        return f"the longest journey allowed: {longest} minutes would do, where {_limits(most)}"

    def _kind(self, who: People, by_year: Floats) -> str:  # noqa: ARG002 - as the others
        """Say what no provision offers them."""
        codes = [self.said.reasons.why(at, who) for at in range(len(self.said.basis.provisions))]
        nearest = np.max(np.where(np.isin(codes, (NEED, YEARS, KIND)), codes, NEED), axis=0)
        words = {
            NEED: "one for their needs",
            YEARS: "one for their year groups",
            KIND: "one of a kind that suits",
        }
        missing = sorted({int(code) for code in nearest})
        return f"provision: there is not {listed([words[code] for code in missing])}"

    def _dear(self, who: People, by_year: Floats) -> str:  # noqa: ARG002 - as the others
        """Say that the priority on placing children is too low."""
        priority = self.said.basis.case.settings.waiting.penalty_gbp_per_child_year
        each = f"{hundreds(priority)} a child-year"
        return f"the priority on placing children: at {each} a free place is thought too dear"

    def rows(self, *keys: str) -> pd.DataFrame:
        """Return child-years without a place by `keys`, exactly."""
        return self.without.groupby(list(keys), as_index=False)[["children"]].sum()


def _limits(most: object) -> str:
    limits = dict(most) if isinstance(most, dict) else {}
    return listed([f"{phase} has {minutes:g}" for phase, minutes in limits.items()])


def headline(found: Shortage) -> str:
    """Say how many have no place."""
    counts = found.said.counts
    if found.total <= DUST:
        return "Every child has a place in every year"
    number = counts.text(found.total)
    return f"{number[0].upper()}{number[1:]} child-years are spent without a place"


def told(found: Shortage) -> list[Gives]:
    """Return what may be told: of needs, phases and reasons with enough children without a place in some year.

    Not child-years: one child who waits for five years is still one child.
    """
    return [
        give for give in found.gives if give.by_year.max() >= found.said.counts.threshold - DUST
    ]


def table(found: Shortage) -> Table | None:
    """Return children without a place by need and phase and year, as people read them; None where all have one."""
    if found.total <= DUST:
        return None
    counts, years = found.said.counts, found.said.study.problem.periods
    rows = [
        (f"{give.need}, {PHASE_WORDS[give.phase].lower()}", give.reason, give.by_year)
        for give in told(found)
    ]
    few = [give.by_year for give in found.gives if give not in told(found)]
    rows += [("Groups of few", "each of too few to tell", np.sum(few, axis=0))] if few else []
    cells = [
        [heading(name), heading(reason), *numbers([_short(counts, n) for n in by_year])]
        for name, reason, by_year in rows
    ]
    heads = ["Need and phase", "Why", *(academic(found.said.base_year + t) for t in range(years))]
    return Table("Children without a place", heads, cells, frozenset(range(2, years + 2)))


def _short(counts: Counts, children: float) -> str:
    shown = counts.shown(children)
    return WITHHELD if shown is None else f"{shown:,}"


def sentences(found: Shortage) -> list[str]:
    """Say what would have to give."""
    said = [
        f"{give.need}, {PHASE_WORDS[give.phase].lower()}: what would have to give is {give.words}."
        for give in told(found)
    ]
    if len(said) < len(found.gives):
        said.append(
            "What would have to give for groups of fewer stands in the private folder alone (--out has one)."
        )
    return said


def frames(found: Shortage) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return children without a place by need, phase, area and year, as they may be told; and exactly, with reason."""
    keys = ["need", "phase", "area", "year"]
    exact = found.rows(*keys, "reason")
    told = folded(found.rows(*keys), keys, ["children"], found.said.counts.threshold)
    public = told.assign(children=[found.said.counts.text(n) for n in told["children"]])
    return public, exact


def ways(found: Shortage) -> pd.DataFrame:
    """Return what would have to give for every need, phase and reason, however few they are of."""
    import pandas as pd

    rows = [(g.need, g.phase, g.reason, float(g.by_year.sum()), g.words) for g in found.gives]
    return pd.DataFrame(
        rows, columns=["need", "phase", "reason", "child_years", "what_would_have_to_give"]
    )
