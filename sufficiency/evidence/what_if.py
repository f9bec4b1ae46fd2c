"""Other numbers for a problem of the same structure: schools without limit, stays dearer, hours that are worth more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.solution import added_places

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools, Floats
    from sufficiency.evidence.study import Study
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


def hours_of(study: Study) -> Floats:
    """(N,) hours that children travel in each year of stays, a child: there and back on every school day."""
    basis, rows = study.prepared.basis, study.accounts.rows
    settings = basis.case.settings
    days = np.array([settings.transport_for(kind).days for kind in basis.costs.kinds])
    return np.asarray(rows.share * rows.minutes * 2 * days[basis.years.provision] / 60, np.float64)


def over_stays(study: Study, yearly: Floats, *, discounted: bool = True) -> Floats:
    """Return (A,) the sum over each stay of (N,) amounts in its years, as money is discounted or as they are."""
    rows = study.accounts.rows
    worth = study.accounts.factor[rows.year] if discounted else 1.0
    return np.asarray(np.bincount(rows.stay, worth * yearly, len(study.problem.stays)), np.float64)


def with_hours_at(problem: Problem, hours: Floats, more_gbp: float) -> Problem:
    """Return the problem in which each of (A,) hours, discounted, costs so much more, or less."""
    stays = problem.stays
    cost = np.maximum(0.0, stays.cost + more_gbp * hours)
    return problem.with_numbers(stays=replace(stays, cost=cost))


def required(problem: Problem) -> Bools:
    """(K,) whether a proposed scheme must open, or one that must requires it."""
    found = np.zeros(problem.schemes.may_open.shape[0], bool)
    found[list(problem.schemes.must)] = True
    while more := {k for one, k in problem.schemes.requires if found[one] and not found[k]}:
        found[list(more)] = True
    return found
