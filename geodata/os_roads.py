"""Roads of Ordnance Survey's OpenMap Local (or Open Roads) as GeoJSON, made into a network.

A line's two ends join whatever has a vertex there, so a side road joins the road it meets; two lines
that merely cross do not, for one may pass under the other. Every vertex is a node, so that a
place joins the road close to its door. The product has no one-way streets, no speed limits and no
turns: all roads go both ways, at the speed of their class.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from geodata.grid import EASTING_RANGE_M, NORTHING_RANGE_M, to_grid
from geodata.network import Network, RoadFileError, build
from geodata.speeds import speeds_by_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

#: What the class of a road is called: cut short in a shapefile, in full elsewhere.
_CLASS_COLUMNS = ("classifica", "classification")
_NOT_DRIVEN = frozenset({"pedestrianised street", "guided busway"})
_DUAL = ", collapsed dual carriageway"
_KPH_TO_MPS = 1 / 3.6
#: Vertices nearer than this are one: a decimetre, well over what rounding does to a coordinate.
_SAME_M = 0.1


class _Lines(NamedTuple):
    """Vertices one below the other; ``line`` and ``kph`` by vertex."""

    points: NDArray[np.float64]
    line: NDArray[np.int64]
    kph: NDArray[np.float64]


def read_os_roads(path: Path, text: bytes, source: str, own: Mapping[str, float] | None) -> Network:
    """Read GeoJSON lines with a class each, in WGS84 or on the National Grid.

    Parameters
    ----------
    text
        The file, unpacked.
    own
        Speeds in km/h by class, over those of the table.

    Raises
    ------
    RoadFileError
        When it is cut short, of another kind, or has a class whose speed is not known.
    """
    lines = _lines(path, _features(path, text), speeds_by_class(own))
    node, points = _nodes(lines)
    same = lines.line[1:] == lines.line[:-1]
    tail, head = node[:-1][same], node[1:][same]
    metres = np.hypot(*(points[tail] - points[head]).T)
    seconds = metres / (lines.kph[1:][same] * _KPH_TO_MPS)
    real = tail != head
    tail, head, metres, seconds = tail[real], head[real], metres[real], seconds[real]
    if not len(tail):
        raise RoadFileError(f"{path.name} holds no road that a car may use")
    there_and_back = np.r_[tail, head], np.r_[head, tail]
    return build(points, *there_and_back, np.r_[seconds, seconds], np.r_[metres, metres], source)


def _features(path: Path, text: bytes) -> list[Any]:
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RoadFileError(
            f"{path.name} is cut short or no GeoJSON of roads; get it again"
        ) from error
    if not isinstance(features, list):
        raise RoadFileError(f"{path.name} is no GeoJSON of roads")
    return features


def _lines(path: Path, features: list[Any], speeds: Mapping[str, float]) -> _Lines:
    """Gather the vertices of all roads, on the National Grid."""
    try:
        parts = [(np.asarray(part, np.float64)[:, :2], kind) for part, kind in _parts(features)]
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise RoadFileError(f"{path.name} has a road without coordinates or properties") from error
    parts = [(points, kind) for points, kind in parts if kind not in _NOT_DRIVEN]
    if not parts:
        raise RoadFileError(f"{path.name} holds no lines of roads")
    sizes = [len(points) for points, _ in parts]
    kph = [_speed(path, kind, speeds) for _, kind in parts]
    points = _on_grid(path, np.vstack([points for points, _ in parts]))
    return _Lines(points, np.repeat(np.arange(len(parts)), sizes), np.repeat(kph, sizes))


def _parts(features: list[Any]) -> Iterator[tuple[Any, str]]:
    """Yield the coordinates and the class of each line."""
    for feature in features:
        geometry, properties = feature["geometry"], feature["properties"]
        if geometry is None or geometry["type"] not in {"LineString", "MultiLineString"}:
            continue
        kind = next((properties[name] for name in _CLASS_COLUMNS if properties.get(name)), "")
        several = geometry["type"] == "MultiLineString"
        for part in geometry["coordinates"] if several else [geometry["coordinates"]]:
            yield part, str(kind).strip().lower()


def _speed(path: Path, kind: str, speeds: Mapping[str, float]) -> float:
    """Return the speed of a class; a collapsed dual carriageway without one of its own as its class."""
    known = speeds.get(kind, speeds.get(kind.removesuffix(_DUAL)))
    if known is not None:
        return known
    if not kind:
        raise RoadFileError(
            f"{path.name} has roads without a class (column classifica or classification); take the "
            "roads of OS OpenMap Local"
        )
    raise RoadFileError(
        f'{path.name} has roads of class "{kind[:60]}", whose speed is not known; OS OpenMap Local is read'
    )


def _on_grid(path: Path, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring degrees to the National Grid; metres must be on it already."""
    if not np.isfinite(points).all():
        raise RoadFileError(f"{path.name} has a road without coordinates or properties")
    x, y = points.T
    if np.abs(x).max() <= 180 and np.abs(y).max() <= 90:
        return np.column_stack(to_grid(lat=y, lon=x))
    (west, east), (south, north) = EASTING_RANGE_M, NORTHING_RANGE_M
    if ((x < west) | (x > east) | (y < south) | (y > north)).any():
        raise RoadFileError(
            f"{path.name} is neither in degrees (WGS84) nor on the National Grid (EPSG:27700)"
        )
    return points


def _nodes(lines: _Lines) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give each vertex its node: those at some line's end are one node, any other is its own."""
    rounded = np.rint(lines.points / _SAME_M).astype(np.int64)
    _, place = np.unique(rounded, axis=0, return_inverse=True)
    place = place.ravel()
    change = np.flatnonzero(np.diff(lines.line))
    ends = np.unique(place[np.r_[0, change, change + 1, len(place) - 1]])
    shared = np.isin(place, ends)
    alone = place.max() + 1 + np.arange(len(place))
    _, first, node = np.unique(
        np.where(shared, place, alone), return_index=True, return_inverse=True
    )
    return node.ravel().astype(np.int64), lines.points[first]
