"""Whole units: round a plan whose units are continuous to one that splits nobody, and say what that costs.

Optima of the program are nearly all whole, as it is nearly a network: only where long stays cross is a unit split
between places. So the whole flows stay as they are, and an integer program is solved over the *parts* that are split:
a part is the states that lead to one another, all there is for one kind of unit. Where that costs more than it should,
the parts that share full places with them are let loose, too, as long as the program stays small.

Where supply is fractional, or units leave in shares, nothing can be whole: such parts keep their flows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pulp

from models.benders import with_schemes_open
from models.dominance import undominated
from models.duals import total
from models.engines import ENGINES
from models.problem import Problem, Schemes, SideLimits, States, Stays
from models.program import formulate
from models.solution import Status
from models.verify import cost, pool_load

if TYPE_CHECKING:
    from models.problem import Bools, Ints
    from models.solution import Solution

#: Units by which a flow may differ from a whole number and still be one: what solvers' tolerances leave.
WHOLE = 1e-6
#: Stays of an integer program at most, its seconds, and how often it is widened.
MOST_STAYS, SECONDS, WIDENED = 40_000, 60.0, 4
#: Pounds that rounding may cost before it is tried in a wider program, and to which a program is solved.
ENOUGH_GBP, EXACT_GBP = 1.0, 0.1


@dataclass(frozen=True)
class Whole:
    """A plan in whole units.

    Attributes
    ----------
    solution
        With the same schemes, and the bound of the plan that was rounded; duals prove nothing of it, so it has none.
    cost
        What rounding cost: its objective less that of the plan that was rounded.
    not_whole
        Parts that cannot be whole, as they have fractional supply or shares; each is a kind of unit.
    split
        Parts that were split before.
    """

    solution: Solution
    cost: float
    not_whole: int
    split: int


def whole_units(problem: Problem, solution: Solution) -> Whole:
    """Round the flows of a solution to whole units, at the least cost that is found; its schemes stay.

    Raises
    ------
    NoValuesError
        When the solution has no values to round.
    """
    solution.need_values()
    fixed = with_schemes_open(problem, solution.opens)
    part, can = _parts(fixed)
    split = _split(fixed, solution, part) & can
    best = _snapped(fixed, solution, part, can & ~split)
    if not split.any():
        return _told(problem, solution, best, can, split)
    loose, found = split, None
    for _ in range(WIDENED + 1):
        tried = _assign(fixed, best, loose[part])
        if tried is not None and (found is None or _gbp(fixed, tried) < _gbp(fixed, found)):
            found = tried
        if found is not None and _gbp(fixed, found) <= _gbp(fixed, solution) + ENOUGH_GBP:
            break
        wider = loose | (_neighbours(fixed, best, part, loose[part]) & can)
        if (wider == loose).all() or wider[part[fixed.stays.state]].sum() > MOST_STAYS:
            break
        loose = wider
    return _told(problem, solution, found or _nobody_split(fixed, best, part, split), can, split)


def _parts(problem: Problem) -> tuple[Ints, Bools]:
    """(S,) part of each state, and whether each part can be whole."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    states, stays = problem.states, problem.stays
    stay, wait = stays.next >= 0, states.unplaced_next >= 0
    tail = np.concatenate([stays.state[stay], np.flatnonzero(wait)])
    head = np.concatenate([stays.next[stay], states.unplaced_next[wait]])
    links = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(states), len(states)))
    count, part = connected_components(links, directed=False)
    broken = np.abs(states.supply - np.round(states.supply)) > WHOLE
    broken |= ((states.on_roll != 0) & (states.on_roll != 1)).any(axis=1)
    can = np.ones(count, bool)
    can[part[broken]] = False
    return part.astype(np.int64), can


def _split(problem: Problem, solution: Solution, part: Ints) -> Bools:
    """Whether each part has a flow that is not whole."""
    split = np.zeros(part.max(initial=-1) + 1, bool)
    off = np.abs(solution.stay - np.round(solution.stay)) > WHOLE
    split[part[problem.stays.state[off]]] = True
    split[part[np.abs(solution.unplaced - np.round(solution.unplaced)) > WHOLE]] = True
    return split


def _snapped(problem: Problem, solution: Solution, part: Ints, whole: Bools) -> Solution:
    """Return the plan without the specks of a solver's tolerance on the flows of whole parts."""
    stays, states = whole[part[problem.stays.state]], whole[part]
    return replace(
        solution,
        stay=np.where(stays, np.round(solution.stay), solution.stay),
        unplaced=np.where(states, np.round(solution.unplaced), solution.unplaced),
    )


def _neighbours(problem: Problem, solution: Solution, part: Ints, loose: Bools) -> Bools:
    """Whether each part takes places that are full and that loose states might take."""
    index, cell, _ = problem.pool_use
    load = pool_load(problem, solution.stay).ravel()
    full = load >= problem.room.ravel() - WHOLE
    wanted = np.zeros(len(full), bool)
    wanted[cell[loose[problem.stays.state[index]]]] = True
    takes = (solution.stay[index] > 0) & (full & wanted)[cell]
    found = np.zeros(part.max(initial=-1) + 1, bool)
    found[part[problem.stays.state[index[takes]]]] = True
    limits = problem.limits
    counted = problem.limit_share * solution.stay[limits.stay]
    tight = np.bincount(limits.row, counted, len(limits)) >= limits.room - WHOLE
    of_loose = np.zeros(len(limits), bool)
    of_loose[limits.row[loose[problem.stays.state[limits.stay]]]] = True
    takes = (solution.stay[limits.stay] > 0) & (tight & of_loose)[limits.row]
    found[part[problem.stays.state[limits.stay[takes]]]] = True
    return found


def _assign(problem: Problem, solution: Solution, loose: Bools) -> Solution | None:
    """Assign whole units in the loose states at least cost, all others as they are; None if none was found in time."""
    candidates = undominated(problem)
    stays = candidates[loose[problem.stays.state[candidates]]]
    states = np.flatnonzero(loose)
    smaller = _smaller(problem, solution, states, stays)
    program = formulate(smaller)
    for x in program.variables.stay.values():
        x.cat = pulp.LpInteger
    size = max(1.0, _gbp(problem, solution))
    outcome = ENGINES["highs"](program.lp, min(1e-4, EXACT_GBP / size), SECONDS)
    if outcome.status not in {Status.OPTIMAL, Status.FEASIBLE}:
        return None
    stay, unplaced = solution.stay.copy(), solution.unplaced.copy()
    stay[loose[problem.stays.state]] = 0.0
    flows = [program.variables.stay[n].varValue or 0.0 for n in range(len(stays))]
    waits = [program.variables.unplaced[n].varValue or 0.0 for n in range(len(states))]
    stay[stays], unplaced[states] = np.round(flows), np.round(waits)
    return replace(solution, stay=stay, unplaced=unplaced)


def _smaller(problem: Problem, solution: Solution, states: Ints, stays: Ints) -> Problem:
    """Return the problem of some states and stays alone, in the room that the others leave."""
    every, all_stays, limits = problem.states, problem.stays, problem.limits
    state, stay = np.full(len(every), -1), np.full(len(all_stays), -1)
    state[states], stay[stays] = np.arange(len(states)), np.arange(len(stays))
    others = np.where(state[all_stays.state] < 0, solution.stay, 0.0)
    load = np.bincount(limits.row, problem.limit_share * others[limits.stay], len(limits))
    counted = stay[limits.stay] >= 0
    return Problem(
        states=States(
            every.period[states],
            np.round(every.supply[states]),
            every.on_roll[states],
            every.unplaced_cost[states],
            np.where(every.unplaced_next[states] >= 0, state[every.unplaced_next[states]], -1),
        ),
        stays=Stays(
            state[all_stays.state[stays]],
            all_stays.pool[stays],
            all_stays.length[stays],
            all_stays.cost[stays],
            np.where(all_stays.next[stays] >= 0, state[all_stays.next[stays]], -1),
            all_stays.preference[stays],
        ),
        room=np.maximum(0.0, problem.room - pool_load(problem, others)),
        limits=SideLimits(
            np.maximum(0.0, limits.room - load),
            limits.row[counted],
            stay[limits.stay[counted]],
            limits.offset[counted],
            weight=None if limits.weight is None else limits.weight[counted],
        ),
        schemes=Schemes.none(problem.periods),
    )


def _nobody_split(problem: Problem, solution: Solution, part: Ints, split: Bools) -> Solution:
    """Return a plan in which whoever was split waits from the start: it is always there."""
    states, loose = problem.states, split[part]
    stay = np.where(loose[problem.stays.state], 0.0, solution.stay)
    unplaced = np.where(loose, np.round(states.supply), solution.unplaced)
    for period in range(problem.periods):
        here = np.flatnonzero(loose & (states.period == period) & (states.unplaced_next >= 0))
        on = states.on_roll[here, 1] * unplaced[here]
        unplaced += np.bincount(states.unplaced_next[here], on, len(states))
    return replace(solution, stay=stay, unplaced=unplaced)


def _gbp(problem: Problem, solution: Solution) -> float:
    """Return what the flows cost."""
    return total(problem.stays.cost, solution.stay) + total(
        problem.states.unplaced_cost, solution.unplaced
    )


def _told(problem: Problem, solution: Solution, found: Solution, can: Bools, split: Bools) -> Whole:
    """Put the plan's figures right; one that was whole keeps its proof."""
    objective = cost(problem, found)
    proof = None if split.any() else solution.duals
    rounded = replace(found, objective=objective, bound=min(solution.bound, objective), duals=proof)
    return Whole(rounded, objective - solution.objective, int((~can).sum()), int(split.sum()))
