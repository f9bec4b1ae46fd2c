"""The value of a place, by solving again: what one more would save and one fewer would cost.

Duals of a degenerate program are not unique, and solvers disagree: they rank, they do not value. Here every figure is
the difference of two optima, with the schemes as a solution opens them: the *bracket* of a place in a pool and a
period. It holds the duals of every solver between its ends. A place is one of the problem's `room`, a free one: where
more units than places are already there, the first places more only seat those.

Duals do say where nothing is to be solved: the least cost is convex in the places, so ``n`` places more save at most
``n`` times the price of one at *any* optimal duals: nothing where any of them is nothing.

Any other change of places, of several pools or periods together, is valued by `Valuer.best`: the best placements then,
to be set beside those of now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.assignment import Assignment
from models.benders import with_schemes_open
from models.duals import lower_bound
from models.flow import flow_of, place_intervals
from models.verify import pool_load

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.assignment import Assigned
    from models.duals import Duals
    from models.flow import Flow
    from models.problem import Bools, Floats, Problem
    from models.solution import Solution

    Cell = tuple[int, int]

#: Places under which a pool counts as full.
FULL = 1e-6
#: Pounds under which a price counts as nothing, and by which a bound may stay below the cost that it proves.
NOTHING, PROVED = 1e-6, 1e-3


@dataclass(frozen=True)
class PlaceValues:
    """What places are worth, in the problem's (discounted) pounds.

    Attributes
    ----------
    saved_by_more
        (Q, P) saving from `places` more in that pool and period alone; 0 where it is not full.
    cost_of_fewer
        (Q, P) cost of `places` fewer; 0 where so many stand empty, NaN where there are not so many.
    places
        How many more and fewer.
    """

    saved_by_more: Floats
    cost_of_fewer: Floats
    places: float


def value_places(problem: Problem, solution: Solution, places: float = 1.0) -> PlaceValues:
    """Value `places` more and fewer in every pool and period, everything else as it is.

    Only changes that can matter are solved: more places in a pool that is full and whose price is not nothing, fewer
    where too few stand empty. A flow has all of them at once; else the assignment is kept warm between them.

    Raises
    ------
    NoValuesError
        When the solution has no values to start from.
    """
    return Valuer(problem, solution).values((places,))[0]


class Valuer:
    """A solution whose places are valued, kept warm for more than one question.

    Parameters
    ----------
    problem, solution
        Schemes are as the solution opens them.

    Raises
    ------
    NoValuesError
        When the solution has no values to start from.
    """

    def __init__(self, problem: Problem, solution: Solution) -> None:
        solution.need_values()
        self._fixed = with_schemes_open(problem, solution.opens)
        self._empty = self._fixed.room - pool_load(self._fixed, solution.stay)
        self._solution = solution
        self._assignment: Assignment | Flow | None = None
        self._known: list[Duals] = []

    def values(self, amounts: Sequence[float] = (1.0,)) -> list[PlaceValues]:
        """Value so many places more and fewer, for each amount, in every pool and period."""
        room = self._fixed.room
        found = []
        for places in amounts:
            if places == 1.0 and (ends := place_intervals(self._fixed)) is not None:
                found.append(PlaceValues(*ends, places))
                continue
            cells = [(int(q), int(t)) for q, t in zip(*np.nonzero(np.isfinite(room)), strict=True)]
            more, fewer = np.zeros_like(room), np.zeros_like(room)
            for (q, t), saved, cost in self.cells(cells, places):
                more[q, t], fewer[q, t] = saved, cost
            found.append(PlaceValues(more, fewer, places))
        return found

    def cells(
        self, cells: Iterable[Cell], places: float = 1.0
    ) -> Iterable[tuple[Cell, float, float]]:
        """Yield each of some (pool, period) cells with the saving of `places` more and the cost of as many fewer.

        The cells may be shared out among workers: which are asked for, and in what order, is all one.
        """
        warm, as_it_is = self._warm()
        for cell in cells:
            saved, cost = 0.0, 0.0
            if self._matters[cell]:
                saved = as_it_is - warm.least(self._with(cell, places))
            if self._fixed.room[cell] < places:
                cost = np.nan
            elif self._empty[cell] < places:
                cost = warm.least(self._with(cell, -places)) - as_it_is
            yield cell, max(saved, 0.0), cost if np.isnan(cost) else max(cost, 0.0)

    def best(self, room: Floats) -> Assigned:
        """Return the best placements within other `room`, (Q, P): those of `now` where nothing better or worse follows.

        The answer does not depend on what was asked before.
        """
        warm, _ = self._warm()
        if self._same_cost(room):
            return self.now
        if isinstance(warm, Assignment):
            warm.back(self._mark)
        return warm.solve(room)

    @property
    def now(self) -> Assigned:
        """The best placements with places as they are."""
        self._warm()
        return self._now

    @property
    def problem(self) -> Problem:
        """The problem with its schemes as given, their places among its room."""
        return self._fixed

    def _warm(self) -> tuple[Assignment | Flow, float]:
        """Solve the assignment as it is, once."""
        if self._assignment is None:
            self._assignment = flow_of(self._fixed) or Assignment(self._fixed)
            self._now = self._assignment.solve(self._fixed.room)
            if isinstance(self._assignment, Assignment):
                self._mark = self._assignment.mark()
            self._as_it_is = self._now.bound
            found = (self._now.duals, self._solution.duals)
            self._known = [duals for duals in found if duals is not None and self._proves(duals)]
            self._matters = self._may_matter()
        return self._assignment, self._as_it_is

    def _proves(self, duals: Duals) -> bool:
        """Whether duals are optimal: they prove the cost as it is."""
        return lower_bound(self._fixed, duals) >= self._as_it_is - PROVED

    def _may_matter(self) -> Bools:
        """(Q, P) whether more places may save anything: the pool is full, and no optimal duals price it at nothing."""
        matters = np.isfinite(self._fixed.room) & (self._empty < FULL)
        index = self._fixed.pool_use[1]
        matters &= np.bincount(index, minlength=matters.size).reshape(matters.shape) > 0
        for duals in self._known:
            matters &= duals.places < -NOTHING
        return matters

    def _same_cost(self, room: Floats) -> bool:
        """Whether it is plain that other room costs the same: fewer places stand empty, duals price more at nothing."""
        limited = np.isfinite(self._fixed.room)
        change = np.where(
            limited, np.where(limited, room, 0.0) - np.where(limited, self._fixed.room, 0.0), 0.0
        )
        if (change < -np.maximum(self._empty, 0.0)).any():
            return False
        more = np.maximum(change, 0.0)
        saved = [-float((duals.places * more).sum()) for duals in self._known]
        return not more.any() or min(saved, default=np.inf) <= NOTHING

    def _with(self, cell: Cell, change: float) -> Floats:
        changed = self._fixed.room.copy()
        changed[cell] += change
        return changed
