"""Recompute every balance, limit, budget and the objective from the answer alone, without the solver."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.duals import lower_bound, total
from models.problem import Schemes
from models.solution import HALF_A_PENNY, added_places, too_alike

if TYPE_CHECKING:
    from models.problem import Floats, Problem
    from models.solution import Solution

#: Units that a row may be out by. Solvers work to 1e-7 a row and 1e-6 an integer, times a scheme's places.
TOLERANCE = 1e-5
#: Share of the objective, and least pounds, by which the recomputed cost may differ.
COST_TOLERANCE = 1e-8
COST_LEAST = 0.01
#: Share of the flows' cost by which the bound that the duals prove may stay below it.
PROOF_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Discrepancy:
    """One rule that the answer breaks: which, where (an index) and by how much."""

    rule: str
    index: int
    amount: float

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.rule}[{self.index}] is out by {self.amount:.6g}"


def verify(problem: Problem, solution: Solution) -> list[Discrepancy]:
    """Return every rule of `problem` that `solution` breaks; an empty list is the proof that it breaks none.

    Raises
    ------
    NoValuesError
        When the solution has no values to check.
    """
    solution.need_values()
    if not _finite(solution):
        return [Discrepancy("values", 0, float("nan"))]
    broken = [
        Discrepancy(rule, int(index), float(excess[index]))
        for rule, excess in _excesses(problem, solution).items()
        for index in np.flatnonzero(excess > TOLERANCE)
    ]
    return broken + _objective(problem, solution) + _certificate(problem, solution)


def cost(problem: Problem, solution: Solution) -> float:
    """Return the objective, recomputed from the flows and the opened schemes."""
    return (
        total(problem.stays.cost, solution.stay)
        + total(problem.states.unplaced_cost, solution.unplaced)
        + total(problem.schemes.cost, solution.opens)
    )


def _finite(solution: Solution) -> bool:
    return bool(np.isfinite(solution.stay).all() and np.isfinite(solution.unplaced).all())


def _excesses(problem: Problem, solution: Solution) -> dict[str, Floats]:
    """How far each row of each rule is exceeded (positive = broken)."""
    opens = solution.opens
    over = np.cumsum(problem.schemes.capital @ opens) - problem.schemes.budget
    return {
        "stay is not negative": -solution.stay,
        "unplaced is not negative": -solution.unplaced,
        "balance": np.abs(imbalance(problem, solution.stay, solution.unplaced)),
        "places": _overuse(problem, solution),
        "limit": _over_limit(problem, solution),
        "opens only when it may": (opens & ~problem.schemes.may_open).sum(axis=1).astype(float),
        "opens once": opens.sum(axis=1) - 1.0,
        "must open": 1.0 - opens[list(problem.schemes.must)].sum(axis=1),
        "exclusive": np.array(
            [opens[list(group)].sum() - 1.0 for group in problem.schemes.exclusive]
        ),
        "requires": _out_of_order(problem, solution),
        "budget": np.where(over > HALF_A_PENNY, over, 0.0),
        "differs": too_alike(problem.schemes, opens),
    }


def imbalance(problem: Problem, stay: Floats, unplaced: Floats) -> Floats:
    """(S,) units of each state that are neither placed nor left without a place: less than 0 where it is too many."""
    states, stays = problem.states, problem.stays
    left = states.supply.copy()
    again = stays.next >= 0
    np.add.at(left, stays.next[again], (problem.next_share * stay)[again])
    waiting = states.unplaced_next >= 0
    np.add.at(left, states.unplaced_next[waiting], (states.on_roll[:, 1] * unplaced)[waiting])
    np.subtract.at(left, stays.state, stay)
    return left - unplaced


def pool_load(problem: Problem, stay: Floats) -> Floats:
    """(Q, P) places taken in each pool and period by flows `stay`."""
    index, cell, share = problem.pool_use
    load = np.bincount(cell, weights=share * stay[index], minlength=problem.room.size)
    return np.asarray(load, np.float64).reshape(problem.room.shape)


def _overuse(problem: Problem, solution: Solution) -> Floats:
    places = problem.room + added_places(problem, solution.opens)
    return (pool_load(problem, solution.stay) - places).ravel()


def _over_limit(problem: Problem, solution: Solution) -> Floats:
    counted = problem.limit_share * solution.stay[problem.limits.stay]
    load = np.bincount(problem.limits.row, weights=counted, minlength=len(problem.limits))
    return load - problem.limits.room


def _out_of_order(problem: Problem, solution: Solution) -> Floats:
    is_open = np.cumsum(solution.opens, axis=1)
    gaps = [np.max(is_open[scheme] - is_open[other]) for scheme, other in problem.schemes.requires]
    return np.array(gaps, dtype=float)


def _objective(problem: Problem, solution: Solution) -> list[Discrepancy]:
    found = cost(problem, solution)
    difference = abs(found - solution.objective)
    allowed = max(COST_LEAST, COST_TOLERANCE * abs(found))
    above = solution.bound - solution.objective
    # Asked so that what is no number is out, too.
    broken = [] if difference <= allowed else [Discrepancy("objective", 0, difference)]
    if not math.isnan(solution.objective) and not above <= max(COST_LEAST, 1e-7 * abs(found)):
        broken.append(Discrepancy("bound", 0, above))
    return broken


def _certificate(problem: Problem, solution: Solution) -> list[Discrepancy]:
    """Check by the reduced costs of every stay that no assignment with these schemes costs less."""
    if solution.duals is None:
        return []
    room = problem.room + added_places(problem, solution.opens)
    proved = lower_bound(
        replace(problem, room=room, schemes=Schemes.none(problem.periods)), solution.duals
    )
    flows = cost(problem, replace(solution, opens=np.zeros_like(solution.opens)))
    above = flows - proved
    allowed = max(COST_LEAST, PROOF_TOLERANCE * abs(flows))
    return [] if above <= allowed else [Discrepancy("assignment is proved best", 0, above)]
