"""Arcs from states into a tree of limits, as a minimum-cost flow in integers.

Money becomes integers: the finest power of two of a pound that fits 64 bits, some 1e-10 pounds for a county and 1e-5
for the country. Each arc is rounded by half of that at most, and a unit takes one arc, so rounding cannot make the
flow dearer than the best by more than ``units x resolution``. Units become integers likewise, where they are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.duals import total
from models.network import FlowError, Network, most_cost

if TYPE_CHECKING:
    from models.problem import Bools, Floats, Ints

#: Pounds: the coarsest money that still proves a plan best and tells ties from differences.
COARSEST = 2e-5


@dataclass(frozen=True)
class Piped:
    """Flows on stays, in waiting and through the nodes, with the price of each node's places (0 or less).

    Units are whole numbers, each `unit` of a unit of the problem.
    """

    stay: Ints
    unplaced: Ints
    price: Floats
    unit: float


class Pipes:
    """Arcs from states into a tree of limits, as a network in integers.

    Parameters
    ----------
    state, node, cost
        (A,) an arc of the state into the node, or past all nodes (-1), and its cost.
    waiting
        (S,) cost of no arc, for one unit.
    parent
        (K,) next node out, or -1.
    """

    def __init__(
        self, state: Ints, node: Ints, cost: Floats, waiting: Floats, parent: Ints
    ) -> None:
        self.state, self.node, self.cost = state, node, cost
        self.waiting, self.parent = waiting, parent
        states, nodes = len(waiting), len(parent)
        sink = states + nodes
        # Every unit leaves its state once, so only differences from the cheapest way out matter.
        least = self._cheapest(cost)
        money = np.concatenate([cost - least[state], waiting - least, np.zeros(nodes)])
        hops = 2 * nodes + 2
        finest = np.log2(most_cost(sink + 1, hops) / max(float(money.max(initial=0.0)), 1.0))
        # One power of two less than there is: rounding may add a half.
        self.resolution = float(2.0 ** (1 - np.floor(finest)))
        if self.resolution > COARSEST:
            raise FlowError("money would be too coarse in 64 bits")
        money /= self.resolution
        self._network = Network(
            sink + 1,
            np.concatenate([state, np.arange(sink)]),
            np.concatenate(
                [
                    np.where(node >= 0, states + node, sink),
                    np.full(states, sink),
                    np.where(parent >= 0, states + parent, sink),
                ]
            ),
            np.rint(money, out=money).astype(np.int64),
            hops,
        )

    def solve(
        self, supply: Floats, room: Floats, tight: Bools | None = None, waits: Bools | None = None
    ) -> Piped:
        """Send units at least cost.

        Parameters
        ----------
        supply, room
            (S,) units of each state and (K,) finite room of each node.
        tight
            (K,) nodes that must be full; none if None.
        waits
            (S,) states whose units may wait; all if None.

        Raises
        ------
        FlowError
            When the numbers do not fit, the library fails, or nothing meets `tight` and `waits`.
        """
        (units, held), unit = whole(supply, room)
        states, nodes, total = len(units), len(held), int(units.sum())
        waiting = np.full(states, total) if waits is None else np.where(waits, total, 0)
        enters = np.concatenate([units, np.zeros(nodes, np.int64), [-total]])
        out = states + np.where(self.parent >= 0, self.parent, nodes)
        if tight is not None:
            # What must pass is taken out at the node and put in again behind it.
            passes, held = np.where(tight, held, 0), np.where(tight, 0, held)
            enters[states:-1] -= passes
            np.add.at(enters, out, passes)
        arcs = len(self.state)
        flow, potential = self._network.solve(
            enters, np.concatenate([np.full(arcs, total), waiting, held])
        )
        price = np.minimum(potential[states:-1] - potential[out], 0) * self.resolution
        return Piped(flow[:arcs], flow[arcs : arcs + states], price, unit)

    def worth(self, price: Floats) -> Floats:
        """(S,) cost of the cheapest way out of each state, the prices of the nodes on it included."""
        return self._cheapest(self.cost - along(self.parent, price)[self.node])

    def total(self, found: Piped) -> float:
        """Return the cost of flows, in their units."""
        return total(self.cost, found.stay) + total(self.waiting, found.unplaced)

    def _cheapest(self, cost: Floats) -> Floats:
        least = self.waiting.astype(np.float64)
        np.minimum.at(least, self.state, cost)
        return least


def along(parent: Ints, price: Floats) -> Floats:
    """(K + 1,) sum of the prices from each node outwards; the last, where position -1 falls, is 0."""
    total, up = np.append(price, 0.0), np.append(parent, -1)
    node = up
    while np.any(node >= 0):
        total += np.append(price, 0.0)[node]
        node = up[node]
    return total


def whole(*amounts: Floats) -> tuple[tuple[Ints, ...], float]:
    """Return amounts in whole numbers of a common unit, and that unit: 1 if they are whole, else very small.

    The small unit is a power of two, some 1e-12 for a county: far below what `models.verify` lets pass.
    """
    if all(bool(np.all(np.rint(amount) == amount)) for amount in amounts):
        return tuple(amount.astype(np.int64) for amount in amounts), 1.0
    most = max(float(amount.sum()) for amount in amounts)
    unit = float(2.0 ** -np.floor(51 - np.log2(max(most, 1.0))))
    return tuple(np.rint(amount / unit).astype(np.int64) for amount in amounts), unit


def through(pipes: Pipes, stay: Ints) -> Floats:
    """(K,) units that pass each node."""
    nodes = len(pipes.parent)
    passing = np.bincount(pipes.node + 1, stay, nodes + 1)[1:]
    total: Floats = passing.astype(np.float64)
    node = pipes.parent
    while np.any(node >= 0):
        total += np.bincount(node + 1, passing, nodes + 1)[1:]
        node = np.append(pipes.parent, -1)[node]
    return total
