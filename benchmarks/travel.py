"""Journeys by road against scipy's Dijkstra alone, networkx and osmnx, on an invented network.

The network is a crooked grid whose streets have four classes of speed, some one-way. Ours takes homes and provisions
as points and answers with minutes and kilometres of the same journey; scipy alone is one call of
``scipy.sparse.csgraph.dijkstra`` with the times as weights, from the same nodes, on a graph already built. networkx
has its graph, too, and is tried from a few provisions; osmnx from a few homes to a few provisions, pair by pair, as
its users do. Both are scaled up to the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.network import Network, build, journeys, snap

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Work = tuple[Callable[[], object], float, str]

SPACING_M = 150.0
NODES, PROVISIONS, HOMES = 100_000, 100, 3_000
#: Provisions that networkx, and pairs that osmnx is tried on.
FEW, PAIRS = 5, 20


@dataclass(frozen=True)
class Setting:
    """A network with homes and provisions as points."""

    network: Network
    homes: NDArray[np.float64]
    provisions: NDArray[np.float64]

    @property
    def roots(self) -> NDArray[np.intp]:
        """(provisions,) node nearest to each provision."""
        return snap(self.network, self.provisions).node

    def times(self) -> NDArray[np.float64]:
        """(edges,) milliseconds."""
        return self.network.milliseconds.astype(np.float64)


def setting(nodes: int = NODES, provisions: int = PROVISIONS, homes: int = HOMES) -> Setting:
    """Return the network and points drawn at random within it."""
    network = invented(nodes)
    rng = np.random.default_rng(2)
    low, high = network.points.min(axis=0), network.points.max(axis=0)
    at = rng.uniform(low, high, (homes, 2))
    return Setting(network, at, rng.uniform(low, high, (provisions, 2)))


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


def ours(given: Setting) -> Work:
    """Points to points; nothing of the network is worked out before: matrix, parts, trees."""

    def work() -> object:
        return journeys(replace(given.network), given.homes, given.provisions)

    return work, 1.0, ""


def in_scipy(given: Setting) -> Work:
    """One call, on a graph already built."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    network, size = given.network, len(given.network.points)
    graph = csr_array((given.times(), (network.head, network.tail)), shape=(size, size))
    return partial(dijkstra, graph, indices=given.roots), 1.0, ""


def in_networkx(given: Setting) -> Work:
    """One search a provision, from a few of them, on a graph already built."""
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph()
    columns = (given.network.head, given.network.tail, given.times())
    graph.add_weighted_edges_from(zip(*(column.tolist() for column in columns), strict=True))
    roots = given.roots[:FEW].tolist()

    def search() -> None:
        for root in roots:
            nx.single_source_dijkstra_path_length(graph, root)

    whole = len(given.provisions)
    return search, whole / len(roots), f"tried from {len(roots)} of {whole} provisions"


def in_osmnx(given: Setting) -> Work:
    """Shortest paths of osmnx from home to provision, pair by pair, for a few pairs."""
    import networkx as nx
    import osmnx

    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:27700")
    for node, (x, y) in enumerate(given.network.points.tolist()):
        graph.add_node(node, x=x, y=y)
    columns: list[Any] = [
        column.tolist() for column in (given.network.tail, given.network.head, given.times())
    ]
    graph.add_edges_from(
        (tail, head, {"travel_time": time}) for tail, head, time in zip(*columns, strict=True)
    )
    starts = snap(given.network, given.homes[:PAIRS]).node.tolist()
    ends = given.roots[:PAIRS].tolist()

    def search() -> object:
        return osmnx.shortest_path(graph, starts, ends, weight="travel_time", cpus=1)

    whole = len(given.homes) * len(given.provisions)
    return search, whole / PAIRS, f"tried on {PAIRS} of {whole:,} pairs"
