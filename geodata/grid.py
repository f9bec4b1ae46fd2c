"""British National Grid (EPSG:27700) inside, latitude and longitude (WGS84) at the edges.

The transformation is written out rather than left to PROJ's choice, because PROJ takes the
OSTN15 grid when a machine happens to have it and a seven-parameter shift when not: two machines
would then answer differently for the same input. Ours is that shift (EPSG:1314, as Ordnance
Survey publishes it), which needs no file and no network. It agrees with OSTN15 to about 2 m
on average and 5 m at worst in Great Britain: less than the size of a school's site, and far less
than a postcode's spread.

References
----------
Ordnance Survey, *A guide to coordinate systems in Great Britain*, sections 5.2, 6.6 and C.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from pyproj import Transformer

CRS = "EPSG:27700"

# The National Grid's own extent: squares SV to JM (Ordnance Survey, guide, section 7).
EASTING_RANGE_M = (0.0, 700_000.0)
NORTHING_RANGE_M = (0.0, 1_300_000.0)

_WGS84_TO_GRID = (
    "+proj=pipeline "
    "+step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=cart +ellps=WGS84 "
    "+step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 "
    "+s=-20.489 +convention=position_vector "
    "+step +inv +proj=cart +ellps=airy "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)


def to_grid(lat: ArrayLike, lon: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn latitudes and longitudes (WGS84 degrees) into eastings and northings.

    Returns
    -------
    Eastings and northings in metres, shaped like the input; NaN where either is missing or is not
    a latitude or a longitude at all. A point outside Great Britain still gets figures: ask
    :func:`plausible`.
    """
    x, y = np.broadcast_arrays(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    sound = (np.abs(x) <= 180) & (np.abs(y) <= 90)
    east, north = _transformer().transform(np.where(sound, x, np.nan), np.where(sound, y, np.nan))
    return _missing_as_nan(east, north)


def to_wgs84(
    easting_m: ArrayLike, northing_m: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn eastings and northings (metres) into latitudes and longitudes (WGS84 degrees).

    Returns
    -------
    Latitudes and longitudes, in that order, shaped like the input; NaN where either is missing.
    """
    x, y = np.broadcast_arrays(
        np.asarray(easting_m, np.float64), np.asarray(northing_m, np.float64)
    )
    lon, lat = _transformer().transform(x, y, direction="INVERSE")
    lon, lat = _missing_as_nan(lon, lat)
    return lat, lon


def plausible(easting_m: ArrayLike, northing_m: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie within the National Grid.

    Its south-west corner (0, 0) and 999999 stand for "unknown" in postcode files, and are not
    within. That a point lies on land is another question: see ``Directory.nearest``.
    """
    east = np.asarray(easting_m, np.float64)
    north = np.asarray(northing_m, np.float64)
    return np.asarray(
        (east > EASTING_RANGE_M[0])
        & (east < EASTING_RANGE_M[1])
        & (north > NORTHING_RANGE_M[0])
        & (north < NORTHING_RANGE_M[1])
    )


@cache
def _transformer() -> Transformer:
    """Build the transformation once; longitude first, then latitude."""
    from pyproj import Transformer

    return Transformer.from_pipeline(_WGS84_TO_GRID)


def _missing_as_nan(
    first: ArrayLike, second: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Make both NaN where PROJ answers infinity for either."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    good = np.isfinite(a) & np.isfinite(b)
    return np.where(good, a, np.nan), np.where(good, b, np.nan)
