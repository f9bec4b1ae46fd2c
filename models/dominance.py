"""Leave out stays that no best plan needs, before anything is solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.problem import Bools, Ints, Problem

#: Pounds by which a stay must be dearer than a free one to be left out: equal ones may win a tie.
DEARER = 1e-6


def undominated(problem: Problem) -> Ints:
    """Return the positions of stays that may be in a solution of least cost.

    A stay is *free* when its pool has room for everyone in each of its periods and no side limit counts it. Units
    of a stay can always be moved to a free stay of the same state, length and next state, which leaves the rest of the
    plan as it is: so a stay dearer than such a free one is in no solution of least cost. Exact, whatever is opened.
    """
    stays = problem.stays
    course = stays.state * (problem.periods + 1) + stays.length
    _, kind = np.unique(course * (len(problem.states) + 1) + stays.next + 1, return_inverse=True)
    free = _free(problem)
    cheapest = np.full(len(stays), np.inf)
    np.minimum.at(cheapest, kind[free], stays.cost[free])
    return np.flatnonzero(stays.cost <= cheapest[kind] + DEARER)


def _free(problem: Problem) -> Bools:
    """(A,) whether nothing can hold a stay back."""
    stay, cell, _ = problem.pool_use
    free = np.ones(len(problem.stays), bool)
    free[stay[np.isfinite(problem.room.ravel()[cell])]] = False
    free[problem.limits.stay] = False
    return free
