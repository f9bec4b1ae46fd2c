"""A few promising stays of very many, chosen by the prices of a sample of the states.

A flow of 25 million arcs fits no council's machine, and hardly any of them matter. One state in eight stands for them
all in a first, rough flow; its prices leave a window of small reduced cost, a few stays a state, that holds almost
all that a best plan uses. What is left out is priced afterwards, every one, so nothing is lost but time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.pipes import Pipes, along

if TYPE_CHECKING:
    from models.nested import Nest
    from models.problem import Bools, Floats, Ints, Problem

#: Stays from which a shortlist is worth its while.
LARGE = 1_000_000
#: Share of the states in the first, rough flow, and stays a state that are taken after it.
SAMPLE, SHORT = 1 / 8, 9
#: Every so manieth reduced cost is looked at to find the window.
STRIDE = 61


def shortlist(problem: Problem, tree: Nest, stays: Ints, held: Floats) -> Ints:
    """Return the most promising of `stays`, or all of them if they are few.

    Parameters
    ----------
    held
        (K,) room of each node of the tree.

    Raises
    ------
    FlowError
        When the numbers do not fit, or the library fails.
    """
    if len(stays) <= LARGE:
        return stays
    sampled = np.random.default_rng(0).random(len(problem.states)) < SAMPLE
    price = _rough_price(problem, tree, stays, held, sampled)
    paid = with_prices(problem, tree, stays, price)
    state = problem.stays.state[stays]
    least = problem.states.unplaced_cost.astype(np.float64)
    np.minimum.at(least, state, paid)
    paid -= least[state]
    share = min(1.0, SHORT * len(problem.states) / len(stays))
    return stays[paid <= np.quantile(paid[::STRIDE], share)]


def with_prices(problem: Problem, tree: Nest, stays: Ints, price: Floats) -> Floats:
    """Return the cost of `stays` with the prices of the nodes that they pass."""
    paid = -along(tree.parent, price)[tree.node[stays]]
    paid += problem.stays.cost[stays]
    return paid


def _rough_price(problem: Problem, tree: Nest, stays: Ints, held: Floats, sampled: Bools) -> Floats:
    """(K,) prices of the nodes when only some states come, and find as much less room."""
    states = problem.states
    mine = stays[sampled[problem.stays.state[stays]]]
    number = np.cumsum(sampled) - 1
    pipes = Pipes(
        number[problem.stays.state[mine]],
        tree.node[mine],
        problem.stays.cost[mine],
        states.unplaced_cost[sampled],
        tree.parent,
    )
    supply = states.supply[sampled]
    return pipes.solve(supply, held * (supply.sum() / states.supply.sum())).price
