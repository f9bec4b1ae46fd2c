"""The value of a place, by solving again: what one more would save and one fewer would cost.

Duals of a degenerate program are not unique, and solvers disagree: they rank, they do not value. Here every figure is
the difference of two optima, with the schemes as a solution opens them: the *bracket* of a place in a pool and a
period. It holds the duals of every solver between its ends. A place is one of the problem's `room`, a free one: where
more units than places are already there, the first places more only seat those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.assignment import Assignment
from models.benders import with_schemes_open
from models.flow import place_intervals
from models.verify import pool_load

if TYPE_CHECKING:
    from models.problem import Floats, Problem
    from models.solution import Solution

#: Places under which a pool counts as full.
FULL = 1e-6


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

    Only changes that can matter are solved: more places in a pool that is full, fewer where too few stand empty.
    The assignment is kept warm between them.

    Raises
    ------
    NoValuesError
        When the solution has no values to start from.
    """
    solution.need_values()
    fixed = with_schemes_open(problem, solution.opens)
    if places == 1.0 and (ends := place_intervals(fixed)) is not None:
        return PlaceValues(*ends, places)
    empty = fixed.room - pool_load(fixed, solution.stay)
    assignment = Assignment(
        replace(fixed, room=np.where(np.isfinite(fixed.room), fixed.room + places, np.inf))
    )
    as_it_is = assignment.solve(fixed.room).cost
    more, fewer = np.zeros_like(fixed.room), np.zeros_like(fixed.room)
    for cell in zip(*np.nonzero(np.isfinite(fixed.room)), strict=True):
        if empty[cell] < FULL and assignment.uses(*map(int, cell)):
            more[cell] = as_it_is - _cost_with(assignment, fixed.room, cell, places)
        if fixed.room[cell] < places:
            fewer[cell] = np.nan
        elif empty[cell] < places:
            fewer[cell] = _cost_with(assignment, fixed.room, cell, -places) - as_it_is
    return PlaceValues(np.maximum(more, 0.0), np.maximum(fewer, 0.0), places)


def _cost_with(assignment: Assignment, room: Floats, cell: tuple[int, int], change: float) -> float:
    changed = room.copy()
    changed[cell] += change
    return assignment.solve(changed).cost
