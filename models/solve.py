"""Solve a problem: choose schemes, assign exactly with those, then break ties by the stated rule.

Three ways give the same answer. The *whole* program, written in PuLP and given to a solver as it is, is the readable
reference and serves small problems; the *decomposed* one (`models.benders` over `models.assignment`) serves large.
Where nothing is to be opened, and one year's limits nest, it is a network *flow* (`models.flow`): found by looking.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.assignment import Assignment, clean
from models.benders import Learned, choose, with_schemes_open
from models.dominance import undominated
from models.duals import Duals, lower_bound
from models.engines import ENGINES, EXACT, NoAnswerError, version
from models.fewest import without_needless
from models.flow import solution as as_flow
from models.program import Program, formulate, not_together
from models.solution import Solution, Status, overspent
from models.ties import least_preference
from models.twins import earliest_twins
from models.verify import cost

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.engines import Engine, Outcome
    from models.problem import Bools, Floats, Problem

#: Stays above which the decomposed way is taken, where there is the choice.
LARGE = 5_000
#: Pounds that make fewer schemes, then earlier ones, the better of two equal plans: far under a penny each.
SCHEME_TIE = 1e-3
#: The smallest gap that a proof is tried for when breaking ties is in its way.
GAP_LEAST = 1e-12
#: What is proved beyond the gap asked for, as a share of the cost, where that is not a tenth of the gap already.
SPARE = 1e-6


@dataclass(frozen=True)
class Answer:
    """What one way of solving found: schemes, flows, the duals that prove the flows, and the bound on any plan."""

    opens: Bools
    stay: Floats
    unplaced: Floats
    duals: Duals
    bound: float
    log: str


def solve(
    problem: Problem,
    *,
    gap: float = 1e-6,
    time_limit: float | None = None,
    solver: str = "highs",
    whole: bool | None = None,
    progress: Callable[[str], None] = lambda _: None,
    learned: Learned | None = None,
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
        ``"highs"``, which leaves a flow to the flow's own solver, or ``"cbc"``, which only knows the whole program.
    whole
        Whether to solve the whole program at once; None leaves it to the problem's structure and size.
    progress
        Told how far the search is.
    learned
        What earlier searches of problems of the same structure found, which the decomposed way uses and adds to
        (`models.warm` keeps it).

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
    if whole is None and solver == "highs" and (flow := as_flow(problem, gap)) is not None:
        return replace(flow, seconds=time.perf_counter() - began)
    if whole is None:
        whole = solver != "highs" or len(problem.stays) <= LARGE
    tie = scheme_tie(len(problem.schemes))
    learned = learned or Learned()
    answer = _attempt(problem, tie, gap, time_limit, solver, progress, learned, whole=whole)
    units = max(1.0, abs(answer.objective))
    if gap < answer.gap <= gap + float(tie.sum()) / units:
        # Only the breaking of ties stands between the bound and the proof: break them by less.
        least = tie * max(gap, GAP_LEAST) * units / 10 / float(tie.sum())
        left = None if time_limit is None else max(0.0, began + time_limit - time.perf_counter())
        answer = _attempt(problem, least, gap, left, solver, progress, learned, whole=whole)
    return replace(answer, seconds=time.perf_counter() - began)


def _attempt(
    problem: Problem,
    tie: Floats,
    gap: float,
    time_limit: float | None,
    solver: str,
    progress: Callable[[str], None],
    learned: Learned,
    *,
    whole: bool,
) -> Solution:
    """Solve with `tie` added to the cost of each opening, and take it away from what is proved."""
    opening_cost = problem.schemes.cost + tie[:, None]
    try:
        if whole:
            found = _whole(problem, opening_cost, gap, time_limit, solver)
        else:
            found = _decomposed(problem, opening_cost, gap, time_limit, progress, learned)
    except NoAnswerError as error:
        return _nothing(problem, error.outcome, solver)
    found = _fewest(problem, found, opening_cost, gap, learned.assignment)
    found = replace(found, opens=earliest_twins(problem.schemes, found.opens))
    fixed = with_schemes_open(problem, found.opens)
    stay, unplaced = least_preference(fixed, found.stay, found.unplaced, found.duals)
    draft = Solution(
        status=Status.OPTIMAL,
        stay=stay,
        unplaced=unplaced,
        opens=found.opens,
        objective=math.nan,
        bound=math.nan,
        seconds=0.0,
        solver=version(solver),
        log=found.log,
        duals=found.duals,
    )
    objective = cost(problem, draft)
    # The bound is of the program with ties broken: take the breaking away. No cost is negative, so 0 bounds all.
    bound = max(0.0, found.bound - float(tie.sum()))
    answer = replace(draft, objective=objective, bound=min(objective, bound))
    return answer if answer.gap <= gap else replace(answer, status=Status.FEASIBLE)


def _fewest(
    problem: Problem,
    found: Answer,
    opening_cost: Floats,
    gap: float,
    assignment: Assignment | None,
) -> Answer:
    """Close the schemes that the answer opens for nothing."""
    flow_cost = _flow_cost(problem, found.stay, found.unplaced)
    total = flow_cost + float((opening_cost * found.opens).sum())
    spare = min(total - found.bound, gap * total)
    fewer = without_needless(problem, found.opens, flow_cost, spare, assignment)
    if fewer is None:
        return found
    opens, flows = fewer
    return replace(found, opens=opens, stay=flows.stay, unplaced=flows.unplaced, duals=flows.duals)


def scheme_tie(schemes: int) -> Floats:
    """(K,) pounds added to each opening: a constant for fewness, less a binary fraction for the earliest."""
    return SCHEME_TIE * (1.0 - 0.25 * 0.5 ** np.arange(schemes, dtype=np.float64))


def _decomposed(
    problem: Problem,
    opening_cost: Floats,
    gap: float,
    time_limit: float | None,
    progress: Callable[[str], None],
    learned: Learned,
) -> Answer:
    """Choose schemes by Benders decomposition over the sifted assignment."""
    if learned.assignment is None:
        learned.assignment = Assignment(problem)
    assignment = learned.assignment
    chosen = choose(
        problem,
        assignment,
        opening_cost,
        gap - min(0.9 * gap, SPARE),
        time_limit,
        progress,
        learned,
    )
    flows = chosen.assigned
    return Answer(chosen.opens, flows.stay, flows.unplaced, flows.duals, chosen.bound, chosen.log)


def _whole(
    problem: Problem, opening_cost: Floats, gap: float, time_limit: float | None, solver: str
) -> Answer:
    """Choose schemes with the whole program, then assign exactly with those that it opens."""
    opens, bound, log = np.zeros_like(problem.schemes.may_open), -math.inf, ""
    if problem.schemes.may_open.any():
        program = formulate(problem, opening_cost=opening_cost, stays=undominated(problem))
        opens, outcome = _opened(problem, program, ENGINES[solver], gap / 10, time_limit)
        bound, log = outcome.bound, outcome.log
    fixed = with_schemes_open(problem, opens)
    program = formulate(fixed, stays=undominated(fixed))
    outcome = ENGINES[solver](program.lp, 0.0, None)
    if outcome.status is not Status.OPTIMAL:
        raise NoAnswerError(outcome)
    flows = _read(fixed, program)
    if solver != EXACT:
        # Eight digits prove nothing of millions: prove this solver's flows by the duals of the other.
        ENGINES[EXACT](program.lp, 0.0, None)
    duals = _duals(fixed, program)
    if not problem.schemes.may_open.any():
        bound, log = lower_bound(fixed, duals), outcome.log
    return Answer(opens, *flows, duals, bound, log)


def _opened(
    problem: Problem, program: Program, engine: Engine, gap: float, time_limit: float | None
) -> tuple[Bools, Outcome]:
    """Solve a program; return what it opens, nothing if it found no plan. The budget is kept to the penny."""
    while True:
        outcome = engine(program.lp, gap, time_limit)
        if outcome.status is Status.INFEASIBLE:
            raise NoAnswerError(outcome)
        opens = np.zeros_like(problem.schemes.may_open)
        for key, y in program.variables.opens.items():
            opens[key] = outcome.status.has_values and (y.varValue or 0.0) > 0.5
        over = overspent(problem.schemes, opens)
        if not over:
            return opens, outcome
        for by, schemes in over:
            program.lp.addConstraint(not_together(program.variables, by, schemes))


def _duals(problem: Problem, program: Program) -> Duals:
    """Return the duals of a solved program by position; rows that it lacks have none."""
    duals = Duals(
        np.zeros(len(problem.states)), np.zeros(problem.room.shape), np.zeros(len(problem.limits))
    )
    for row in program.lp.constraints():
        family, _, position = row.name.partition("_")
        at = tuple(int(part) for part in position.split("_"))
        value = row.pi or 0.0
        getattr(duals, family)[at] = value if family == "balance" else min(0.0, value)
    return duals


def _flow_cost(problem: Problem, stay: Floats, unplaced: Floats) -> float:
    return float(problem.stays.cost @ stay + problem.states.unplaced_cost @ unplaced)


def _read(problem: Problem, program: Program) -> tuple[Floats, Floats]:
    """Return units by stay and by state."""
    stay = np.zeros(len(problem.stays))
    for a, x in program.variables.stay.items():
        stay[a] = x.varValue or 0.0
    unplaced = np.array([u.varValue or 0.0 for u in program.variables.unplaced.values()])
    return clean(stay), clean(unplaced)


def _nothing(problem: Problem, outcome: Outcome, solver: str) -> Solution:
    return Solution(
        status=outcome.status if not outcome.status.has_values else Status.UNSOLVED,
        stay=np.zeros(len(problem.stays)),
        unplaced=np.zeros(len(problem.states)),
        opens=np.zeros_like(problem.schemes.may_open),
        objective=math.inf,
        bound=outcome.bound,
        seconds=0.0,
        solver=version(solver),
        log=outcome.log,
    )
