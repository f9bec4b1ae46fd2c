"""Solve a problem: choose schemes, then assign exactly with those schemes, then break ties by the stated rule."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.dominance import undominated
from models.engines import ENGINES, version
from models.problem import Schemes
from models.program import Program, formulate
from models.solution import Solution, Status, added_places
from models.verify import cost

if TYPE_CHECKING:
    from models.engines import Outcome
    from models.problem import Bools, Floats, Problem

#: Pounds that make fewer schemes, then earlier ones, the better of two equal plans: far under a penny each.
SCHEME_TIE = 1e-3
#: Pounds under which a reduced cost or a dual counts as nothing when the optimal face is kept.
FACE = 1e-6
#: Share of the objective that breaking ties may cost before it is given up.
TIE_COST = 1e-9


@dataclass(frozen=True)
class Flows:
    """Units by stay and by state, with what they cost in the program that found them."""

    stay: Floats
    unplaced: Floats


def solve(
    problem: Problem, *, gap: float = 1e-6, time_limit: float | None = None, solver: str = "highs"
) -> Solution:
    """Find the plan of least cost.

    Parameters
    ----------
    gap
        Relative gap to be proved.
    time_limit
        Seconds for the choice among schemes; None for no limit. The assignment that follows is always finished,
        so that there is a plan to read.
    solver
        ``"highs"`` or ``"cbc"``.

    Returns
    -------
    Solution
        Among solutions of equal cost: fewest schemes, then the earliest schemes, then the least preference
        (`Stays.preference`).

    Raises
    ------
    KeyError
        For a solver that does not exist.
    """
    began = time.perf_counter()
    opens, outcome = _choose_schemes(problem, gap, time_limit, solver)
    if outcome is not None and outcome.status is Status.INFEASIBLE:
        return _nothing(problem, outcome, began, solver)
    fixed = _fix(problem, opens)
    flows, assigned = _assign(fixed, solver)
    if flows is None:
        return _nothing(problem, assigned, began, solver)
    draft = Solution(
        status=Status.OPTIMAL,
        stay=flows.stay,
        unplaced=flows.unplaced,
        opens=opens,
        objective=math.nan,
        bound=math.nan,
        seconds=time.perf_counter() - began,
        solver=version(solver),
        log=(outcome or assigned).log,
    )
    objective = cost(problem, draft)
    bound = objective if outcome is None else min(objective, outcome.bound)
    answer = replace(draft, objective=objective, bound=bound)
    return answer if answer.gap <= gap else replace(answer, status=Status.FEASIBLE)


def _choose_schemes(
    problem: Problem, gap: float, time_limit: float | None, solver: str
) -> tuple[Bools, Outcome | None]:
    """Decide what opens and when; no outcome where there is nothing to decide."""
    opens = np.zeros_like(problem.schemes.may_open)
    if not problem.schemes.may_open.any():
        return opens, None
    tie = scheme_tie(len(problem.schemes))
    opening = problem.schemes.cost + tie[:, None]
    program = formulate(problem, opening_cost=opening, stays=undominated(problem))
    outcome = ENGINES[solver](program.lp, gap / 10, time_limit)
    if outcome.status.has_values:
        for (k, t), y in program.variables.opens.items():
            opens[k, t] = y.varValue is not None and y.varValue > 0.5
    # The bound is of the program with ties broken: take the breaking away. Every cost is at least 0, so 0 bounds all.
    return opens, replace(outcome, bound=max(0.0, outcome.bound - float(tie.sum())))


def scheme_tie(schemes: int) -> Floats:
    """(K,) pounds added to each opening: a constant for fewness, less a binary fraction for the earliest."""
    return SCHEME_TIE * (1.0 - 0.25 * 0.5 ** np.arange(schemes, dtype=np.float64))


def _fix(problem: Problem, opens: Bools) -> Problem:
    """Return the problem with the schemes' places as given room and nothing left to choose."""
    room = problem.room + added_places(problem, opens)
    return replace(problem, room=room, schemes=Schemes.none(problem.periods))


def _assign(problem: Problem, solver: str) -> tuple[Flows | None, Outcome]:
    """Assign units at least cost, then at least preference among the assignments of that cost."""
    program = formulate(problem, stays=undominated(problem))
    outcome = ENGINES[solver](program.lp, 0.0, None)
    if outcome.status is not Status.OPTIMAL:
        return None, outcome
    best = _read(problem, program)
    return _break_ties(problem, program, best, solver), outcome


def _break_ties(problem: Problem, program: Program, best: Flows, solver: str) -> Flows:
    """Minimise the preference over the optimal face.

    By complementary slackness every optimal solution leaves a variable of positive reduced cost at 0 and a row of
    non-zero dual tight, whichever optimal duals are used; so those are fixed and the rest is free.
    """
    if not len(problem.stays):
        return best
    free = np.array(
        [a for a, x in program.variables.stay.items() if (x.dj or 0.0) <= FACE], np.int64
    )
    face = formulate(problem, problem.stays.preference, np.zeros(len(problem.states)), stays=free)
    for s, u in program.variables.unplaced.items():
        if (u.dj or 0.0) > FACE:
            face.variables.unplaced[s].upBound = 0
    kept = {row.name: row for row in face.lp.constraints()}
    for row in program.lp.constraints():
        if abs(row.pi or 0.0) > FACE and row.name in kept:
            kept[row.name].sense = 0
    outcome = ENGINES[solver](face.lp, 0.0, None)
    if outcome.status is not Status.OPTIMAL:
        return best
    tied = _read(problem, face)
    worse = _flow_cost(problem, tied) - _flow_cost(problem, best)
    return tied if worse <= TIE_COST * max(1.0, _flow_cost(problem, best)) else best


def _flow_cost(problem: Problem, flows: Flows) -> float:
    return float(problem.stays.cost @ flows.stay + problem.states.unplaced_cost @ flows.unplaced)


def _read(problem: Problem, program: Program) -> Flows:
    """Values by position; specks of the solver's tolerance are nothing."""
    stay = np.zeros(len(problem.stays))
    for a, x in program.variables.stay.items():
        stay[a] = x.varValue or 0.0
    unplaced = np.array([u.varValue or 0.0 for u in program.variables.unplaced.values()])
    return Flows(_clean(stay), _clean(unplaced))


def _clean(values: Floats) -> Floats:
    return np.where(values < 1e-9, 0.0, np.round(values, 9))


def _nothing(problem: Problem, outcome: Outcome, began: float, solver: str) -> Solution:
    return Solution(
        status=outcome.status if not outcome.status.has_values else Status.UNSOLVED,
        stay=np.zeros(len(problem.stays)),
        unplaced=np.zeros(len(problem.states)),
        opens=np.zeros_like(problem.schemes.may_open),
        objective=math.inf,
        bound=outcome.bound,
        seconds=time.perf_counter() - began,
        solver=version(solver),
        log=outcome.log,
    )
