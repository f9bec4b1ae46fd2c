"""Of assignments of equal cost, the one of least preference: the rule that makes the same input give the same plan.

By complementary slackness every optimal assignment leaves a way of positive reduced cost unused and a row of non-zero
dual tight, whichever optimal duals are used. So the ways of no reduced cost and those tight rows make the *face* of all
optimal assignments. Where a state has one way only there is nothing to choose: its flow stays, and the rest is small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.duals import reduced_costs
from models.engines import ENGINES, EXACT
from models.part import part_of
from models.program import formulate
from models.restricted import clean
from models.solution import Status
from models.verify import imbalance, pool_load

if TYPE_CHECKING:
    from models.duals import Duals
    from models.problem import Bools, Floats, Problem
    from models.program import Program

#: Pounds under which a reduced cost or a dual counts as nothing.
FACE = 1e-6
#: Units by which a tight row may be slack.
TIGHT = 1e-6
#: Share of the cost that breaking ties may cost before it is given up.
TIE_COST = 1e-9


@dataclass(frozen=True)
class _Face:
    """(A,) and (S,) whether an optimal assignment may use stays and waiting; (S,) states in which there is a choice."""

    stays: Bools
    waits: Bools
    choice: Bools


def least_preference(
    problem: Problem, stay: Floats, unplaced: Floats, duals: Duals
) -> tuple[Floats, Floats]:
    """Return the optimal assignment of least `Stays.preference`.

    Parameters
    ----------
    problem
        With its schemes as they are opened in the room of its pools.
    stay, unplaced, duals
        An optimal assignment, and duals that prove it.
    """
    face = _face(problem, stay, unplaced, duals)
    states = np.flatnonzero(face.choice)
    if not len(states):
        return stay, unplaced
    chosen = face.choice[problem.stays.state]
    stays = np.flatnonzero(face.stays & chosen)
    fixed, fixed_waits = np.where(chosen, 0.0, stay), np.where(face.choice, 0.0, unplaced)
    rest = part_of(_without(problem, fixed, fixed_waits), states, stays)
    program = formulate(rest, rest.stays.preference, np.zeros(len(states)))
    for n in np.flatnonzero(~face.waits[states]).tolist():
        program.variables.unplaced[n].upBound = 0
    _tighten(program, problem, stay, duals)
    if ENGINES[EXACT](program.lp, 0.0, None).status is not Status.OPTIMAL:
        return stay, unplaced
    fixed[stays] = [x.varValue or 0.0 for x in program.variables.stay.values()]
    fixed_waits[states] = [u.varValue or 0.0 for u in program.variables.unplaced.values()]
    tied = clean(fixed), clean(fixed_waits)
    least = _cost(problem, stay, unplaced)
    worse = _cost(problem, *tied) - least > TIE_COST * max(1.0, least)
    return (stay, unplaced) if worse else tied


def _face(problem: Problem, stay: Floats, unplaced: Floats, duals: Duals) -> _Face:
    """Find what any optimal assignment may use, and where it has a choice or depends on one."""
    states, every = problem.states, problem.stays
    of_stay, of_waiting = reduced_costs(problem, duals)
    stays, waits = (of_stay <= FACE) | (stay > 0), (of_waiting <= FACE) | (unplaced > 0)
    ways = np.bincount(every.state[stays], minlength=len(states)) + waits
    here, choice = states.supply > 0, np.zeros(len(states), bool)
    onward = np.flatnonzero(stays & (problem.next_share > 0))
    begins = problem.start[onward]
    waiting = waits & (states.unplaced_next >= 0) & (states.on_roll[:, 1] > 0)
    for t in range(problem.periods):
        now = states.period == t
        choice |= now & here & (ways > 1)
        a, s = onward[begins == t], np.flatnonzero(now & waiting)
        for reached in (here, choice):
            reached[every.next[a[reached[every.state[a]]]]] = True
            reached[states.unplaced_next[s[reached[s]]]] = True
    return _Face(stays, waits, choice)


def _without(problem: Problem, stay: Floats, unplaced: Floats) -> Problem:
    """Return what is left of supply, places and limits beside flows that stay as they are."""
    limits = problem.limits
    counted = problem.limit_share * stay[limits.stay]
    load = np.bincount(limits.row, counted, len(limits))
    return problem.with_numbers(
        states=replace(problem.states, supply=np.maximum(0.0, imbalance(problem, stay, unplaced))),
        room=np.maximum(0.0, problem.room - pool_load(problem, stay)),
        limits=replace(limits, room=limits.room - load),
    )


def _tighten(program: Program, problem: Problem, stay: Floats, duals: Duals) -> None:
    """Make rows of non-zero dual equations."""
    limits = problem.limits
    load = np.bincount(limits.row, problem.limit_share * stay[limits.stay], len(limits))
    places = problem.room - pool_load(problem, stay) <= TIGHT
    tight = {
        "places": (np.abs(duals.places) > FACE) & places,
        "limit": (np.abs(duals.limit) > FACE) & (limits.room - load <= TIGHT),
    }
    for row in program.lp.constraints():
        family, _, position = row.name.partition("_")
        if family in tight and tight[family][tuple(int(part) for part in position.split("_"))]:
            row.sense = 0


def _cost(problem: Problem, stay: Floats, unplaced: Floats) -> float:
    return float(problem.stays.cost @ stay + problem.states.unplaced_cost @ unplaced)
