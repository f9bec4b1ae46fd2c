"""One year as a minimum-cost flow: whole, certified, and far faster than a linear program.

Units flow from their state through the innermost limit that counts their stay (`models.nested`) and the ones around
it, or past them all into waiting. The network is solved in integers (`models.pipes`), which costs far less than a
penny (`Flow.error`); the plan's own cost is summed in the pounds given. The potentials give prices of places, and
with those every state's dual is recomputed in the pounds given, as the cheapest way out of it: so the certificate
that `models.verify` checks rests neither on the rounding nor on the library.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.assignment import Assigned, clean
from models.duals import Duals, total
from models.intervals import intervals
from models.nested import nest
from models.network import FlowError, version
from models.pipes import Piped, Pipes, along, through
from models.problem import Schemes
from models.shortlist import parts, shortlist, with_prices
from models.solution import Solution, Status

if TYPE_CHECKING:
    from models.nested import Nest
    from models.problem import Floats, Ints, Problem

#: Pounds under which a reduced cost or a price counts as nothing when ties are broken.
FACE = 1e-6
#: Share of the cost that breaking ties may cost before it is given up.
TIE_COST = 1e-9


@dataclass(frozen=True)
class Prices:
    """Duals of one year's flow, in the caller's pounds.

    Attributes
    ----------
    balance
        (S,) worth of one unit less to place in each state.
    places
        (Q,) what one more place would add to the cost: 0 or less.
    """

    balance: Floats
    places: Floats


def pool_prices(
    state: Ints, pool: Ints, cost: Floats, supply: Floats, unplaced_cost: Floats, room: Floats
) -> Prices:
    """Price the pools of one year, or of several that do not touch, by a minimum-cost flow.

    Good seeds for a larger program: for arcs that each fill one place, the prices are optimal duals, and the
    reduced cost of any stay is its cost less `balance` of its state and less the sum of `places` along it.

    Parameters
    ----------
    state, pool, cost
        (A,) arcs: a unit of the state in the pool at that cost; pool -1 takes no place. To price several years at
        once, number each year's pools apart (pool x periods + period).
    supply, unplaced_cost
        (S,) units of each state, which may be fractional, and the cost of leaving one of them without a place.
    room
        (Q,) places; inf for no limit.

    Raises
    ------
    FlowError
        When the library is missing or the numbers do not fit: use other seeds.
    """
    pipes = Pipes(state, pool, cost, unplaced_cost, np.full(len(room), -1))
    found = pipes.solve(supply, np.where(np.isfinite(room), room, supply.sum() + 1.0))
    return Prices(pipes.worth(found.price), found.price)


class Flow:
    """A problem's assignment as a flow, to be solved again and again with other places.

    It offers what `models.assignment.Assignment` does.

    Parameters
    ----------
    problem
        The problem; its schemes are ignored.
    tree
        What `models.nested.nest` makes of it.

    Raises
    ------
    FlowError
        When there is no library, or the numbers do not fit it.
    """

    def __init__(self, problem: Problem, tree: Nest) -> None:
        self._problem = replace(problem, schemes=Schemes.none(problem.periods))
        self._tree = tree
        self._may = _worthwhile(self._problem, tree)
        self._take(shortlist(self._problem, tree, self._may, self._held(problem.room)))

    @property
    def error(self) -> float:
        """Pounds by which rounding money may have made a plan dearer than the best."""
        return self._pipes.resolution * float(self._problem.states.supply.sum())

    def solve(self, room: Floats) -> Assigned:
        """Assign units at least cost within `room` places, (Q, P); of equal plans, that of least preference.

        Raises
        ------
        FlowError
            When the numbers do not fit, or the library fails.
        """
        room = np.where(np.isfinite(self._problem.room), room, np.inf)
        held = self._held(room)
        found = self._send(held)
        duals = self._duals(found.price)
        found = least_preference(
            self._pipes, found, self._problem.stays.preference[self._kept], held
        )
        stay = np.zeros(len(self._problem.stays))
        stay[self._kept] = found.stay * found.unit
        unplaced: Floats = np.multiply(found.unplaced, found.unit, dtype=np.float64)
        if found.unit != 1.0:
            stay, unplaced = clean(stay), clean(unplaced)
        cost = self._cost(stay, unplaced)
        return Assigned(stay, unplaced, duals, cost, min(cost, self._bound(duals, room)))

    def least(self, room: Floats) -> float:
        """Return the least cost within `room` places, (Q, P).

        Raises
        ------
        FlowError
            When the numbers do not fit, or the library fails.
        """
        room = np.where(np.isfinite(self._problem.room), room, np.inf)
        return self._bound(self._duals(self._send(self._held(room)).price), room)

    def uses(self, pool: int, period: int) -> bool:
        """Whether any stay takes a place of the pool in the period."""
        return bool(np.any(self._tree.cell == pool * self._problem.periods + period))

    def intervals(self, room: Floats) -> tuple[Floats, Floats] | None:
        """(Q, P) saving by one place more in each pool and period, and cost of one fewer, everything else as it is.

        What `models.value` finds by solving again, from one flow; NaN where there is no place to lose. None where
        units or rooms are not whole, or the stays are too many to look at them all.

        Raises
        ------
        FlowError
            When the numbers do not fit, or the library fails.
        """
        if len(self._kept) < len(self._may):
            return None
        room = np.where(np.isfinite(self._problem.room), room, np.inf)
        held = self._held(room)
        ends = intervals(self._pipes, self._pipes.solve(self._problem.states.supply, held), held)
        if ends is None:
            return None
        pools = self._tree.cell >= 0
        more, fewer = np.zeros(room.size), np.zeros(room.size)
        more[self._tree.cell[pools]] = ends[0][pools]
        fewer[self._tree.cell[pools]] = ends[1][pools]
        fewer[room.ravel() < 1.0] = np.nan
        return more.reshape(room.shape), fewer.reshape(room.shape)

    def _take(self, kept: Ints) -> None:
        """Make a network of these stays."""
        stays, self._kept = self._problem.stays, kept
        self._pipes = Pipes(
            stays.state[kept],
            self._tree.node[kept],
            stays.cost[kept],
            self._problem.states.unplaced_cost,
            self._tree.parent,
        )

    def _send(self, held: Floats) -> Piped:
        """Send every unit at least cost, over all stays, however few are in the network at first."""
        found = self._pipes.solve(self._problem.states.supply, held)
        while len(left_out := self._wanted(found.price)):
            self._take(np.union1d(self._kept, left_out))
            found = self._pipes.solve(self._problem.states.supply, held)
        return found

    def _wanted(self, price: Floats) -> Ints:
        """Return the stays left out that would better the plan, or are as good as what is in it."""
        if len(self._kept) == len(self._may):
            return self._may[:0]
        kept = np.zeros(len(self._problem.stays), bool)
        kept[self._kept] = True
        limit = self._pipes.worth(price) + FACE
        state = self._problem.stays.state
        return np.concatenate(
            [
                part[(with_prices(self._problem, self._tree, part, price) <= limit[state[part]])]
                for part in (few[~kept[few]] for few in parts(self._may))
            ]
        )

    def _held(self, room: Floats) -> Floats:
        """(K,) room of each node of the tree, never more than could come."""
        tree, limits = self._tree, self._problem.limits
        held = np.full(len(tree), self._problem.states.supply.sum() + 1.0)
        pools, rows = tree.cell >= 0, tree.row >= 0
        held[pools] = np.minimum(held[pools], room.ravel()[tree.cell[pools]])
        held[rows] = np.minimum(held[rows], limits.room[tree.row[rows]])
        return held

    def _duals(self, price: Floats) -> Duals:
        """Return the duals by position; what no stay takes has none."""
        problem, tree = self._problem, self._tree
        places, limit = np.zeros(problem.room.size), np.zeros(len(problem.limits))
        pools, rows = tree.cell >= 0, tree.row >= 0
        places[tree.cell[pools]] = price[pools]
        limit[tree.row[rows]] = price[rows]
        return Duals(self._pipes.worth(price), places.reshape(problem.room.shape), limit)

    def _cost(self, stay: Floats, unplaced: Floats) -> float:
        states, stays = self._problem.states, self._problem.stays
        return total(stays.cost, stay) + total(states.unplaced_cost, unplaced)

    def _bound(self, duals: Duals, room: Floats) -> float:
        """Return what `models.duals.lower_bound` does, where no reduced cost is negative."""
        used = np.flatnonzero(duals.places.ravel())
        priced = np.flatnonzero(duals.limit)
        return (
            total(self._problem.states.supply, duals.balance)
            + total(duals.places.ravel()[used], room.ravel()[used])
            + total(duals.limit[priced], self._problem.limits.room[priced])
        )


def _worthwhile(problem: Problem, tree: Nest) -> Ints:
    """Return the stays that are no dearer than waiting, or than one that nothing limits: others are never best."""
    stays, free = problem.stays, np.flatnonzero(tree.node < 0)
    cheapest = problem.states.unplaced_cost.astype(np.float64)
    np.minimum.at(cheapest, stays.state[free], stays.cost[free])
    cheapest += FACE
    every = np.arange(len(stays))
    return np.concatenate(
        [part[stays.cost[part] <= cheapest[stays.state[part]]] for part in parts(every)] or [every]
    )


def least_preference(pipes: Pipes, found: Piped, preference: Floats, held: Floats) -> Piped:
    """Return, of the flows that cost as little as those found, those of least preference.

    By complementary slackness they use no arc of positive reduced cost and fill every node that has a price. A state
    with one such way out has nothing to choose: only the others are solved again, with what room those leave.

    Parameters
    ----------
    preference
        (A,) the secondary cost of the arcs of `pipes`.
    held
        (K,) room of each node.
    """
    outward = along(pipes.parent, found.price)
    worth = pipes.worth(found.price)
    nothing = max(FACE, 2 * pipes.resolution)
    face = pipes.cost - outward[pipes.node] <= worth[pipes.state] + nothing
    waits = pipes.waiting <= worth + nothing
    ways = np.bincount(pipes.state[face], minlength=len(worth)) + waits
    units = np.bincount(pipes.state, found.stay, len(worth)) + found.unplaced
    choosing = (ways > 1) & (units > 0)
    if not choosing.any():
        return found
    number = np.cumsum(choosing) - 1
    free = np.flatnonzero(face & choosing[pipes.state])
    fixed = np.where(choosing[pipes.state], 0, found.stay)
    left = np.rint(held / found.unit) - through(pipes, fixed)
    chosen = Pipes(
        number[pipes.state[free]],
        pipes.node[free],
        preference[free],
        np.zeros(int(choosing.sum())),
        pipes.parent,
    ).solve(units[choosing].astype(np.float64), left, found.price < -nothing, waits[choosing])
    fixed[free] = chosen.stay
    unplaced = found.unplaced.copy()
    unplaced[choosing] = chosen.unplaced
    tied = replace(found, stay=fixed, unplaced=unplaced)
    least = pipes.total(found)
    return tied if pipes.total(tied) - least <= TIE_COST * max(1.0 / found.unit, least) else found


def flow_of(problem: Problem) -> Flow | None:
    """Return the problem's assignment as a flow, or None where it is none or the library does not serve."""
    tree = nest(problem)
    if tree is None:
        return None
    try:
        return Flow(problem, tree)
    except FlowError:
        return None


def place_intervals(problem: Problem) -> tuple[Floats, Floats] | None:
    """Return `Flow.intervals` of the problem as it stands, its schemes aside; None where it is no flow."""
    flow = flow_of(problem)
    try:
        return None if flow is None else flow.intervals(problem.room)
    except FlowError:
        return None


def solution(problem: Problem, gap: float) -> Solution | None:
    """Solve a problem that is a flow and has no scheme to choose; None for any other: ask the ordinary engines.

    Parameters
    ----------
    gap
        Relative gap to be proved.

    Returns
    -------
    Solution
        Of least preference among those of equal cost, with its certificate; its `seconds` are left at 0.
    """
    if problem.schemes.may_open.any() or problem.schemes.must:
        return None
    flow = flow_of(problem)
    if flow is None:
        return None
    try:
        found = flow.solve(problem.room)
    except FlowError:
        return None
    answer = Solution(
        status=Status.OPTIMAL,
        stay=found.stay,
        unplaced=found.unplaced,
        opens=np.zeros_like(problem.schemes.may_open),
        objective=found.cost,
        bound=found.bound,
        seconds=0.0,
        solver=version(),
        log=f"a minimum-cost flow, at most {flow.error:.2g} pounds from the best",
        duals=found.duals,
    )
    return answer if answer.gap <= gap else replace(answer, status=Status.FEASIBLE)
