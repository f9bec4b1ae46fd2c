"""What a plan's GeoPackage holds: outline, areas, provisions and schemes as features, and every published table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from sufficiency.disclosure import WITHHELD
from sufficiency.findings import BANDS
from sufficiency.geographies import ALL, DISTRICT
from sufficiency.geopackage.style import Style, Symbol, fill, marker, outlined, ring
from sufficiency.geopackage.write import Layer, write_geojson, write_geopackage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from geodata.areas import Geography
    from models.problem import Floats
    from sufficiency.case import Case
    from sufficiency.disclosure import Published
    from sufficiency.run import Prepared

GRID = "EPSG:27700"
FILE = "results.gpkg"
#: Layers that stand by themselves as GeoJSON, too.
GEOJSON = ("areas", "outline", "provisions", "schemes")


class Band(NamedTuple):
    """A class of journeys: what it is called, and its shade."""

    words: str
    colour: str


#: Classes of a mean journey: the bands of `travel.csv`, light to dark (blues of the Government Analysis Function,
#: one paler added).
JOURNEY_BANDS = dict(
    zip(
        BANDS,
        (
            Band("under 15 minutes", "#dcebf9"),
            Band("15 to under 30 minutes", "#add1f1"),
            Band("30 to under 45 minutes", "#6bace6"),
            Band("45 to under 60 minutes", "#2073bc"),
            Band("60 to under 75 minutes", "#12436d"),
            Band("75 minutes or more", "#092135"),
        ),
        strict=True,
    )
)
NOT_SHOWN = Band("withheld", "#c9c9c9")
NOBODY = Band("no journeys modelled", "#f5f5f2")
#: QGIS's name of the shape of each kind of provision, as on our maps.
SHAPES = {
    "special": "square",
    "base": "circle",
    "mainstream": "diamond",
    "independent": "triangle",
    "alternative": "pentagon",
    "college": "hexagon",
}
OTHER_SHAPE = "star"
INK = "#0b0c0c"
#: Ring of a scheme by its decision, as on our maps: its colour and its line.
DECISIONS = {
    "opens": ("#801650", "solid"),
    "committed": (INK, "solid"),
    "not chosen": ("#44494d", "dash"),
}


def write_layers(
    folder: Path, prepared: Prepared, published: Published, geography: Geography | None
) -> None:
    """Write a plan's layers into its folder: all of them as a GeoPackage, those of `GEOJSON` by themselves, too."""
    case, places = prepared.case, prepared.located.provisions
    layers = plan_layers(case, published, geography, places)
    write_geopackage(folder / FILE, layers)
    for layer in layers:
        if layer.name in GEOJSON:
            (folder / "maps").mkdir(exist_ok=True)
            write_geojson(folder / "maps" / f"{layer.name}.geojson", layer.frame)


def plan_layers(
    case: Case, published: Published, geography: Geography | None, places: Floats
) -> list[Layer]:
    """Return the layers of a plan, the lowest first, then its tables.

    Parameters
    ----------
    geography
        None where homes have no place: then there are no areas and no outline.
    places
        (V, 2) easting and northing of the provisions, in the order of the case's table.

    Returns
    -------
    Only what `published` holds, and where provisions are: no home, and no count that is withheld.
    """
    drawn = (
        [] if geography is None else [areas_layer(case, published, geography), _outline(geography)]
    )
    sites = [_provisions(case, places), _schemes(case, published, places)]
    tables = [
        Layer(f"table_{name}", _plain(table), f"{name}.csv of the run")
        for name, table in published.tables().items()
        if len(table)
    ]
    return [*drawn, *(site for site in sites if len(site.frame)), *tables]


def areas_layer(case: Case, published: Published, geography: Geography) -> Layer:
    """Return the home areas with what is published of them for the plan's last year, all needs and phases together."""
    import geopandas as gpd

    year, chosen = case.settings.last_year, published.geography["areas of all needs"]
    shapes = _shapes(geography, coarse=chosen == DISTRICT)
    rows = published.areas
    rows = rows[(rows["geography"] == chosen) & (rows["need"] == ALL) & (rows["phase"] == ALL)]
    rows = rows[rows["year"].astype(int) == year].drop(
        columns=["geography", "need", "phase", "year"]
    )
    table = rows.set_index("area").reindex(sorted(shapes))
    bands = [_band(value) for value in table["mean_minutes"]]
    counts = _plain(table.reset_index(names="area"))
    frame = gpd.GeoDataFrame(
        counts.assign(
            year=year,
            withheld=[WITHHELD in set(map(str, row)) for row in table.to_numpy()],
            journey_band=[band.words for band in bands],
            colour_hex=[band.colour for band in bands],
        ),
        geometry=[shapes[name] for name in counts["area"]],
        crs=GRID,
    )
    words = (
        f"Mean journey and outcomes by home area ({chosen}), {year}; blank where withheld or nobody"
    )
    classes = [*JOURNEY_BANDS.values(), NOT_SHOWN, NOBODY]
    symbols = [
        Symbol(
            band.words,
            band.words,
            fill(band.colour, "b_diagonal" if band is NOT_SHOWN else "solid"),
        )
        for band in classes
    ]
    return Layer("areas", frame, words, Style("polygon", "journey_band", symbols))


def _shapes(geography: Geography, *, coarse: bool) -> Mapping[str, BaseGeometry]:
    """Return the shape of each area; of whole postcode districts where those were published."""
    import shapely

    if not coarse:
        return geography.areas
    parts: dict[str, list[BaseGeometry]] = {}
    for name, shape in geography.areas.items():
        parts.setdefault(name.split(" ")[0], []).append(shape)
    return {name: shapely.union_all(found) for name, found in parts.items()}


def _band(minutes: float | str | None) -> Band:
    """Return the class of a published mean journey."""
    if isinstance(minutes, str):
        return NOT_SHOWN
    value = np.nan if minutes is None else float(minutes)
    if np.isnan(value):
        return NOBODY
    return next(JOURNEY_BANDS[name] for name, high in BANDS.items() if value < high)


def _outline(geography: Geography) -> Layer:
    import geopandas as gpd

    frame = gpd.GeoDataFrame({"name": ["council"]}, geometry=[geography.outline], crs=GRID)
    look = Style("polygon", "", [Symbol("", "", outlined(INK, 0.6))])
    return Layer("outline", frame, "Outline of the council, drawn from postcodes", look)


def _provisions(case: Case, places: Floats) -> Layer:
    table = case.provisions
    kinds = [case.settings.base_kind(str(kind)) for kind in table["kind"]]
    columns = {
        "provision": table["provision_id"].to_numpy(),
        "name": table["name"].to_numpy(),
        "kind": kinds,
        "la": table["la"].to_numpy(),
        "urn": table["urn"].astype(str).to_numpy(),
    }
    shapes = {kind: SHAPES.get(kind, OTHER_SHAPE) for kind in sorted(set(kinds))}
    symbols = [Symbol(kind, kind, marker(shape, "#ffffff", INK)) for kind, shape in shapes.items()]
    frame = _points(columns, places)
    return Layer("provisions", frame, "Provisions of the case", Style("point", "kind", symbols))


def _schemes(case: Case, published: Published, places: Floats) -> Layer:
    schemes = published.schemes
    position = {str(name): n for n, name in enumerate(case.provisions["provision_id"])}
    at = places[[position[name] for name in schemes["provision"]]] if len(schemes) else places[:0]
    symbols = [
        Symbol(decision, decision, ring(colour, line))
        for decision, (colour, line) in DECISIONS.items()
    ]
    columns = {name: schemes[name].to_numpy() for name in schemes.columns}
    frame = _points(columns, at)
    return Layer(
        "schemes", frame, "Capital schemes by decision", Style("point", "decision", symbols)
    )


def _points(columns: Mapping[str, object], places: Floats) -> gpd.GeoDataFrame:
    """Return features at places that are known."""
    import geopandas as gpd

    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    table = _plain(pd.DataFrame(columns).iloc[known].reset_index(drop=True))
    points = gpd.points_from_xy(places[known, 0], places[known, 1])
    return gpd.GeoDataFrame(table, geometry=points, crs=GRID)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table that software can count with: text, or numbers that are blank where withheld."""
    return pd.DataFrame({str(name): _column(table[name]) for name in table.columns})


def _column(values: pd.Series) -> pd.Series:
    """Return a column of numbers where all that is not withheld is one; else of text."""
    shown: Iterable[object] = values.where(values.astype(object) != WITHHELD, None)
    try:
        return pd.Series(pd.to_numeric(pd.Series(list(shown), dtype=object)), dtype=float)
    except (TypeError, ValueError):
        return values.astype(object).where(values.notna(), None)
