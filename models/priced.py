"""Places at a price instead of a limit: every state then takes its cheapest way by itself.

For prices ``mu <= 0`` of places and ``nu <= 0`` of side limits the worth of a state follows backwards in time,

``pi_s = min( v_s + r_s1 pi_n(s),  min_{a: s(a)=s} c_a - sum_j r_sj mu_qj - sum_i r_sj nu_i + r_a pi_n(a) )``,

and ``sum_s b_s pi_s + sum_qt R_qt mu_qt + sum_i L_i nu_i`` is a lower bound on the cost of any assignment, the greatest
of which is the least cost itself (Lagrangean duality [1]_). It takes milliseconds on a county, so it prices *all* stays
in every round of sifting and proves the answer.

References
----------
.. [1] Geoffrion (1974), "Lagrangean relaxation for integer programming", Mathematical Programming Study 2, 82-114.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from models.problem import Bools, Floats, Ints, Problem


@dataclass(frozen=True)
class Period:
    """The states of one period, the slice of stays from them, and where the stays of each `owner` begin."""

    states: Ints
    stays: slice
    first: Ints
    owner: Ints


@dataclass(frozen=True)
class Worth:
    """What every way out is worth at some prices.

    Attributes
    ----------
    bound
        No assignment costs less.
    balance
        (S,) least cost of one unit in each state.
    stay
        (N,) reduced cost of each stay of `Priced.stays`, 0 or more.
    waiting
        (S,) reduced cost of waiting, 0 or more.
    """

    bound: float
    balance: Floats
    stay: Floats
    waiting: Floats


class Priced:
    """A problem whose places and limits have prices: one for each *row*, a finite cell of `room` or a side limit.

    Parameters
    ----------
    problem
        Its room and supply are not used before they are given to a method.
    stays
        Positions of the stays that matter.

    Attributes
    ----------
    stays
        (N,) the same, by period, state and position.
    use
        (N, R) units that one unit of each stay takes of each row.
    cells
        The rows' (pool, period) cells, flat; the side limits' rows come after them.
    forever
        (S,) cost of one unit that waits from each state to the end.
    """

    def __init__(self, problem: Problem, stays: Ints) -> None:
        states, every = problem.states, problem.stays
        origin = every.state[stays]
        self.stays = stays[np.lexsort((stays, origin, states.period[origin]))]
        self.state, self.next = every.state[self.stays], every.next[self.stays]
        self.again = problem.next_share[self.stays]
        self.cells = np.flatnonzero(np.isfinite(problem.room.ravel()))
        self.use = self._uses(problem)
        self.wait_next = states.unplaced_next
        self.wait_again = np.where(self.wait_next >= 0, states.on_roll[:, 1], 0.0)
        by_period = [np.flatnonzero(states.period == t) for t in range(problem.periods)]
        self.periods = _periods(self.state, by_period)
        self.cost = problem.stays.cost[self.stays]
        self.wait_cost = states.unplaced_cost
        self.forever = self._forever()

    def room(self, problem: Problem) -> Floats:
        """(R,) places and limits of each row; a limit that is none is one that nobody can reach."""
        nobody = 2.0 * problem.periods * float(problem.states.supply.sum())
        if problem.limits.weight is not None:
            nobody *= max(1.0, float(problem.limits.weight.max(initial=1.0)))
        limits = np.where(np.isfinite(problem.limits.room), problem.limits.room, nobody)
        return np.concatenate([problem.room.ravel()[self.cells], limits])

    def _forever(self) -> Floats:
        """(S,) cost of one unit that waits from each state to the end."""
        cost = self.wait_cost.astype(np.float64)
        for period in reversed(self.periods):
            s = period.states
            cost[s] += self.wait_again[s] * cost[self.wait_next[s]]
        return cost

    def worth(self, supply: Floats, room: Floats, price: Floats) -> Worth:
        """Price every stay at (R,) prices, 0 or less."""
        balance = np.zeros(len(self.wait_next))
        stay = self.cost - self.use @ price
        waiting = self.wait_cost.astype(np.float64)
        for period in reversed(self.periods):
            s, a = period.states, period.stays
            waiting[s] += self.wait_again[s] * balance[self.wait_next[s]]
            balance[s] = waiting[s]
            if len(period.owner):
                stay[a] += self.again[a] * balance[self.next[a]]
                least = np.minimum.reduceat(stay[a], period.first)
                balance[period.owner] = np.minimum(balance[period.owner], least)
        bound = float((supply * balance).sum() + (room * price).sum())
        return Worth(bound, balance, stay - balance[self.state], waiting - balance)

    def among(self, kept: Bools) -> Priced:
        """Return the same with only the (N,) stays that are kept."""
        fewer = copy.copy(self)
        for name in ("stays", "state", "next", "again", "cost"):
            setattr(fewer, name, getattr(self, name)[kept])
        fewer.use = self.use[np.flatnonzero(kept)]
        fewer.periods = _periods(fewer.state, [period.states for period in self.periods])
        return fewer

    def _uses(self, problem: Problem) -> csr_array:
        """(N, R) units that one unit of each stay takes of each row."""
        position = np.full(len(problem.stays), -1)
        position[self.stays] = np.arange(len(self.stays))
        row = np.full(problem.room.size, -1)
        row[self.cells] = np.arange(len(self.cells))
        stay, cell, share = problem.pool_use
        places = (position[stay] >= 0) & (row[cell] >= 0) & (share > 0)
        limits = problem.limits
        counted = (position[limits.stay] >= 0) & (problem.limit_share > 0)
        at = np.concatenate([position[stay[places]], position[limits.stay[counted]]])
        of = np.concatenate([row[cell[places]], len(self.cells) + limits.row[counted]])
        units = np.concatenate([share[places], problem.limit_share[counted]])
        shape = (len(self.stays), len(self.cells) + len(limits))
        return csr_array((units, (at, of)), shape=shape)


def _periods(state: Ints, states: list[Ints]) -> list[Period]:
    """Divide stays, by the `state` of each, among the periods, given the states of each period."""
    period_of = np.zeros(sum(map(len, states)), np.int64)
    for t, here in enumerate(states):
        period_of[here] = t
    begins = np.searchsorted(period_of[state], np.arange(len(states) + 1))
    found = []
    for t, here in enumerate(states):
        stays = slice(int(begins[t]), int(begins[t + 1]))
        own = state[stays]
        first = np.flatnonzero(np.append(True, own[1:] != own[:-1])) if len(own) else own
        found.append(Period(here, stays, first, own[first]))
    return found
