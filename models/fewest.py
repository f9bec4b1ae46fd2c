"""Schemes that a plan opens for nothing: closed again, so that of equal plans the one of fewest schemes is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.assignment import Assignment
from models.benders import with_schemes_open
from models.solution import too_alike

if TYPE_CHECKING:
    from models.assignment import Assigned
    from models.problem import Bools, Problem

#: Share of the cost under which two plans cost the same.
SAME = 1e-9


def without_needless(
    problem: Problem,
    opens: Bools,
    flow_cost: float,
    spare: float,
    assignment: Assignment | None = None,
) -> tuple[Bools, Assigned] | None:
    """Close what can be closed at no cost, the last scheme first; None if there is nothing.

    A solver stops within its gap, so it may have opened a scheme that costs next to nothing and does nothing.

    Parameters
    ----------
    opens
        (K, P) whether scheme k opens in period t.
    flow_cost
        Cost of the assignment that goes with it.
    spare
        Distance to the proven bound: what costs more to open is needed, or the bound would be wrong.
    assignment
        Of the problem, warm if there is one.
    """
    found: tuple[Bools, Assigned] | None = None
    cost = problem.schemes.cost
    cheap = np.flatnonzero((opens & (cost <= spare)).any(axis=1))
    if not len(cheap):
        return None
    assignment = assignment or Assignment(problem)
    for k in reversed(cheap.tolist()):
        now = found[0] if found else opens
        needed = any(other == k and now[scheme].any() for scheme, other in problem.schemes.requires)
        if needed or k in problem.schemes.must:
            continue
        fewer = now.copy()
        fewer[k] = False
        if (too_alike(problem.schemes, fewer) > 0).any():
            continue
        assigned = assignment.solve(with_schemes_open(problem, fewer).room)
        saved = float(cost[k][now[k]].sum())
        if assigned.cost <= flow_cost + saved + SAME * max(1.0, flow_cost):
            found, flow_cost = (fewer, assigned), assigned.cost
    return found
