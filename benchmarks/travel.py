"""Journeys by road against scipy's Dijkstra alone, and against networkx on a few provisions.

    python benchmarks/travel.py [--nodes 100000] [--provisions 100] [--homes 3000]

The network is invented: a crooked grid whose streets have four classes of speed, some one-way. Ours
takes homes and provisions as points and answers with minutes and kilometres of the same journey; scipy
alone is one call of ``scipy.sparse.csgraph.dijkstra`` with the times as weights, from the same nodes, on a
graph already built. Read the ratios, measured in one run, not the seconds. The bar: 1.5 or less.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from geodata.network import Network, build, journeys, snap

if TYPE_CHECKING:
    from collections.abc import Callable

BAR = 1.5
ROUNDS = 3
SPACING_M = 150.0


def invented(nodes: int, seed: int = 1) -> Network:
    """Return a crooked grid of streets, a tenth of them missing and a tenth one-way."""
    rng = np.random.default_rng(seed)
    side = round(nodes**0.5)
    at = np.arange(side * side).reshape(side, side)
    corner = np.array([400_000.0, 150_000.0])
    points = corner + SPACING_M * np.argwhere(at >= 0) + rng.normal(0, 30, (side * side, 2))
    pairs = np.vstack(
        [np.c_[at[:, :-1].ravel(), at[:, 1:].ravel()], np.c_[at[:-1].ravel(), at[1:].ravel()]]
    )
    pairs = pairs[rng.random(len(pairs)) > 0.1]
    metres = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T) * 1.1
    seconds = metres / rng.choice([8.0, 13.0, 16.0, 26.0], len(pairs), p=[0.2, 0.5, 0.2, 0.1])
    back = rng.random(len(pairs)) > 0.1
    tail, head = np.r_[pairs[:, 0], pairs[back, 1]], np.r_[pairs[:, 1], pairs[back, 0]]
    both = np.r_[seconds, seconds[back]], np.r_[metres, metres[back]]
    return build(points, tail, head, *both, "invented")


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor seconds that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def in_networkx(network: Network, roots: list[int]) -> Callable[[], None]:
    """Return the same search in networkx, from a few roots, on a graph already built."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    columns = (network.head, network.tail, network.milliseconds)
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in columns), strict=True))

    def search() -> None:
        for root in roots:
            nx.single_source_dijkstra_path_length(graph, root)

    return search


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--provisions", type=int, default=100)
    parser.add_argument("--homes", type=int, default=3_000)
    asked = parser.parse_args()
    network = invented(asked.nodes)
    rng = np.random.default_rng(2)
    low, high = network.points.min(axis=0), network.points.max(axis=0)
    homes = rng.uniform(low, high, (asked.homes, 2))
    provisions = rng.uniform(low, high, (asked.provisions, 2))
    roots = snap(network, provisions).node
    size = len(network.points)
    weights = network.milliseconds.astype(np.float64)
    graph = csr_array((weights, (network.head, network.tail)), shape=(size, size))
    rounds = []
    for _ in range(ROUNDS):
        alone = seconds_of(partial(dijkstra, graph, indices=roots))
        fresh = replace(network)  # nothing of it is worked out yet: matrix, parts, trees
        ours = seconds_of(partial(journeys, fresh, homes, provisions))
        rounds.append((alone, ours))
    few = roots[:5].tolist()
    slow = seconds_of(in_networkx(network, few)) / len(few) * asked.provisions
    ratio = statistics.median(ours / alone for alone, ours in rounds)
    alone, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{size:,} nodes, {len(network.tail):,} edges, {asked.provisions} provisions")
    print(f"scipy's Dijkstra alone  {alone:6.2f} s   1.00")
    print(f"ours, points to points  {ours:6.2f} s   {ratio:.2f}   (bar {BAR})")
    print(f"networkx (from 5)       {slow:6.2f} s   {slow / alone:.2f}")
    return 0 if ratio <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
