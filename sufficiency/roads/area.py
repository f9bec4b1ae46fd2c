"""The area whose roads a council needs, drawn from its postcodes: coarse, and of no child's home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geodata.grid import to_wgs84
from sufficiency.errors import UsageError
from sufficiency.locate import directory_for, locate
from sufficiency.maps.plan_map import find_geography, own_districts

if TYPE_CHECKING:
    import pandas as pd
    from shapely import MultiPolygon, Polygon

    from models.problem import Floats
    from sufficiency.case import Case

_KM = 1000.0
#: What rounding corners to whole kilometres may take off (0.71 km), and simplifying before (0.5 km).
_SPARE_M = 1250.0
_SIMPLIFY_M = 500.0


@dataclass(frozen=True)
class RoadArea:
    """An area to ask roads of.

    Attributes
    ----------
    districts
        Codes of the council's districts, whose postcodes gave the outline.
    shape
        On the National Grid, with corners at whole kilometres.
    left_out
        Names of the provisions that lie outside.
    margin_for_all_km
        The margin that would take them in.
    """

    districts: tuple[str, ...]
    shape: Polygon | MultiPolygon
    left_out: tuple[str, ...]
    margin_for_all_km: int

    @property
    def in_degrees(self) -> Polygon | MultiPolygon:
        """The shape in longitude and latitude (WGS84)."""

        def turned(points: Floats) -> Floats:
            lat, lon = to_wgs84(points[:, 0], points[:, 1])
            return np.column_stack([lon, lat])

        return shapely.transform(self.shape, turned)


def road_area(case: Case, everyone: pd.DataFrame, margin_km: float) -> RoadArea:
    """Draw the area of the case's council and a margin.

    Homes only tell *which* council it is, unless the setting ``map.districts`` does; the outline is
    that of all postcodes of its districts, so it is the same whoever the children are.

    Parameters
    ----------
    everyone
        As from `demand.people`.

    Raises
    ------
    UsageError
        When the council cannot be told.
    """
    located = locate(case, everyone)
    directory = directory_for(case)
    districts = case.settings.map.districts or own_districts(directory, located.homes)
    drawn = find_geography(directory, located.homes, districts) if districts else None
    if drawn is None:
        raise UsageError(
            "the council cannot be told from the homes: give its ONS code in case.toml, [map] districts"
        )
    shape = coarse(drawn.outline, margin_km)
    known = np.isfinite(located.provisions).all(axis=1)
    points = shapely.points(located.provisions[known])
    outside = ~shapely.covers(shape, points)
    names = case.provisions["name"].to_numpy()[known][outside]
    furthest = shapely.distance(drawn.outline, points).max(initial=0) / _KM
    return RoadArea(tuple(sorted(districts)), shape, tuple(map(str, names)), int(np.ceil(furthest)))


def coarse(outline: shapely.geometry.base.BaseGeometry, margin_km: float) -> Polygon | MultiPolygon:
    """Return an outline and its margin, no less, with corners at whole kilometres."""
    wide = shapely.buffer(outline, margin_km * _KM + _SPARE_M)
    simple = shapely.simplify(shapely.union_all(wide), _SIMPLIFY_M)
    rounded = shapely.transform(simple, lambda points: np.round(points / _KM) * _KM)
    filled = [
        shapely.Polygon(part.exterior)
        for part in shapely.get_parts(shapely.make_valid(rounded))
        if isinstance(part, shapely.Polygon)
    ]
    shape = shapely.union_all(filled)
    assert isinstance(shape, shapely.Polygon | shapely.MultiPolygon)  # noqa: S101 - of polygons
    return shape
