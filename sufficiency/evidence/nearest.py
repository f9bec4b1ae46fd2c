"""The nearest suitable school, whether it is full or not: by need, year group, kind and journey, as the plan has it.

A school is *suitable* for a child in a year if one of its pools has places in that year (its own, or of a scheme that
the plan opens), covers the need and the year group, its kind suits, and the journey is not longer than the case allows.
It *has room* for the child if that pool, and every limit that counts the child there, could take one more in each of
the years in which the child is where it is modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.solution import added_places
from models.verify import pool_load
from sufficiency.child_years import SPARE
from sufficiency.pools import Row, covers, records, years_of
from sufficiency.stays import phase_number

if TYPE_CHECKING:
    import pandas as pd

    from geodata.travel import Journeys
    from models import Solution
    from models.problem import Bools, Floats, Ints
    from sufficiency.problem import Basis

#: No school.
NOWHERE = -1


@dataclass(frozen=True)
class Limit:
    """A limit of the case: what it counts at a provision, and (P,) how many more children it would allow."""

    row: Row
    provision: int
    left: Floats


@dataclass(frozen=True)
class Schools:
    """The schools of a plan, as full as it leaves them.

    Attributes
    ----------
    exists
        (Q, P) whether a pool has places in a year, schemes that open included.
    spare
        (Q, P) places left.
    limits
        What the case's limits leave.
    """

    basis: Basis
    journeys: Journeys
    exists: Bools
    spare: Floats
    limits: tuple[Limit, ...]

    @classmethod
    def of(cls, basis: Basis, solution: Solution, journeys: Journeys) -> Schools:
        """Return the schools of a plan."""
        room = basis.problem.room + added_places(basis.problem, solution.opens)
        load = pool_load(basis.problem, solution.stay)
        return cls(
            basis=basis,
            journeys=journeys,
            exists=(room > SPARE) | (basis.pools.places > 0),
            spare=room - load,
            limits=tuple(_limits(basis, solution)),
        )

    def nearest(self, rows: pd.DataFrame, among: Bools) -> tuple[Ints, Ints]:
        """(N,), (N,) the nearest suitable school of each row, and the nearest that has room for it, or `NOWHERE`.

        Parameters
        ----------
        rows
            As from `whereabouts.whereabouts`.
        among
            (V,) schools to look among.
        """
        basis = self.basis
        cohort = rows["cohort"].to_numpy(np.int64)
        suits = basis.cohorts.table["suits"].astype("category").cat
        words, code = list(suits.categories), suits.codes.to_numpy(np.int64)
        kind = [
            basis.costs.pair[cohort],
            code[cohort],
            *(rows[name].to_numpy(np.int64) for name in ("ncy", "year", "since")),
        ]
        alike, which = np.unique(np.stack(kind), axis=1, return_inverse=True)
        nearest, roomy = np.full(len(rows), NOWHERE), np.full(len(rows), NOWHERE)
        order = np.argsort(which.ravel(), kind="stable")
        ends = np.cumsum(np.bincount(which.ravel(), minlength=alike.shape[1]))
        for n, (pair, suit, ncy, year, since) in enumerate(alike.T.tolist()):
            here = order[ends[n - 1] if n else 0 : ends[n]]
            pools = self._suitable(pair, str(words[suit]), ncy, year, among)
            free = pools[self._has_room(pools, pair, ncy, year, since)]
            nearest[here] = self._closest(cohort[here], ncy, pools)
            roomy[here] = self._closest(cohort[here], ncy, free)
        return nearest, roomy

    def _suitable(self, pair: int, suits: str, ncy: int, year: int, among: Bools) -> Ints:
        """Return the pools of `among` that suit a child in a year."""
        pools, costs = self.basis.pools, self.basis.costs
        takes = self._takes[:, pair] & self.exists[:, year] & among[pools.provision]
        takes &= (pools.ncy_from <= ncy) & (ncy <= pools.ncy_to)
        if suits:
            kinds = np.array([kind in suits.split("|") for kind in costs.kinds], bool)
            takes &= kinds[pools.provision]
        return np.flatnonzero(takes)

    @property
    def _takes(self) -> Bools:
        """(Q, pairs) whether each pool covers each pair of needs."""
        known = self.__dict__.get("_covers")
        if known is None:
            pairs, keys = self.basis.costs.pairs, self.basis.pools.keys
            known = np.array([[covers(key.needs, *pair) for pair in pairs] for key in keys], bool)
            self.__dict__["_covers"] = known
        return np.asarray(known, bool)

    def _has_room(self, pools: Ints, pair: int, ncy: int, year: int, since: int) -> Bools:
        """Whether each pool could take one child more from one year to another, its NCY being that of the last."""
        free = (self.spare[pools, since : year + 1] > SPARE).all(axis=1)
        at = self.basis.pools.provision[pools]
        for limit in self.limits:
            if not covers(limit.row["needs"], *self.basis.costs.pairs[pair]):
                continue
            for then in range(since, year + 1):
                counted = limit.row["ncy_from"] <= ncy - year + then <= limit.row["ncy_to"]
                if counted and limit.left[then] <= SPARE:
                    free &= at != limit.provision
        return np.asarray(free, bool)

    def _closest(self, cohort: Ints, ncy: int, pools: Ints) -> Ints:
        """Return the provision of the nearest of some pools for each cohort; of equals the first."""
        provisions = np.unique(self.basis.pools.provision[pools])
        if not len(provisions):
            return np.full(len(cohort), NOWHERE)
        origin = self.basis.costs.origin(cohort)
        (phase,) = phase_number(np.array([ncy]))
        may = self.basis.costs.may_travel[phase][np.ix_(origin, provisions)]
        km = np.where(may, self.journeys.km[np.ix_(origin, provisions)], np.inf)
        best = km.argmin(axis=1)
        found = np.isfinite(km[np.arange(len(origin)), best])
        return np.where(found, provisions[best], NOWHERE)


def _limits(basis: Basis, solution: Solution) -> list[Limit]:
    """Return the case's limits with what they leave, in the order in which they became rows of the problem."""
    problem, settings = basis.problem, basis.case.settings
    counted = problem.limit_share * solution.stay[problem.limits.stay]
    left = problem.limits.room - np.bincount(problem.limits.row, counted, len(problem.limits))
    position = {provision: p for p, provision in enumerate(basis.provisions)}
    found, first = [], 0
    for row in records(basis.case.limits):
        span = years_of(row, settings.base_year, settings.years)
        mine = np.full(settings.years, np.inf)
        mine[span] = left[first : first + span.stop - span.start]
        first += span.stop - span.start
        found.append(Limit(row, position[row["provision_id"]], mine))
    return found
