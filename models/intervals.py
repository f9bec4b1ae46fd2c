"""What a place is worth, both ways, for every pool of a flow at once: no solving again.

Moving a unit from one node of the tree to another costs the least difference between two stays of a state that has
units in the first. Those differences, with the ways up and down the tree, are the residual graph of the flow
contracted to its nodes. A place more in a node saves what the cheapest way from behind it into it earns; a place
fewer costs the cheapest way out of it to behind it. Both are shortest paths, from and to each node that stands behind
others (the sink, most often): the two ends of the interval in which every optimal dual lies [1]_. With whole units
and whole rooms they are what planning again would find, to the pound.

References
----------
.. [1] Ahuja, Magnanti and Orlin (1993), "Network flows: theory, algorithms, and applications", sections 9.2 and 9.5
   (residual networks, sensitivity of optimal flows).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.pipes import along, through

if TYPE_CHECKING:
    from models.pipes import Piped, Pipes
    from models.problem import Floats, Ints

#: Nodes from which the contracted graph, held whole, would take too much memory.
MANY = 6_000


def intervals(pipes: Pipes, found: Piped, held: Floats) -> tuple[Floats, Floats] | None:
    """(K,) saving by one place more in each node and cost of one fewer, or None where that is not exact.

    Parameters
    ----------
    found
        An optimal flow of `pipes`, in whole units.
    held
        (K,) room of each node, whole.
    """
    nodes = len(held)
    if found.unit != 1.0 or nodes > MANY:
        return None
    parent = np.where(pipes.parent >= 0, pipes.parent, nodes)
    graph = _residual(pipes, found, held, parent)
    behind, at = np.unique(parent, return_inverse=True)
    each = np.arange(nodes)
    into = _distances(graph, behind)[at, each]
    out_of = _distances(graph.T, behind)[at, each]
    # Distances are of reduced costs: the node's own price brings them back to pounds.
    return np.maximum(-found.price - into, 0.0), np.maximum(-found.price + out_of, 0.0)


def _residual(pipes: Pipes, found: Piped, held: Floats, parent: Ints) -> Floats:
    """(K + 1, K + 1) least reduced cost of moving a unit from node to node; the last is the sink."""
    nodes = len(held)
    graph = np.full((nodes + 1, nodes + 1), np.inf)
    tail, head, cost = _moves(pipes, found)
    np.minimum.at(graph, (tail, head), cost)
    each, passing = np.arange(nodes), through(pipes, found.stay)
    spare, used = passing < held, passing > 0
    graph[each[spare], parent[spare]] = 0.0
    back = parent[used], each[used]
    graph[back] = np.minimum(graph[back], np.maximum(-found.price[used], 0.0))
    return graph


def _moves(pipes: Pipes, found: Piped) -> tuple[Ints, Ints, Floats]:
    """Node, other node and reduced cost of every way in which a unit that is somewhere could go elsewhere instead."""
    states, nodes = len(pipes.waiting), len(pipes.parent)
    worth = pipes.worth(found.price)
    paid = pipes.cost - along(pipes.parent, found.price)[pipes.node]
    state = np.concatenate([pipes.state, np.arange(states)])
    node = np.concatenate([np.where(pipes.node >= 0, pipes.node, nodes), np.full(states, nodes)])
    above = np.maximum(np.concatenate([paid, pipes.waiting]) - worth[state], 0.0)
    order = np.argsort(state, kind="stable")
    state, node, above = state[order], node[order], above[order]
    taken = np.flatnonzero(np.concatenate([found.stay, found.unplaced])[order])
    first = np.searchsorted(state, np.arange(states + 1))
    ways = np.diff(first)[state[taken]]
    tail = np.repeat(taken, ways)
    head = np.arange(len(tail)) - np.repeat(np.cumsum(ways) - ways, ways)
    head += np.repeat(first[state[taken]], ways)
    return node[tail], node[head], np.maximum(above[head] - above[tail], 0.0)


def _distances(graph: Floats, start: Ints) -> Floats:
    """(starts, nodes) lengths of shortest paths along edges that are not inf."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    tail, head = np.nonzero(np.isfinite(graph))
    edges = csr_array((graph[tail, head], (tail, head)), shape=graph.shape)
    return np.asarray(dijkstra(edges, indices=start), np.float64)
