"""Where the sea is, told from postcodes alone: how far water comes between them from the open sea.

Points are joined to triangles (Delaunay), and the triangles flooded. Water passes between two postcodes
that stand much further apart than postcodes thereabouts do. So a moor or a park is land whatever its
size, as no water reaches it, and a harbour, an estuary or a strait between two towns is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_SPACING_NEIGHBOURS = 6  # spacing of postcodes at a point: metres to the sixth nearest
# Flooding, chosen on the whole of England's coast as in ONS boundaries of 2024.
_PASSAGE_M = 500.0  # least distance of two postcodes between which water passes,
_PASSAGE_TIMES = 3.5  # which is also this many times the lesser spacing at the two
_HARBOUR_M, _HARBOUR_M2 = 1500.0, 5e6  # least circumradius and area of a harbour,
_HARBOUR_TIMES = 5.0  # which is this many times as wide as postcodes round it stand apart
_MOUTH_M = 250.0  # and whose shore is so near that of the sea
_RING, _RING_M = 12, 300_000.0  # places in a ring far away, so that the sea has a far side
_RIM_M = 170.0  # land beyond the outermost postcodes
_LAGOON_M2 = 2e5  # water that the rim cuts off from the sea is kept from this size


class Mesh(NamedTuple):
    """The triangles of the squares that are land; positions count the squares."""

    triangles: NDArray[np.int64]  # triangles x 3
    edges: NDArray[np.int64]  # edges x 2, each once
    shore: NDArray[np.float64]  # triangles x 3 x 2: land between a square and a place further off


def make_mesh(points: NDArray[np.float64], further: NDArray[np.float64] | None = None) -> Mesh:
    """Triangulate the squares and keep the triangles that the sea does not reach.

    Parameters
    ----------
    points
        (squares, 2) places of postcodes.
    further
        (N, 2) some places of postcodes round about, so that the open sea is found.
    """
    count = len(points)
    middle = points.mean(axis=0)
    around = np.arange(_RING) * 2 * np.pi / _RING
    ring = middle + _RING_M * np.column_stack([np.cos(around), np.sin(around)])
    known = points if further is None else np.vstack([points, further])
    drawn = Delaunay(np.vstack([known, ring]) - middle)
    corners = np.asarray(drawn.simplices, dtype=np.int64)
    reach = min(_SPACING_NEIGHBOURS + 1, len(known))
    spacing = np.asarray(cKDTree(known).query(known, k=[reach])[0])[:, 0]
    spacing = np.append(spacing, np.full(_RING, _RING_M))
    beside = np.asarray(drawn.neighbors, dtype=np.int64)
    everything = np.vstack([known, ring])
    land = ~_flooded(everything, spacing, corners, beside) & (corners < len(known)).all(axis=1)
    near = (corners < count).sum(axis=1)
    triangles = corners[land & (near == 3)]
    pairs = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    partly = land & (near > 0) & (near < 3)
    return Mesh(triangles, np.unique(pairs, axis=0), everything[corners[partly]])


def _flooded(
    points: NDArray[np.float64],
    spacing: NDArray[np.float64],
    corners: NDArray[np.int64],
    beside: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Tell which triangles are sea: those at the ring, and what water reaches from there.

    Parameters
    ----------
    points
        The last are the ring.
    spacing
        By point: metres to the sixth nearest.
    corners, beside
        (triangles, 3) points, and the triangle across from each of them; -1 for none.
    """
    # the edge across from a corner: between the two others
    one, other = corners[:, [1, 2, 0]], corners[:, [2, 0, 1]]
    long = np.hypot(*np.moveaxis(points[one] - points[other], -1, 0))
    usual = np.minimum(spacing[one], spacing[other])
    passes = (long > _PASSAGE_M) & (long > _PASSAGE_TIMES * usual) & (beside >= 0)
    here, side = np.nonzero(passes)
    shape = (len(corners), len(corners))
    graph = coo_array((np.ones(len(here)), (here, beside[here, side])), shape=shape)
    water = connected_components(graph, directed=False)[1].astype(np.int64)
    sea = np.isin(water, water[(corners >= len(points) - _RING).any(axis=1)])
    return sea | _harbours(points, spacing, corners, water, sea)


def _harbours(
    points: NDArray[np.float64],
    spacing: NDArray[np.float64],
    corners: NDArray[np.int64],
    water: NDArray[np.int64],
    sea: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tell which triangles are water behind a narrow mouth: wide, beside the sea, built up all round.

    Parameters
    ----------
    water, sea
        By triangle: which of them are connected, and whether the sea reaches it.
    """
    radius = np.where(sea, 0.0, circumradius(points[corners]))
    area = shapely.area(shapely.polygons(points[corners]))
    widest = np.zeros(water.max() + 1)
    np.maximum.at(widest, water, radius)
    large = (widest > _HARBOUR_M) & (np.bincount(water, area) > _HARBOUR_M2)
    shore = cKDTree(points[np.unique(corners[sea])])
    by_sea = np.isfinite(shore.query(points, distance_upper_bound=_MOUTH_M)[0])[corners].any(axis=1)
    found = [
        part
        for part in np.unique(water[by_sea & large[water]])
        if widest[part] > _HARBOUR_TIMES * np.median(spacing[np.unique(corners[water == part])])
    ]
    return np.isin(water, found)


def circumradius(triangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the radius of the circle through each triangle's corners (triangles x 3 x 2)."""
    a, b, c = (triangles[:, at] for at in range(3))
    sides = [np.hypot(*(p - q).T) for p, q in ((b, c), (a, c), (a, b))]
    (ux, uy), (vx, vy) = (b - a).T, (c - a).T
    radius: NDArray[np.float64] = np.prod(sides, axis=0) / np.maximum(
        2 * np.abs(ux * vy - uy * vx), 1e-9
    )
    return radius


def draw_land(points: NDArray[np.float64], mesh: Mesh) -> BaseGeometry:
    """Unite the triangles that are land, and add a rim."""
    triangles = np.concatenate([points[mesh.triangles], mesh.shore])
    body = shapely.coverage_union_all(shapely.polygons(triangles))
    alone = np.ones(len(points), dtype=bool)
    alone[mesh.triangles.ravel()] = False
    seeds = np.array([body, *map(shapely.Point, points[alone])], dtype=object)
    whole = shapely.union_all(shapely.buffer(seeds, _RIM_M, quad_segs=4))
    return without_small_holes(whole, _LAGOON_M2)


def polygons_of(geometry: BaseGeometry) -> list[shapely.Polygon]:
    """Return the polygons of a geometry, whatever it is."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]


def without_small_holes(geometry: BaseGeometry, least_m2: float) -> BaseGeometry:
    """Fill holes smaller than so much."""
    parts = []
    for part in polygons_of(geometry):
        large = [ring for ring in part.interiors if shapely.Polygon(ring).area >= least_m2]
        parts.append(shapely.Polygon(part.exterior, large))
    return shapely.MultiPolygon(parts)
