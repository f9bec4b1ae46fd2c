"""A council's outline, its postcode-sector areas and its settlements, drawn from postcodes alone.

The country is cut into Voronoi cells, one a hundred-metre square with a postcode in it; cells are
united by postcode sector within the council's own districts. Where no postcode is near, a cell may
reach out to sea: it is cut back to the *land*. The triangles between neighbouring postcodes are
flooded from the open sea: water passes between two postcodes that stand much further apart than
postcodes thereabouts do. So a moor or a park is land whatever its size, as no water reaches it, and
a harbour, an estuary or a strait between two towns is not.

A council whose true boundary is to hand should use that; this one overlaps it by about 94%.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata.coast import Mesh, circumradius, draw_land, make_mesh, polygons_of, without_small_holes
from geodata.postcodes import sector

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["MARGIN_M", "Geography", "draw", "from_directory"]

MARGIN_M = 6000.0
"""How far round the council postcodes are wanted at least: a boundary needs its far side."""

_FURTHER_M, _COARSE_M = 40_000.0, 500  # so far round, one place such a square tells land from sea
_SQUARE_M = 100  # postcodes are thinned to one such square
_GRID_M = 10  # coordinates of the result are whole tens of metres
_SIMPLIFY_M = 40.0  # tolerance of the simplification of shared edges
_FRAGMENT_SQUARES = 6  # a smaller patch of squares amid another sector or district joins it
_REPLACED_PCT = 60.0  # a sector that shares more of its postcodes' squares has been replaced
_MIN_HOLE_M2 = 1e6  # a smaller hole in a council is a slip, not another council
_BUILT_RADIUS_M = 180.0  # circumradius up to which a triangle is built up
_BUILT_RIM_M = 70.0
_MIN_SETTLEMENT_M2 = 1.2e5


@dataclass(frozen=True, eq=False)
class Geography:
    """What a map of a council is drawn on. Coordinates are EPSG:27700 in whole tens of metres.

    Attributes
    ----------
    outline
        The council, islands and all, without holes other than another council.
    areas
        Postcode sector ("BA1 2") to its part within the council. They tile ``outline``.
    settlements
        Built-up areas, of the council and of the margin round it.
    land
        Land of the council and its margin, where it is known; elsewhere is sea or unknown.
    """

    outline: BaseGeometry
    areas: Mapping[str, BaseGeometry]
    settlements: BaseGeometry
    land: BaseGeometry
    _points: NDArray[np.float64]
    _labels: NDArray[np.str_]

    def area_at(self, easting_m: ArrayLike, northing_m: ArrayLike) -> NDArray[np.str_]:
        """Return the area of each point: that of the nearest postcode.

        Returns
        -------
        Array of keys of ``areas``; "" for a point outside the council (or without a place).
        """
        points = np.column_stack([np.atleast_1d(easting_m), np.atleast_1d(northing_m)])
        points = points.astype(np.float64)
        found = np.full(len(points), "", dtype=self._labels.dtype)
        sound = np.isfinite(points).all(axis=1)
        if sound.any():
            found[sound] = self._labels[self._tree.query(points[sound])[1]]
        return found

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self._points)


class _Squares(NamedTuple):
    """Hundred-metre squares with a postcode in them; arrays by square."""

    points: NDArray[np.float64]  # mean place of the postcodes
    districts: NDArray[np.int64]
    sectors: NDArray[np.int64]


def from_directory(
    frame: pd.DataFrame, districts: Collection[str], margin_m: float = MARGIN_M
) -> Geography | None:
    """Draw the council of ``districts`` from a postcode directory's frame.

    Parameters
    ----------
    frame
        By postcode: ``easting_m``, ``northing_m`` (EPSG:27700), ``district``.
    districts
        District codes (``laua``): one for a unitary council, several for a county.

    Returns
    -------
    ``None`` where the frame has fewer than four places of them.
    """
    axes = ["easting_m", "northing_m"]
    # Northern Ireland's postcodes stand on another grid, in the Irish Sea of this one.
    frame = frame[~frame["district"].str.startswith("N")]
    own = frame[frame["district"].isin(sorted(districts))]
    low, high = own[axes].min(), own[axes].max()
    # on the short sides so far that a map of any shape has land and sea to its edges
    extra = ((high - low).max() * 0.9 - (high - low)).clip(lower=0) / 2
    margin = margin_m + (high - low).max() * 0.05 + extra
    near = pd.Series(data=True, index=frame.index)
    for axis in axes:
        near &= frame[axis].between(low[axis] - margin[axis], high[axis] + margin[axis])
    around = frame[near]
    if own["easting_m"].count() < 4:
        return None
    places = around["easting_m"].to_numpy(float), around["northing_m"].to_numpy(float)
    far = _further(frame, low - margin, high + margin)
    return draw(around.index.to_numpy(), *places, around["district"].to_numpy(), districts, far)


def _further(frame: pd.DataFrame, low: pd.Series, high: pd.Series) -> NDArray[np.float64]:
    """Return places beyond a window, one a square of half a kilometre."""
    axes = ["easting_m", "northing_m"]
    wide, inside = (
        frame[axes[0]].between(low.iloc[0] - more, high.iloc[0] + more)
        & frame[axes[1]].between(low.iloc[1] - more, high.iloc[1] + more)
        for more in (_FURTHER_M, 0.0)
    )
    points = frame.loc[wide & ~inside, axes].to_numpy(np.float64)
    corner = np.floor(points / _COARSE_M).astype(np.int64)
    order = np.lexsort((points[:, 1], points[:, 0], corner[:, 1], corner[:, 0]))
    _, first = np.unique(corner[order] @ np.array([100_000, 1]), return_index=True)
    return points[order][first]


def draw(
    postcodes: Sequence[str] | NDArray[np.str_],
    easting_m: ArrayLike,
    northing_m: ArrayLike,
    district: Sequence[str] | NDArray[np.str_],
    council: Collection[str],
    further: NDArray[np.float64] | None = None,
) -> Geography:
    """Draw outline, areas and settlements of a council from its postcodes and its neighbours'.

    Parameters
    ----------
    postcodes, easting_m, northing_m, district
        By postcode: the code, its place (EPSG:27700, none missing) and its district's code, for
        the council and :data:`MARGIN_M` round it.
    council
        The codes of the council's own districts.
    further
        (N, 2) some places beyond those, from which the open sea is known.

    Raises
    ------
    ValueError
        When fewer than four places are given, all lie on a line, or none is the council's.
    """
    points = np.column_stack([easting_m, northing_m]).astype(np.float64)
    mine = np.isin(np.asarray(district, dtype=str), sorted(council))
    if len(points) < 4 or not mine.any():
        raise ValueError("too few postcodes to draw a council from")
    names, sectors = np.unique(_sectors(postcodes), return_inverse=True)
    squares = _thin(points, mine.astype(np.int64), _without_replaced(points, sectors, names))
    mesh = make_mesh(squares.points, further)
    labels = _labels(squares, mesh)
    land = _without_lagoons(draw_land(squares.points, mesh), squares)
    tiles = _tiles(squares.points, labels, land)
    # a sector may have been cut away altogether (squares far out at sea)
    return Geography(
        outline=without_small_holes(shapely.coverage_union_all(list(tiles.values())), _MIN_HOLE_M2),
        areas={str(names[at]): tile for at, tile in tiles.items()},
        settlements=_settlements(squares.points, mesh),
        land=_rounded(shapely.simplify(land, _SIMPLIFY_M)),
        _points=squares.points,
        _labels=np.where(labels >= 0, names[labels], ""),
    )


def _sectors(postcodes: Sequence[str] | NDArray[np.str_]) -> NDArray[np.str_]:
    return np.array([sector(code) for code in postcodes], dtype=str)


def _squares_of(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number, from 0, of each point's hundred-metre square."""
    corner = np.floor(points / _SQUARE_M).astype(np.int64)
    number: NDArray[np.int64] = corner[:, 0] * 100_000 + corner[:, 1]
    return np.unique(number, return_inverse=True)[1].astype(np.int64)


def _without_replaced(
    points: NDArray[np.float64], sectors: NDArray[np.int64], names: NDArray[np.str_]
) -> NDArray[np.int64]:
    """Blank (-1) sectors that are not places: post boxes, and those whose postcodes were recoded.

    A directory keeps ended postcodes, so that one street may be in a sector of long ago and in
    today's, which share their squares. Until 2000 postcodes were placed to a hundred metres: of the
    sectors that share most of their squares the one with most such places is the oldest. The
    outward parts ("BS18") are judged first, as they are recoded whole.
    """
    squares = _squares_of(points)
    coarse = (points % _SQUARE_M == 0).all(axis=1)
    outward = np.array([name.split(" ")[0] for name in names], dtype=str)
    outwards = np.unique(outward, return_inverse=True)[1][sectors].astype(np.int64)
    kept = _unshared(squares, outwards, coarse) >= 0
    result = np.full(len(sectors), -1, dtype=np.int64)
    result[kept] = _unshared(squares[kept], sectors[kept], coarse[kept])
    return result


def _unshared(
    squares: NDArray[np.int64], groups: NDArray[np.int64], coarse: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Blank, one after another, the oldest of the groups that share most of their squares."""
    size = int(groups.max()) + 1
    total = np.maximum(np.bincount(groups, minlength=size), 1)
    age = np.bincount(groups[coarse], minlength=size) / total
    pairs, count = np.unique(squares * size + groups, return_counts=True)
    square, group = np.divmod(pairs, size)
    alive = np.ones(len(pairs), dtype=bool)
    while True:
        shared = alive & (np.bincount(square[alive], minlength=square[-1] + 1)[square] > 1)
        share = np.bincount(group[shared], count[shared], minlength=size) / total
        if not (replaced := share * 100 > _REPLACED_PCT).any():
            return np.where(np.isin(groups, group[alive]), groups, -1)
        alive &= group != np.lexsort((share, age, replaced))[-1]


def _thin(
    points: NDArray[np.float64], districts: NDArray[np.int64], sectors: NDArray[np.int64]
) -> _Squares:
    """Reduce postcodes to squares: the commonest district, then its commonest sector, and their mean.

    A square whose sectors are all blank takes that of the nearest that has one.
    """
    squares = _squares_of(points)
    district = _commonest(squares, districts)
    of_it = districts == district[squares]
    count = np.bincount(squares[of_it])
    mean = [np.bincount(squares[of_it], axis[of_it]) / count for axis in points.T]
    places = np.column_stack(mean)
    ours = of_it & (sectors >= 0)
    label = np.full(len(places), -1, dtype=np.int64)
    found, back = np.unique(squares[ours], return_inverse=True)
    label[found] = _commonest(back, sectors[ours])
    blank = label < 0
    if blank.any() and not blank.all():
        label[blank] = label[~blank][cKDTree(places[~blank]).query(places[blank])[1]]
    return _Squares(places, district, np.maximum(label, 0))


def _commonest(groups: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the commonest value of each group (the least of several)."""
    size = int(values.max(initial=0)) + 1
    pairs, count = np.unique(groups * size + values, return_counts=True)
    order = np.lexsort((pairs % size, -count, pairs // size))
    first = np.unique(pairs[order] // size, return_index=True)[1]
    result: NDArray[np.int64] = pairs[order][first] % size
    return result


def _labels(squares: _Squares, mesh: Mesh) -> NDArray[np.int64]:
    """Return each square's sector, or -1 where it is not the council's; patches tidied."""
    own = _tidy(squares.districts, mesh.edges)
    return np.asarray(_tidy(np.where(own == 1, squares.sectors, -1), mesh.edges, fixed=-1))


def _tidy(
    labels: NDArray[np.int64], edges: NDArray[np.int64], fixed: int | None = None
) -> NDArray[np.int64]:
    """Give small patches the label that most of their neighbours have.

    ``fixed`` is a label that neither gains nor loses. A patch without neighbours, an island, stays.
    """
    if fixed is not None:
        edges = edges[(labels[edges] != fixed).all(axis=1)]
    left, right = edges.T
    same = labels[left] == labels[right]
    shape = (len(labels), len(labels))
    graph = coo_array((np.ones(same.sum()), (left[same], right[same])), shape=shape)
    patch = connected_components(graph, directed=False)[1].astype(np.int64)
    small = np.bincount(patch)[patch] < _FRAGMENT_SQUARES
    inside, outside = np.r_[left[~same], right[~same]], np.r_[right[~same], left[~same]]
    leaving = small[inside] & ~small[outside]
    if not leaving.any():
        return labels
    patches, back = np.unique(patch[inside[leaving]], return_inverse=True)
    become = dict(zip(patches, _commonest(back, labels[outside[leaving]]), strict=True))
    changed = small & np.isin(patch, patches)
    result = labels.copy()
    result[changed] = [become[at] for at in patch[changed]]
    return result


def _without_lagoons(land: BaseGeometry, squares: _Squares) -> BaseGeometry:
    """Fill water that the council alone surrounds: what has no way to the sea is a moor or a fen."""
    nearest = cKDTree(squares.points)
    parts = []
    for part in polygons_of(land):
        rings = [
            ring
            for ring in part.interiors
            if (squares.districts[nearest.query(np.asarray(ring.coords))[1]] != 1).any()
        ]
        parts.append(shapely.Polygon(part.exterior, rings))
    return shapely.MultiPolygon(parts)


def _tiles(
    points: NDArray[np.float64], labels: NDArray[np.int64], land: BaseGeometry
) -> dict[int, BaseGeometry]:
    """Return the council's areas by sector: cells united, cut to the land, simplified together."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True))
    members: defaultdict[int, list[int]] = defaultdict(list)
    for at in np.flatnonzero(labels >= 0):
        members[int(labels[at])].append(int(at))
    shapely.prepare(land)
    united = [shapely.coverage_union_all(cells[at]) for at in members.values()]
    cut = [tile if land.covers(tile) else shapely.intersection(tile, land) for tile in united]
    # to whole metres first, so that the ends of a shared edge are the same in both areas
    exact = shapely.transform([shapely.MultiPolygon(polygons_of(tile)) for tile in cut], np.round)
    simple = [_rounded(tile) for tile in shapely.coverage_simplify(exact, _SIMPLIFY_M)]
    return {at: tile for at, tile in zip(members, simple, strict=True) if not tile.is_empty}


def _rounded(geometry: BaseGeometry) -> BaseGeometry:
    """Round to whole tens of metres, valid, polygons only."""
    rough = shapely.transform(geometry, lambda xy: np.round(xy / _GRID_M) * _GRID_M)
    if not rough.is_valid:
        rough = shapely.set_precision(shapely.make_valid(rough), _GRID_M)
    return shapely.MultiPolygon([part for part in polygons_of(rough) if part.area > 0])


def _settlements(points: NDArray[np.float64], mesh: Mesh) -> BaseGeometry:
    """Unite the small triangles of the mesh: postcodes that stand close together."""
    close = circumradius(points[mesh.triangles]) < _BUILT_RADIUS_M
    body = shapely.coverage_union_all(shapely.polygons(points[mesh.triangles[close]]))
    large = [
        shapely.Polygon(part.exterior)
        for part in polygons_of(body)
        if part.area > _MIN_SETTLEMENT_M2
    ]
    built = shapely.union_all(shapely.buffer(large, _BUILT_RIM_M, quad_segs=2))
    return _rounded(shapely.simplify(built, 25.0))
