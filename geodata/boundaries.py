"""Boundaries, water and other shapes from a file of the user's own: GeoPackage, GeoJSON or shapefile, of any CRS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.grid import EASTING_RANGE_M, NORTHING_RANGE_M

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

__all__ = ["BoundaryFileError", "Shapes", "pick_outline", "read_shapes"]

GRID = "EPSG:27700"
#: A feature is the council's if so much of it lies in what postcodes say is the council, or the other way round.
OVERLAP_PCT = 50.0
_NAMES = re.compile(r"name|.*nm|.*_name|code|.*cd", re.IGNORECASE)


class BoundaryFileError(ValueError):
    """The file is no file of shapes, or not on this country's map."""


@dataclass(frozen=True, eq=False)
class Shapes:
    """Shapes on the National Grid (EPSG:27700), with a name each ("" where the file has none)."""

    names: list[str]
    geometries: list[BaseGeometry]


def read_shapes(path: Path, name_column: str = "") -> Shapes:
    """Read the first layer of a file.

    Parameters
    ----------
    name_column
        The column of the shapes' names; else the first that is called so (``name``, ``LAD24NM``).

    Raises
    ------
    BoundaryFileError
        When the file cannot be read, lacks the column, or lies outside the country.
    """
    import pyogrio

    try:
        frame: Any = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, ValueError, OSError) as error:
        raise BoundaryFileError(
            f"{path.name} cannot be read as shapes; give a GeoPackage, GeoJSON or shapefile"
        ) from error
    if "geometry" not in frame or frame.geometry.isna().all():
        raise BoundaryFileError(f"{path.name} holds no shapes")
    frame = frame[~frame.geometry.isna()]
    column = name_column or next((str(c) for c in frame.columns if _NAMES.fullmatch(str(c))), "")
    if name_column and name_column not in frame:
        known = ", ".join(str(c) for c in frame.columns if c != "geometry")
        raise BoundaryFileError(f"{path.name} has no column {name_column}; it has {known}")
    crs = frame.crs or (GRID if np.abs(frame.total_bounds).max() > 400 else "EPSG:4326")
    shapes = frame.geometry.set_crs(crs).to_crs(GRID)
    geometries = [shapely.make_valid(shape) for shape in shapely.force_2d(shapes.to_numpy())]
    _check_place(path, np.asarray(shapely.total_bounds(geometries)))
    names = [str(name) for name in frame[column]] if column else [""] * len(frame)
    return Shapes(names, geometries)


def _check_place(path: Path, bounds: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    west, south, east, north = bounds
    (least_east, most_east), (least_north, most_north) = EASTING_RANGE_M, NORTHING_RANGE_M
    if not (east > least_east and west < most_east and north > least_north and south < most_north):
        raise BoundaryFileError(f"{path.name} lies outside England; is its CRS right?")


def pick_outline(shapes: Shapes, roughly: BaseGeometry | None) -> BaseGeometry:
    """Return the outline that a file holds: all its shapes, or of many councils those that this one overlaps.

    Parameters
    ----------
    roughly
        Where the council is, from postcodes; None: take everything.

    Raises
    ------
    BoundaryFileError
        When nothing in the file is the council.
    """
    found = [shape for shape in shapes.geometries if roughly is None or _is_part(shape, roughly)]
    if not found:
        raise BoundaryFileError("no shape in the boundary file is where the homes are")
    return _polygons_only(shapely.union_all(found))


def _is_part(shape: BaseGeometry, council: BaseGeometry) -> bool:
    """Whether a shape is the council, or one of its parts."""
    shared = shapely.intersection(shape, council).area
    return bool(shared * 100 > OVERLAP_PCT * min(shape.area, council.area))


def _polygons_only(geometry: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])
