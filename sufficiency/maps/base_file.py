"""What a finished plan's maps are drawn on, as GeoJSON in its folder: maps can be drawn again from there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from sufficiency.errors import UsageError
from sufficiency.maps.base import Base
from sufficiency.maps.model import Road, Town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

#: Where it stands in a run's folder.
BASE_FILE = "maps/base.geojson"
_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
SITE_COLUMNS = ("id", "name", "kind", "state", "schemes")


def base_text(base: Base, sites: pd.DataFrame) -> str:
    """Write a base and the sites on it as GeoJSON, in whole metres of the National Grid."""
    found = {
        "type": "FeatureCollection",
        "name": "base of maps",
        "crs": _CRS,
        "geography": base.geography,
        "credit": base.credit,
        "features": [
            {"type": "Feature", "properties": about, "geometry": _geometry(shape)}
            for about, shape in _features(base, sites)
            if not shape.is_empty
        ],
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


def _features(base: Base, sites: pd.DataFrame) -> Iterator[tuple[dict[str, str], BaseGeometry]]:
    """Yield what each feature is, and its shape."""
    yield {"layer": "outline"}, base.outline
    yield {"layer": "settlements"}, base.settlements
    yield {"layer": "water"}, base.water
    if base.land is not None:
        yield {"layer": "land"}, base.land
    for name, shape in sorted(base.areas.items()):
        yield {"layer": "area", "name": name}, shape
    for road in base.roads:
        yield {"layer": "road", "kind": road.kind, "number": road.number}, road.geometry
    for town in base.towns:
        yield {"layer": "town", "name": town.name}, shapely.Point(town.easting_m, town.northing_m)
    for row in sites.to_dict("records"):
        about = {name: str(row[name]) for name in SITE_COLUMNS}
        yield {"layer": "site", **about}, shapely.Point(row["easting_m"], row["northing_m"])


def _geometry(shape: BaseGeometry) -> Any:  # noqa: ANN401 - JSON
    whole = shapely.transform(shape, np.round)
    return json.loads(shapely.to_geojson(whole).replace(".0,", ",").replace(".0]", "]"))


def read_base(folder: Path) -> tuple[Base, pd.DataFrame]:
    """Read the base and the sites of a finished plan.

    Raises
    ------
    UsageError
        When the folder has none.
    """
    path = folder / BASE_FILE
    try:
        found = json.loads(path.read_text("utf-8"))
        features = [
            (feature["properties"], shapely.from_geojson(json.dumps(feature["geometry"])))
            for feature in found["features"]
        ]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{path} is missing or damaged, so no map can be drawn; plan the case again"
        ) from error

    def one(layer: str) -> BaseGeometry:
        shapes = [shape for about, shape in features if about["layer"] == layer]
        return shapes[0] if shapes else shapely.MultiPolygon()

    of = {name: [f for f in features if f[0]["layer"] == name] for name in ("area", "road")}
    towns = [(about, shape) for about, shape in features if about["layer"] == "town"]
    base = Base(
        outline=one("outline"),
        areas={about["name"]: shape for about, shape in of["area"]},
        geography=found["geography"],
        settlements=one("settlements"),
        land=None if one("land").is_empty else one("land"),
        water=one("water"),
        roads=[Road(about["kind"], about["number"], shape) for about, shape in of["road"]],
        towns=[Town(about["name"], *shapely.get_coordinates(at)[0]) for about, at in towns],
        credit=found["credit"],
    )
    return base, _sites(features)


def _sites(features: list[tuple[dict[str, str], Any]]) -> pd.DataFrame:
    rows = [
        {name: about[name] for name in SITE_COLUMNS} | {"easting_m": at.x, "northing_m": at.y}
        for about, at in features
        if about["layer"] == "site"
    ]
    return pd.DataFrame(rows, columns=[*SITE_COLUMNS, "easting_m", "northing_m"])
