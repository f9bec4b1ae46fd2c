"""Write layers to a GeoPackage that QGIS opens styled, the same bytes for the same layers; and to GeoJSON."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sufficiency.geopackage.style import qml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from sufficiency.geopackage.style import Style

#: QGIS looks for styles in this table of a GeoPackage, a row a layer, and takes the default one.
STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT, f_table_schema TEXT,
f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"""
LISTED = """INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES (?, ?, ?, ?, ?)"""
STYLED = """INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,
styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)"""
#: Of GeoPackage: one that software of some years ago reads without a warning.
VERSION = "1.2"
#: A GeoPackage says when it was written; ours say when the tables were of, so that the same plan gives the same bytes.
WRITTEN = "2000-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Layer:
    """A layer: features with a style, or a table without geometry."""

    name: str
    frame: gpd.GeoDataFrame | pd.DataFrame
    description: str
    style: Style | None = None


def write_geopackage(path: Path, layers: Sequence[Layer]) -> None:
    """Write layers, the lowest first; those with a style open with it in QGIS."""
    import pyogrio

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    try:
        for layer in layers:
            polygons = layer.style is not None and layer.style.geometry == "polygon"
            pyogrio.write_dataframe(
                layer.frame,
                path,
                layer=layer.name,
                driver="GPKG",
                promote_to_multi=polygons,
                dataset_options={"VERSION": VERSION},
                layer_options={"DESCRIPTION": layer.description},
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    _style(path, [layer for layer in layers if layer.style])


def _style(path: Path, layers: Sequence[Layer]) -> None:
    """Add the table of styles to a GeoPackage."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(STYLES)
        database.execute(LISTED, ("layer_styles", "attributes", "layer_styles", "", WRITTEN))
        for layer in layers:
            written = qml(layer.style) if layer.style else ""
            row = (layer.name, layer.name, written, layer.description, WRITTEN)
            database.execute(STYLED, row)


def write_geojson(path: Path, frame: gpd.GeoDataFrame) -> None:
    """Write features as GeoJSON: longitude and latitude (WGS 84) to a metre or so, as RFC 7946 asks."""
    import pyogrio

    pyogrio.write_dataframe(
        frame.to_crs("EPSG:4326"),
        path,
        driver="GeoJSON",
        layer_options={"RFC7946": "YES", "COORDINATE_PRECISION": "5"},
    )
