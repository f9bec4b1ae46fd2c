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
    from collections.abc import Iterator

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
    least = problem.states.unplaced_cost.astype(np.float64)
    for part in parts(stays):
        np.minimum.at(least, problem.stays.state[part], with_prices(problem, tree, part, price))
    above = np.concatenate(
        [
            (with_prices(problem, tree, part, price) - least[problem.stays.state[part]]).astype(
                np.float32
            )
            for part in parts(stays)
        ]
    )
    share = min(1.0, SHORT * len(problem.states) / len(stays))
    near: Bools = above <= np.quantile(above[::STRIDE], share)
    return stays[near]


def parts(stays: Ints) -> Iterator[Ints]:
    """Yield so many at a time that what is reckoned of them takes no memory to speak of."""
    for first in range(0, len(stays), LARGE):
        yield stays[first : first + LARGE]


def with_prices(problem: Problem, tree: Nest, stays: Ints, price: Floats) -> Floats:
    """Return the cost of `stays` with the prices of the nodes that they pass."""
    return problem.stays.cost[stays] - along(tree.parent, price)[tree.node[stays]]


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
