"""Why children are not at a provision: by need, year group, kind, journey, places, limits and price, child by child.

Each child of a year is looked at with the decision that brought it to where it is then: a place must have been to be
had from that decision to the end of the stay that it would have been.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from models.solution import added_places
from models.verify import pool_load
from sufficiency.child_years import DUST, SPARE
from sufficiency.pools import covers
from sufficiency.stays import phase_number

if TYPE_CHECKING:
    from geodata.travel import Journeys
    from models import Solution
    from models.problem import Bools, Floats, Ints
    from sufficiency.problem import Basis

#: Reasons, the first that holds is told; HERE is none.
HERE, STAYS, NEED, YEARS, KIND, FAR, SHUT, FULL, LIMIT, DEARER = range(10)
#: Reasons for which a provision is no place for a child, whatever room it has.
UNSUITABLE = (NEED, YEARS, KIND)
#: Position of no provision.
NOWHERE = -1


@dataclass(frozen=True)
class People:
    """Children of one year of the plan: rows alike in cohort, place and decision.

    Attributes
    ----------
    cohort, ncy, provision
        (N,) who; NCY in the year; where, or `NOWHERE`.
    state
        (N,) state of the decision, or -1 for those whom no decision moves.
    children
        (N,) how many.
    """

    cohort: Ints
    ncy: Ints
    provision: Ints
    state: Ints
    children: Floats

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.cohort)

    def only(self, keep: Bools) -> People:
        """Return some of the rows."""
        return People(*(array[keep] for array in vars(self).values()))

    @property
    def total(self) -> float:
        """How many children."""
        return float(self.children.sum())


def people(basis: Basis, solution: Solution, year: int) -> People:
    """Return the children of a year of the plan."""
    parts: list[tuple[Ints, ...]] = []
    counts: list[Floats] = []
    moving = basis.years
    there = solution.stay[moving.stay] * moving.share
    rows = np.flatnonzero((moving.year == year) & (there > DUST))
    stay = moving.stay[rows]
    parts.append(
        (moving.cohort[rows], moving.ncy[rows], moving.provision[rows], basis.stays.state[stay])
    )
    counts.append(there[rows])
    staying = basis.placed.years
    rows = np.flatnonzero((staying.year == year) & (basis.placed.there > DUST))
    nobody = np.full(len(rows), -1)
    parts.append((staying.cohort[rows], staying.ncy[rows], staying.provision[rows], nobody))
    counts.append(basis.placed.there[rows])
    cohorts = basis.cohorts
    waits = np.flatnonzero((cohorts.year == year) & (solution.unplaced > DUST))
    nowhere = np.full(len(waits), NOWHERE)
    parts.append((cohorts.cohort[waits], cohorts.ncy[waits], nowhere, waits))
    counts.append(solution.unplaced[waits])
    cohort, ncy, provision, state = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return People(cohort, ncy, provision, state, np.concatenate(counts))


@dataclass(frozen=True)
class Blocked:
    """Where and when a provision is full for some children: pools by position, with years of the plan."""

    years: dict[int, set[int]]

    @property
    def all_years(self) -> set[int]:
        """Every year in which any of its pools is full for them."""
        return set().union(*self.years.values())

    @property
    def first(self) -> tuple[int, int] | None:
        """The pool that is full in most years, and the first of those."""
        if not self.years:
            return None
        pool = min(self.years, key=lambda q: (-len(self.years[q]), q))
        return pool, min(self.years[pool])


class Reasons:
    """A plan, to be asked why children are not at a provision."""

    def __init__(self, basis: Basis, solution: Solution, journeys: Journeys) -> None:
        self.basis, self.solution, self.journeys = basis, solution, journeys
        problem, limits = basis.problem, basis.problem.limits
        added = added_places(problem, solution.opens)
        self.spare: Floats = problem.room + added - pool_load(problem, solution.stay)
        self.exists: Bools = (problem.room + added > SPARE) | (basis.pools.places > 0)
        counted = problem.limit_share * solution.stay[limits.stay]
        self._left = limits.room - np.bincount(limits.row, counted, len(limits))

    @cached_property
    def _open_stays(self) -> tuple[Bools, Bools, Bools]:
        """(A,) whether a stay has places in all its years; has one left in all of them; is at no limit."""
        problem = self.basis.problem
        stay, cell, _ = problem.pool_use
        exists, free, limit = (np.ones(len(problem.stays), bool) for _ in range(3))
        exists[stay[~self.exists.ravel()[cell]]] = False
        free[stay[self.spare.ravel()[cell] <= SPARE]] = False
        limit[problem.limits.stay[self._left[problem.limits.row] <= SPARE]] = False
        return exists, free, limit

    def why(self, at: int, rows: People) -> Ints:
        """(N,) the reason why each row's children are not at a provision."""
        states = len(self.basis.problem.states)
        mine = np.flatnonzero(self.basis.stays.provision == at)
        exists, free, limit = (flags[mine] for flags in self._open_stays)
        of = self.basis.stays.state[mine]

        def some(flags: Bools) -> Bools:
            found = np.zeros(states + 1, bool)
            found[of[flags]] = True
            return found

        state = rows.state
        code = np.where(some(np.ones(len(mine), bool))[state], SHUT, self._unsuitable(at, rows))
        code = np.where(some(exists)[state], FULL, code)
        code = np.where(some(exists & free)[state], LIMIT, code)
        code = np.where(some(exists & free & limit)[state], DEARER, code)
        held = (state < 0) & ~np.isin(code, UNSUITABLE)
        return np.where(rows.provision == at, HERE, np.where(held, STAYS, code))

    def _unsuitable(self, at: int, rows: People) -> Ints:
        """(N,) why there is no such stay at all: need, year group, kind, journey; else there are no places."""
        basis, cohorts = self.basis, self.basis.cohorts
        pools = [q for q, p in enumerate(basis.pools.provision) if p == at]
        if not pools:
            return np.full(len(rows), SHUT)
        decided = rows.state >= 0
        ncy = np.array(rows.ncy)
        ncy[decided] = cohorts.ncy[rows.state[decided]]
        pair = basis.costs.pair[rows.cohort]
        need, both = np.zeros(len(rows), bool), np.zeros(len(rows), bool)
        for q in pools:
            key = basis.pools.keys[q]
            takes = np.array([covers(key.needs, *codes) for codes in basis.costs.pairs], bool)[pair]
            need |= takes
            both |= takes & (key.ncy_from <= ncy) & (ncy <= key.ncy_to)
        suits = cohorts.table["suits"].to_numpy()[rows.cohort]
        kind = basis.costs.kinds[at]
        suited = np.array([not text or kind in text.split("|") for text in suits], bool)
        near = basis.costs.may_travel[phase_number(ncy), basis.costs.origin(rows.cohort), at]
        found = np.where(near, SHUT, FAR)
        found = np.where(suited, found, KIND)
        found = np.where(both, found, YEARS)
        return np.where(need, found, NEED)

    def blocked(self, at: int, rows: People) -> Blocked:
        """Return where and when a provision has no place left for children who would need one."""
        problem, periods = self.basis.problem, self.basis.problem.periods
        stay, cell, _ = problem.pool_use
        wanted = np.zeros(len(problem.states), bool)
        wanted[rows.state[rows.state >= 0]] = True
        here = (self.basis.stays.provision[stay] == at) & wanted[self.basis.stays.state[stay]]
        here &= self._open_stays[0][stay] & (self.spare.ravel()[cell] <= SPARE)
        found: dict[int, set[int]] = {}
        for pool, year in {(int(c) // periods, int(c) % periods) for c in np.unique(cell[here])}:
            found.setdefault(pool, set()).add(year)
        return Blocked(found)

    def dearer(self, at: int, rows: People, year: int) -> Floats:
        """(N,) real money a year that a child would cost more at a provision than where it is; NaN without a price."""
        there = self._cost(np.full(len(rows), at), rows, year)
        waits = self.basis.case.settings.waiting.gbp_per_child_year
        here = np.where(
            rows.provision < 0, waits, self._cost(np.maximum(rows.provision, 0), rows, year)
        )
        return there - here

    def _cost(self, at: Ints, rows: People, year: int) -> Floats:
        costs = self.basis.costs
        price = costs.price(rows.cohort, at, rows.ncy, np.full(len(rows), year))
        return np.where(price >= 0, price, np.nan) + costs.transport[costs.origin(rows.cohort), at]

    def km(self, at: int, rows: People) -> Floats:
        """(N,) kilometres one way; NaN where no journey is known."""
        return self._journey(self.journeys.km, at, rows)

    def minutes(self, at: int, rows: People) -> Floats:
        """(N,) minutes one way; NaN where no journey is known."""
        return self._journey(self.journeys.minutes, at, rows)

    def _journey(self, table: Floats, at: int, rows: People) -> Floats:
        found = table[self.basis.costs.origin(rows.cohort), at]
        return np.where(np.isfinite(found), found, np.nan)


def mean(values: Floats, weights: Floats) -> float:
    """Return the mean of the values that are known; NaN where none is."""
    known = np.isfinite(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")
