"""One year as a minimum-cost flow: whole, certified in integers, and far faster than a linear program.

Children flow from their state into a pool, or past it into waiting. Money becomes integers: fractions of a penny so
small that rounding cannot move the best plan by more than a stated number of pounds (`Money.error`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.network import MOST, Network

if TYPE_CHECKING:
    from models.problem import Floats, Ints


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
    states, pools = len(supply), len(room)
    sink = states + pools
    units, held = _whole(supply, np.where(np.isfinite(room), room, supply.sum() + 1.0))
    least = np.minimum(_least(state, cost, states), unplaced_cost)
    range_gbp = max(
        float((cost - least[state]).max(initial=0.0)),
        float((unplaced_cost - least).max(initial=0.0)),
    )
    hops = 2 * pools + 2
    scale = 2.0 ** np.floor(np.log2(MOST / (hops + 2) / max(range_gbp, 1.0)) - 1)
    network = Network(
        sink + 1,
        np.concatenate([state, np.arange(sink)]),
        np.concatenate([np.where(pool >= 0, states + pool, sink), np.full(sink, sink)]),
        np.concatenate(
            [
                np.rint((cost - least[state]) * scale),
                np.rint((unplaced_cost - least) * scale),
                np.zeros(pools),
            ]
        ).astype(np.int64),
        hops,
    )
    total = int(units.sum())
    _, potential = network.solve(
        np.concatenate([units, np.zeros(pools, np.int64), [-total]]),
        np.concatenate([np.full(len(state) + states, total), held]),
    )
    places = np.minimum(0, potential[states:sink] - potential[sink]) / scale
    of_arc = cost - np.where(pool >= 0, places[pool], 0.0)
    return Prices(np.minimum(_least(state, of_arc, states), unplaced_cost), places)


def _whole(*amounts: Floats) -> tuple[Ints, ...]:
    """Return amounts as whole numbers of a common, small fraction of a unit."""
    if all(bool(np.all(np.rint(amount) == amount)) for amount in amounts):
        return tuple(amount.astype(np.int64) for amount in amounts)
    largest = max(float(amount.sum()) for amount in amounts)
    scale = 2.0 ** np.floor(51 - np.log2(max(largest, 1.0)))
    return tuple(np.rint(amount * scale).astype(np.int64) for amount in amounts)


def _least(state: Ints, cost: Floats, states: int) -> Floats:
    """(S,) least cost of each state's arcs; inf where there are none."""
    least = np.full(states, np.inf)
    np.minimum.at(least, state, cost)
    return least
