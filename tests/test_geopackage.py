"""The GeoPackage: what is published, with styles that QGIS takes, the same bytes each time, and no home in it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata.areas import Geography
from models import solve
from sufficiency.disclosure import WITHHELD, publish
from sufficiency.findings import BANDS, find
from sufficiency.geopackage.layers import (
    JOURNEY_BANDS,
    NOBODY,
    NOT_SHOWN,
    areas_layer,
    plan_layers,
)
from sufficiency.geopackage.style import Style, Symbol, fill, qml
from sufficiency.geopackage.write import Layer, write_geojson, write_geopackage
from sufficiency.maps.plan_map import find_geography
from tests.plans import prepare

if TYPE_CHECKING:
    from sufficiency.disclosure import Published
    from sufficiency.run import Prepared

BANES = Path(__file__).parents[1] / "examples" / "banes"


@cache
def planned() -> tuple[Prepared, Published, Geography]:
    from sufficiency.locate import bundled

    prepared = prepare(BANES)
    solution = solve(prepared.basis.problem, gap=0.01)
    children = float(prepared.basis.children)
    found = find(prepared.basis, solution, prepared.travel.journeys, children)
    geography = find_geography(bundled(None), prepared.located.homes)
    assert geography is not None
    return prepared, publish(found), geography


@cache
def layers() -> tuple[Layer, ...]:
    prepared, published, geography = planned()
    return tuple(plan_layers(prepared.case, published, geography, prepared.located.provisions))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("geopackage") / "results.gpkg"
    write_geopackage(path, layers())
    return path


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_geopackage(tmp_path / "again.gpkg", layers())
    assert (tmp_path / "again.gpkg").read_bytes() == written.read_bytes()


@pytest.mark.slow
def test_every_layer_of_features_has_a_style_by_values_it_holds(written: Path) -> None:
    with closing(sqlite3.connect(written)) as database:
        styles = dict(database.execute("SELECT f_table_name, styleQML FROM layer_styles"))
        default = {flag for (flag,) in database.execute("SELECT useAsDefault FROM layer_styles")}
        listed = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert default == {1}
    assert set(styles) == {name for name, kind in listed.items() if kind == "features"}
    for name, text in styles.items():
        renderer = fromstring(text).find("renderer-v2")
        assert renderer is not None
        symbols = {symbol.get("name") for symbol in renderer.iter("symbol")}
        column = renderer.get("attr")
        if column:
            categories = {c.get("value"): c.get("symbol") for c in renderer.iter("category")}
            assert set(gpd.read_file(written, layer=name)[column]) <= set(categories)
            assert set(categories.values()) == symbols


@pytest.mark.slow
def test_areas_say_what_is_published_of_them_and_no_more(written: Path) -> None:
    prepared, published, _ = planned()
    areas = gpd.read_file(written, layer="areas").set_index("area")
    assert areas.crs.to_epsg() == 27700
    rows = published.areas
    rows = rows[
        (rows["geography"] == published.geography["areas of all needs"])
        & (rows["need"] == "all")
        & (rows["phase"] == "all")
        & (rows["year"].astype(int) == prepared.case.settings.last_year)
    ].set_index("area")
    seen = 0
    for name, area in areas.iterrows():
        if name not in rows.index:
            assert area["journey_band"] == NOBODY.words
            continue
        for column in ("children", "unplaced", "independent", "out_of_area", "mean_minutes"):
            value = rows.loc[name, column]
            if value == WITHHELD:
                assert pd.isna(area[column])
                assert area["withheld"]
                seen += 1
            else:
                assert area[column] == pytest.approx(float(value), nan_ok=True)
    assert seen, "nothing was withheld: the test shows nothing"


@pytest.mark.slow
def test_there_are_points_of_provisions_and_schemes_only(written: Path) -> None:
    prepared, _, _ = planned()
    known = set(map(tuple, prepared.located.provisions.round(3)))
    for name in gpd.list_layers(written)["name"]:
        layer = gpd.read_file(written, layer=name)
        if isinstance(layer, gpd.GeoDataFrame) and (layer.geom_type == "Point").all():
            assert {(round(p.x, 3), round(p.y, 3)) for p in layer.geometry} <= known


@pytest.mark.slow
def test_geojson_is_in_degrees(tmp_path: Path) -> None:
    prepared, published, geography = planned()
    write_geojson(
        tmp_path / "areas.geojson", areas_layer(prepared.case, published, geography).frame
    )
    found = json.loads((tmp_path / "areas.geojson").read_text("utf-8"))
    west, south, east, north = shapely.from_geojson(json.dumps(found)).bounds
    assert -3 < west < east < -2
    assert 51 < south < north < 52


def test_a_band_for_every_band_of_the_table_of_journeys() -> None:
    assert list(JOURNEY_BANDS) == list(BANDS)
    colours = [band.colour for band in (*JOURNEY_BANDS.values(), NOT_SHOWN, NOBODY)]
    assert len(set(colours)) == len(colours)


def test_names_are_text_in_a_style_and_in_a_layer(tmp_path: Path) -> None:
    name = '<b>"Ü & 🙂" =1+1</b>'
    style = Style("polygon", "name", [Symbol(name, name, fill("#ffffff"))])
    root = fromstring(qml(style))
    assert [category.get("label") for category in root.iter("category")] == [name]
    frame = gpd.GeoDataFrame({"name": [name]}, geometry=[shapely.box(0, 0, 1, 1)], crs="EPSG:27700")
    write_geopackage(tmp_path / "odd.gpkg", [Layer("odd", frame, name, style)])
    assert gpd.read_file(tmp_path / "odd.gpkg", layer="odd")["name"].tolist() == [name]
