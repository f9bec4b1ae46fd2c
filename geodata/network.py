"""A road network as arrays, where points join it, and the quickest journeys along it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geodata.travel import METRES_PER_KM, MINUTES_PER_HOUR, Journeys, as_points

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from numpy.typing import ArrayLike, NDArray
    from scipy.sparse import csr_array
    from scipy.spatial import cKDTree

    Search: TypeAlias = Callable[["Network", NDArray[np.intp], float], NDArray[np.float64]]

# From the door to the network: what OSRM's car profile takes for a drive (``service``). The child
# is driven from the door, so this is not a walk.
ACCESS_KPH = 15.0

# A place further than this from any road deserves a look: the file may not cover it.
FAR_M = 2000.0

# A part of the network counts as somewhere to start from with this share of the nodes.
_PART_SHARE = 0.01

# Time and length travel as one whole number: milliseconds * 2^24 + decimetres. 24 bits hold
# 1,677 km and leave 2^29 ms = 149 hours below 2^53, where float64 stops counting in ones.
_LENGTH_BITS = 24
_LENGTH_MASK = (1 << _LENGTH_BITS) - 1
_EXACT = 1 << 53
_MS_PER_MINUTE = 60_000
DM_PER_METRE = 10

# Numbers held at once while searching: 32 MB.
_SEARCH_CELLS = 4_000_000

FREE_FLOW = "free-flow speeds"


class RoadFileError(ValueError):
    """A road file cannot be used; the message says which, why and what to do."""


@dataclass(frozen=True, eq=False)
class Network:
    """Roads as arrays: nodes on the National Grid, and one directed edge a pair of nodes.

    Attributes
    ----------
    points
        Eastings and northings of the nodes in metres (EPSG:27700), shaped (nodes, 2).
    tail, head
        Positions of the nodes where each edge begins and ends.
    milliseconds, decimetres
        Time and length of each edge as whole numbers; at least one millisecond.
    source
        The file, the start of its hash and its date if it names one.
    speeds
        What the times rest on, in words.
    own_times
        Whether the file's author put times in: they are then taken as they are.
    """

    points: NDArray[np.float64]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    milliseconds: NDArray[np.int64]
    decimetres: NDArray[np.int64]
    source: str
    speeds: str = FREE_FLOW
    own_times: bool = False

    def driven_at(self, factor: float) -> Network:
        """Return the network with all roads driven at a share of their speed, if it has no times of its own.

        Raises
        ------
        ValueError
            When the share is not above 0.
        """
        if not (np.isfinite(factor) and factor > 0):
            raise ValueError("the share of the speed must be more than 0")
        if self.own_times or factor == 1:
            return self
        slower = np.maximum(1, np.rint(self.milliseconds / factor)).astype(np.int64)
        return replace(self, milliseconds=slower, speeds=f"{self.speeds} x {factor:g}")

    @cached_property
    def backwards(self) -> csr_array:
        """Weights of the reversed graph, by head and tail."""
        from scipy.sparse import csr_array

        weights = (self.milliseconds << _LENGTH_BITS | self.decimetres).astype(np.float64)
        size = len(self.points)
        return csr_array((weights, (self.head, self.tail)), shape=(size, size))

    @cached_property
    def usable(self) -> NDArray[np.intp]:
        """Nodes where a journey may begin or end.

        They are the nodes of the largest part of the network in which every node reaches every
        other, and of each other such part with at least 1% of the nodes (a real island). Smaller
        parts are what a file's edge, a mapper's slip or a one-way stub has cut off; the nearest
        node is too often one of those.
        """
        from scipy.sparse.csgraph import connected_components

        _, part = connected_components(self.backwards, directed=True, connection="strong")
        sizes = np.bincount(part)
        large = sizes >= min(sizes.max(), _PART_SHARE * len(part))
        return np.flatnonzero(large[part])

    @cached_property
    def _trees(self) -> tuple[cKDTree, cKDTree]:
        """Trees of the usable nodes and of all nodes."""
        from scipy.spatial import cKDTree

        return cKDTree(self.points[self.usable]), cKDTree(self.points)


def build(
    points: NDArray[np.float64],
    tail: NDArray[np.int64],
    head: NDArray[np.int64],
    seconds: NDArray[np.float64],
    metres: NDArray[np.float64],
    source: str,
) -> Network:
    """Make a network; of parallel edges the quickest stays, and of those the shortest."""
    milliseconds = np.maximum(1, np.rint(seconds * 1000)).astype(np.int64)
    decimetres = np.rint(metres * DM_PER_METRE).astype(np.int64)
    order = np.lexsort((decimetres, milliseconds, head, tail))
    _, first = np.unique(np.column_stack([tail, head])[order], axis=0, return_index=True)
    kept = order[first]
    return Network(points, tail[kept], head[kept], milliseconds[kept], decimetres[kept], source)


@dataclass(frozen=True, eq=False)
class Snapped:
    """Where points join the network.

    Attributes
    ----------
    node
        Position of the nearest usable node of each point.
    metres
        Straight distance to it.
    passed_over_m
        Distance to the nearest node of all, less than `metres` where that node leads nowhere.
    """

    node: NDArray[np.intp]
    metres: NDArray[np.float64]
    passed_over_m: NDArray[np.float64]

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Whether a nearer node was passed over because it leads nowhere."""
        return self.metres > self.passed_over_m

    @property
    def far(self) -> NDArray[np.bool_]:
        """Which points are over :data:`FAR_M` from the network: the file may be too small."""
        return self.metres > FAR_M


def snap(network: Network, points: ArrayLike) -> Snapped:
    """Find the usable node nearest to each point (eastings and northings, shaped (n, 2))."""
    places = as_points(points)
    usable, every = network._trees  # noqa: SLF001
    metres, at = map(np.asarray, usable.query(places))
    nearest = np.asarray(every.query(places)[0])
    return Snapped(network.usable[at], metres, nearest)


def journeys(
    network: Network,
    origins: ArrayLike,
    targets: ArrayLike,
    *,
    access_kph: float = ACCESS_KPH,
    limit_minutes: float = np.inf,
    report: Callable[[int, int], None] | None = None,
    search: Search | None = None,
) -> Journeys:
    """Quickest journeys by road; the kilometres are those of the quickest way, not of the shortest.

    A journey goes straight from the origin to its nearest usable node, along the roads, and
    straight from the target's node to the target. Where both have the same node it goes straight.
    Times are summed in whole milliseconds and lengths in whole decimetres an edge; of equally quick
    ways the shortest is taken.

    Parameters
    ----------
    origins, targets
        Eastings and northings in metres, shaped (n, 2).
    access_kph
        Speed between a place and its node.
    limit_minutes
        Longer journeys are not looked for, and are infinite: the search is a third as long at 60.
    report
        Called with the targets done and all targets, every so often.
    search
        How to search instead of :func:`quickest`: `road_cache.kept_search` remembers.

    Returns
    -------
    Journeys shaped (origins, targets), infinite where no road leads (an island) or over the limit.

    Raises
    ------
    ValueError
        When a speed is not above 0, or the network so large that a length could overflow
        (over 1,677 km).
    """
    if not access_kph > 0:
        raise ValueError("the access speed must be more than 0 km/h")
    a, b = as_points(origins), as_points(targets)
    starts, ends = snap(network, a), snap(network, b)
    road_minutes, road_km = _by_road(network, starts.node, ends.node, limit_minutes, search, report)
    straight = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    through = starts.metres[:, None] + ends.metres[None, :]
    access_km = np.where(starts.node[:, None] == ends.node, straight, through) / METRES_PER_KM
    minutes = road_minutes + access_km / access_kph * MINUTES_PER_HOUR
    late = minutes > limit_minutes
    words = f"road network {network.source}, {network.speeds}, {access_kph:g} km/h to the road"
    return Journeys(
        np.where(late, np.inf, road_km + access_km), np.where(late, np.inf, minutes), words
    )


def quickest(
    network: Network, roots: NDArray[np.intp], limit: float = np.inf
) -> NDArray[np.float64]:
    """Search the quickest ways from every node to some: codes of time and length, (roots, nodes)."""
    from scipy.sparse.csgraph import dijkstra

    return np.asarray(dijkstra(network.backwards, indices=roots, limit=limit))


def _by_road(
    network: Network,
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
    limit_minutes: float,
    search: Search | None,
    report: Callable[[int, int], None] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Minutes and kilometres between nodes, shaped (starts, ends)."""
    kept, row = np.unique(starts, return_inverse=True)
    roots, column = np.unique(ends, return_inverse=True)
    limit = (limit_minutes * _MS_PER_MINUTE + 1) * (1 << _LENGTH_BITS)
    codes = np.empty((len(roots), len(kept)))
    step = max(1, _SEARCH_CELLS // len(network.points))
    for first in range(0, len(roots), step):
        if report:
            report(first, len(roots))
        some = slice(first, first + step)
        codes[some] = (search or quickest)(network, roots[some], limit)[:, kept]
    milliseconds, decimetres = _decode(network, codes)
    there = np.ix_(column, row)
    minutes, km = milliseconds[there].T, decimetres[there].T
    return minutes / _MS_PER_MINUTE, km / (DM_PER_METRE * METRES_PER_KM)


def _decode(
    network: Network, codes: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Part milliseconds from decimetres, having made sure that neither ran into the other."""
    found = np.isfinite(codes)
    whole = np.where(found, codes, 0).astype(np.int64)
    milliseconds, decimetres = whole >> _LENGTH_BITS, whole & _LENGTH_MASK
    longest = milliseconds.max(initial=0) * (network.decimetres / network.milliseconds).max()
    if longest > _LENGTH_MASK or codes[found].max(initial=0) >= _EXACT:
        raise ValueError(
            "the road network is too large: a journey could be over 1,677 km; give a limit in minutes"
        )
    return np.where(found, milliseconds, np.inf), np.where(found, decimetres, np.inf)
