"""Duals of the assignment, the reduced costs of every stay, and the lower bound that they prove.

With schemes fixed the program is ``min c x + v u`` over flows in balance (duals ``pi``, free), within places
(``mu <= 0``) and limits (``nu <= 0``). For *any* such duals

``sum_s b_s pi_s + sum_qt R_qt mu_qt + sum_i L_i nu_i + sum_j min(0, d_j) U_j <= optimum``,

where ``d_j`` is the reduced cost of a stay or of waiting and ``U_j`` the most units that could ever take it. At an
optimum the last sum is nothing, so pricing every stay, also those that no solver has seen, proves the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.problem import Bools, Floats, Ints, Problem


@dataclass(frozen=True)
class Duals:
    """Duals of the assignment.

    Attributes
    ----------
    balance
        (S,) worth of one unit less to place in each state.
    places
        (Q, P) what one more place would add to the cost: 0 or less.
    limit
        (L,) likewise for the side limits.
    """

    balance: Floats
    places: Floats
    limit: Floats


def reduced_costs(problem: Problem, duals: Duals) -> tuple[Floats, Floats]:
    """(A,) and (S,) reduced costs of every stay and of waiting in every state."""
    states, stays = problem.states, problem.stays
    stay = stays.cost - duals.balance[stays.state]
    stay += np.where(stays.next >= 0, problem.next_share * duals.balance[stays.next], 0.0)
    index, cell, share = problem.pool_use
    stay -= np.bincount(index, share * duals.places.ravel()[cell], len(stays))
    counted = problem.limit_share * duals.limit[problem.limits.row]
    stay -= np.bincount(problem.limits.stay, counted, len(stays))
    again = states.on_roll[:, 1] * duals.balance[states.unplaced_next]
    waiting = states.unplaced_cost - duals.balance + np.where(states.unplaced_next >= 0, again, 0)
    return stay, waiting


def sound(problem: Problem, duals: Duals) -> Duals:
    """Return the duals without any that prove nothing here: of the wrong sign, or where there is no limit."""
    places = np.where(np.isfinite(problem.room), np.minimum(duals.places, 0.0), 0.0)
    limit = np.where(np.isfinite(problem.limits.room), np.minimum(duals.limit, 0.0), 0.0)
    return Duals(duals.balance, places, limit)


def shortfall(problem: Problem, duals: Duals) -> Floats:
    """(S,) the reduced costs below nothing of each state, together: none at optimal duals, so 0 or less.

    They depend on costs, and on where there are limits; not on supply, nor on how much room there is.
    """
    stay, waiting = reduced_costs(problem, sound(problem, duals))
    below = np.bincount(problem.stays.state, np.minimum(0.0, stay), len(problem.states))
    return np.asarray(below + np.minimum(0.0, waiting), np.float64)


def lower_bound(problem: Problem, duals: Duals, below: Floats | None = None) -> float:
    """Return the cost that no assignment can beat, whatever the duals; exact at optimal ones.

    Schemes are taken as they stand in the room of the pools: those that are still to be chosen are left out.

    Parameters
    ----------
    below
        (S,) their `shortfall`, where it is known.
    """
    below = shortfall(problem, duals) if below is None else below
    duals = sound(problem, duals)
    held = _worth(duals.places, problem.room) + _worth(duals.limit, problem.limits.room)
    slack = total(below, problem.most_units)
    return total(problem.states.supply, duals.balance) + held + slack


def _worth(dual: Floats, room: Floats) -> float:
    used = np.flatnonzero(dual)
    return total(dual.ravel()[used], room.ravel()[used])


def total(price: Floats, units: Floats | Ints | Bools) -> float:
    """Return the sum of prices times units, added in pairs: all digits, and the same on any number of cores."""
    return float((price * units).sum())
