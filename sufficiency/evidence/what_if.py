"""Other numbers for a problem of the same structure: schools without limit, stays made dearer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.solution import added_places

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools, Floats
    from sufficiency.problem import Basis


def without_limits(basis: Basis, opens: Bools, among: Bools) -> Problem:
    """Return the problem in which some schools take everyone, in the years when they are open.

    Parameters
    ----------
    opens
        (K, P) schemes, without which some schools are not there.
    among
        (V,) the schools.
    """
    problem = basis.problem
    everyone = 1.0 + problem.periods * float(problem.states.supply.sum())
    exists = (problem.room + added_places(problem, opens) > 0) | (basis.pools.places > 0)
    room = np.where(among[basis.pools.provision][:, None] & exists, everyone, problem.room)
    limits = problem.limits
    lifted = np.zeros(len(limits), bool)
    lifted[limits.row] = among[basis.stays.provision[limits.stay]]
    freed = replace(limits, room=np.where(lifted, everyone, limits.room))
    return problem.with_numbers(room=room, limits=freed)


def dearer(problem: Problem, gbp: Floats) -> Problem:
    """Return the problem with (A,) pounds added to the cost of each stay."""
    stays = problem.stays
    return problem.with_numbers(stays=replace(stays, cost=stays.cost + gbp))


def required(problem: Problem) -> Bools:
    """(K,) whether a proposed scheme must open, or one that must requires it."""
    found = np.zeros(problem.schemes.may_open.shape[0], bool)
    found[list(problem.schemes.must)] = True
    while more := {k for one, k in problem.schemes.requires if found[one] and not found[k]}:
        found[list(more)] = True
    return found
