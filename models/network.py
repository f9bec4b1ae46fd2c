"""Minimum-cost flow in integers, behind one small class: arrays in, flows and potentials out.

The library is LEMON's network simplex [1]_ through ``pylmcf``. It was chosen over OR-Tools' `SimpleMinCostFlow`, which
is as fast but cannot be loaded in one process with HiGHS 1.15 (google/or-tools issue 5246) and weighs 30 MB against
0.7; over igraph and networkx, which give no potentials or take a hundred times as long; and over HiGHS itself, 30 to
300 times slower here. `pylmcf` publishes wheels of one stable ABI for CPython 3.10 and later on Windows, macOS and
Linux with glibc (with musl it is compiled), starts again warm when capacities change, and refuses bad input by an
exception, though not sums beyond 64 bits: `Network` looks for those. Its price is a single maintainer: so nothing else
here imports it, `Network` is all that a successor must offer, and where it cannot be imported or numbers might not
fit, `FlowError` sends the caller to the ordinary engine.

References
----------
.. [1] Dezső, Jüttner and Kovács (2011), "LEMON: an open source C++ graph template library", Electronic Notes in
   Theoretical Computer Science 264(5), 23-45; Kovács (2015), "Minimum-cost flow algorithms: an experimental
   evaluation", Optimization Methods and Software 30(1), 94-127.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from models.problem import Ints

#: Sums along a path must stay under this: half of what LEMON's artificial arcs cost.
MOST = 2**61
#: Nodes from which cost scaling, which starts cold, beats the simplex: by far, where there are half a million.
MANY = 150_000


class FlowError(RuntimeError):
    """The flow cannot be solved here: no library, numbers beyond 64 bits, or a failure of the library."""


def most_cost(nodes: int, hops: int) -> int:
    """Return the largest cost of an arc that is safe: cost scaling multiplies costs by 16 and the nodes."""
    if nodes > MANY:
        return int(2 ** (57 - int(nodes).bit_length()))
    return MOST // (hops + 2)


class Network:
    """A directed graph with costs, solved again and again with other supplies and capacities.

    Parameters
    ----------
    nodes
        Number of nodes.
    tail, head
        (M,) arcs, in any order; several may join the same nodes.
    cost
        (M,) integers of 0 or more.
    hops
        Most arcs with a cost on any path that visits no node twice.

    Raises
    ------
    FlowError
        When the library cannot be imported or costs might overflow.
    """

    def __init__(self, nodes: int, tail: Ints, head: Ints, cost: Ints, hops: int) -> None:
        if int(cost.max(initial=0)) > most_cost(nodes, hops):
            raise FlowError("costs are too large for 64 bits")
        try:
            import pylmcf
        except ImportError as error:
            raise FlowError(f"pylmcf cannot be imported: {error}") from error
        key = tail * np.int64(nodes) + head
        self._order = None if bool(np.all(key[1:] >= key[:-1])) else np.argsort(key, kind="stable")
        self._arcs = self._sorted(tail), self._sorted(head)
        self._cost = self._sorted(cost)
        self._graph: Any = None
        if nodes <= MANY:
            self._graph = pylmcf.Graph(nodes, *self._arcs)
            self._graph.set_edge_costs(self._cost)
            self._graph.set_warm_repair_budget(
                0.0
            )  # how it starts again must not hang on the clock

    def solve(self, supply: Ints, capacity: Ints) -> tuple[Ints, Ints]:
        """Return the flow on each arc and the potential of each node.

        An arc's reduced cost is ``cost + potential[tail] - potential[head]``: 0 or more where there is room for
        more flow, 0 or less where there is flow.

        Parameters
        ----------
        supply
            (N,) units that enter at each node (leave, if negative); they sum to 0.
        capacity
            (M,) most units on each arc.

        Raises
        ------
        FlowError
            When no flow exists or the library fails.
        """
        if int(np.abs(supply).sum()) >= MOST:
            raise FlowError("supplies are too large for 64 bits")
        try:
            flow, potential = self._solved(
                np.ascontiguousarray(supply, np.int64), self._sorted(capacity)
            )
        except (RuntimeError, ValueError, OverflowError) as error:
            raise FlowError(str(error)) from error
        if self._order is None:
            return flow, potential
        unsorted = np.empty_like(flow)
        unsorted[self._order] = flow
        return unsorted, potential

    def _solved(self, supply: Ints, capacity: Ints) -> tuple[Ints, Ints]:
        if self._graph is None:
            from pylmcf.pylmcf_cpp import lmcf_cost_scaling

            arcs = *self._arcs, capacity, self._cost
            flow, potential = lmcf_cost_scaling(supply, *arcs, return_potentials=True)
            return flow, potential
        self._graph.set_node_supply(supply)
        self._graph.set_edge_capacities(capacity)
        self._graph.solve()
        return self._graph.result(), self._graph.potentials()

    def _sorted(self, values: Ints) -> Ints:
        return np.ascontiguousarray(
            values if self._order is None else values[self._order], np.int64
        )


def version() -> str:
    """Return the library's name and version for the run's record."""
    from importlib.metadata import version as installed

    return f"LEMON's network simplex through pylmcf {installed('pylmcf')}"
