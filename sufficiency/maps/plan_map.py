"""The maps of a plan: which council it is, its sites, and its layers from the tables as published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from geodata.areas import from_directory
from sufficiency.catchments import PROVISION, SCHEME
from sufficiency.errors import DisclosureError, UsageError
from sufficiency.geographies import ALL, COUNCIL
from sufficiency.maps.layers import LAYERS, REPORTED, Layer, Selection, change, has_anybody, shade
from sufficiency.maps.model import Area, Flow, MapModel
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from geodata.areas import Geography
    from geodata.postcodes import Directory
    from models.problem import Floats
    from sufficiency.case import Case
    from sufficiency.maps.base import Base
    from sufficiency.maps.layers import Shading

#: A district of a county with at least this share of the homes is part of the council.
DISTRICT_PCT = 2.0
#: How far round the homes postcodes are searched.
NEAR_M = 3_000.0
#: A county's districts have codes that begin so; any other council is one district.
OF_A_COUNTY = "E07"
NOBODY = "no children modelled"
NO_SHAPES = "not shaded: give a file of the case’s areas ([map] areas)"
PEOPLE = "all needs and phases"


@dataclass(frozen=True, eq=False)
class Told:
    """What maps of a plan are made from: all of it public.

    Attributes
    ----------
    areas, origins
        As published.
    sites
        As from `map_sites`.
    base
        What they are drawn on.
    years
        The plan's academic years.
    notice, data_date
        What every reader must know first; and the date of the data.
    called
        What this plan is called where another is compared with it; "" for the run's id.
    """

    areas: pd.DataFrame
    origins: pd.DataFrame
    sites: pd.DataFrame
    base: Base
    years: Sequence[int]
    run_id: str
    notice: str = ""
    threshold: int = 5
    data_date: str = ""
    called: str = ""

    @property
    def source(self) -> str:
        """What stands under a map."""
        dated = f"Data: {self.data_date}." if self.data_date else ""
        return " ".join(part for part in (self.notice, dated, self.base.credit) if part)


def layer_map(
    told: Told, layer: Layer, chosen: Selection, before: Told | None = None, key: str = ""
) -> MapModel:
    """Return the map of a layer; with another plan, of how much the layer differs from that.

    Raises
    ------
    UsageError
        When the plan has no such children, or the two plans cannot be compared.
    """
    shading = shade(told.areas, layer, chosen)
    title, legend, unit = layer.title, layer.legend, layer.unit
    if before is not None:
        shading = change(shading, shade(before.areas, layer, chosen))
        against = f"Change against {before.called or 'another plan'}"
        title = f"{against}: {title[0].lower()}{title[1:]}"
        legend = f"{against}: {legend[0].lower()}{legend[1:]}"
        unit = unit.replace("% of children", "percentage points")
    shapes = told.base.shapes(shading.geography)
    where = "" if shading.geography == told.base.geography else f", by {shading.geography}"
    of_all = chosen.need == ALL and chosen.phase == ALL
    return MapModel(
        key=key or f"map{layer.key}",
        title=f"{title}, {chosen.words()}",
        outline=told.base.outline,
        areas=_areas(shapes or told.base.areas, shading if shapes else None),
        legend=legend,
        unit=f"{unit}, {PEOPLE if of_all else chosen.words()}{where}",
        withheld_words=f"fewer than {told.threshold} children, or withheld with them",
        empty_words=NOBODY if shapes else NO_SHAPES,
        is_change=before is not None,
        data={
            "layer": layer.key,
            "need": chosen.need,
            "phase": chosen.phase,
            "year": str(chosen.year),
            "geography": shading.geography,
        }
        | ({"against": before.run_id} if before else {}),
        **_common(told, before),
    )


def reported(told: Told, baseline: pd.DataFrame | None = None) -> dict[str, MapModel]:
    """Return the maps that every report has, of the plan's last year, by file name; none if all have left by then.

    Parameters
    ----------
    baseline
        The areas of building nothing, as published; None where that is not known, or the same.
    """
    if not has_anybody(told.areas, told.years[-1]):
        return {}
    chosen = Selection(told.years[-1])
    maps = {key: layer_map(told, LAYERS[key], chosen) for key in REPORTED}
    if baseline is not None:
        before = replace(told, areas=baseline, called="building nothing")
        for key in REPORTED:
            name = f"{key}-change"
            maps[name] = layer_map(told, LAYERS[key], chosen, before, f"change{key}")
    return {name: model for name, model in maps.items() if _says_something(model)}


def _says_something(model: MapModel) -> bool:
    """Whether any area has a value other than nought, or one that is withheld."""
    return any(area.value or area.withheld for area in model.areas)


def _common(told: Told, before: Told | None = None) -> dict[str, Any]:
    base = told.base
    against = f", against {before.called or f'run {before.run_id}'}" if before else ""
    return {
        "provisions": told.sites,
        "source": told.source,
        "run_id": f"{told.run_id}{against}",
        "settlements": base.settlements,
        "land": base.land,
        "towns": base.towns,
        "roads": base.roads,
        "water": base.water,
    }


def _areas(shapes: Mapping[str, BaseGeometry], shading: Shading | None) -> list[Area]:
    values: dict[str, float] = {}
    if shading is not None:
        values = {str(name): float(value) for name, value in shading.by_area.items()}
    return [_area(name, shape, values) for name, shape in sorted(shapes.items())]


def _area(name: str, shape: BaseGeometry, values: Mapping[str, float]) -> Area:
    called = COUNCIL.capitalize() if name == ALL else name
    if name not in values:
        return Area(called, shape)
    if np.isnan(values[name]):
        return Area(called, shape, withheld=True)
    return Area(called, shape, float(values[name]))


def provision_map(told: Told, title: str) -> MapModel:
    """Return the map of provision and schemes alone."""
    return MapModel(
        key="provision",
        title=title,
        outline=told.base.outline,
        areas=_areas(told.base.areas, None),
        legend="",
        unit="",
        is_shaded=False,
        data={"layer": "provision"},
        **_common(told),
    )


def catchment_map(told: Told, wanted: str, year: int) -> MapModel:
    """Return the map of whom a scheme or a provision serves, from areas of enough children alone.

    Raises
    ------
    UsageError
        When the plan has no such scheme or provision.
    DisclosureError
        When no area sends enough children: any drawing would tell of single ones.
    """
    of, site = _site_of(told, wanted)
    rows = told.origins[(told.origins["of"] == of) & (told.origins["id"].astype(str) == wanted)]
    rows = rows[rows["year"].astype(int) == year]
    if rows.empty:
        raise DisclosureError(
            f"no map of {wanted} in {academic(year)}: no area sends it {told.threshold} children or more, so a map "
            "would tell of single children, or it serves nobody"
        )
    geography = str(rows["geography"].iloc[0])
    shapes = told.base.shapes(geography)
    counts = {str(a): float(n) for a, n in zip(rows["area"], rows["children"], strict=True)}
    end = (float(site["easting_m"]), float(site["northing_m"]))
    flows = [
        Flow(name, _middle(shapes[name]), end, count)
        for name, count in sorted(counts.items())
        if name in shapes
    ]
    areas = [Area(name, shape, counts.get(name)) for name, shape in sorted(shapes.items())]
    return MapModel(
        key="catchment",
        title=f"Where the children of {site['name']} come from, {academic(year)}",
        outline=told.base.outline,
        areas=areas,
        legend="Children by home area",
        unit=f"children modelled, by {geography}",
        empty_words=f"fewer than {told.threshold} or none: not shown",
        flows=flows,
        data={"layer": "catchment", "of": wanted, "year": str(year), "geography": geography},
        **(_common(told) | {"provisions": told.sites[told.sites["id"] == site["id"]]}),
    )


def _site_of(told: Told, wanted: str) -> tuple[str, pd.Series]:
    """Return whether an id is a scheme's or a provision's, and its site."""
    of_scheme = told.sites["schemes"].map(lambda ids: wanted in str(ids).split("|"))
    for of, rows in (
        (SCHEME, told.sites[of_scheme]),
        (PROVISION, told.sites[told.sites["id"] == wanted]),
    ):
        if not rows.empty:
            return of, rows.iloc[0]
    known = sorted(filter(None, {i for ids in told.sites["schemes"] for i in str(ids).split("|")}))
    raise UsageError(
        f"there is no scheme or provision {wanted} on the map; schemes are {', '.join(known) or 'none'}"
    )


def _middle(shape: BaseGeometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def find_geography(
    directory: Directory, homes: Floats, districts: Collection[str] = ()
) -> Geography | None:
    """Draw the council in which most homes are.

    Parameters
    ----------
    directory
        The whole country's, or at least the council's and its neighbours'.
    homes
        (N, 2) easting and northing; NaN where not known.
    districts
        District codes of the council, where they are known.

    Returns
    -------
    None where too few homes or postcodes have a place.
    """
    own = list(districts) or own_districts(directory, homes)
    return _drawn(directory, tuple(own)) if own else None


@lru_cache(maxsize=2)
def _drawn(directory: Directory, districts: tuple[str, ...]) -> Geography | None:
    """Draw a council once for all plans of a session."""
    return from_directory(directory.frame, districts)


def own_districts(directory: Directory, homes: Floats) -> list[str]:
    """Return the district in which most homes are, and of a county the other districts too."""
    sound = homes[np.isfinite(homes).all(axis=1)]
    if not len(sound):
        return []
    near = _around(directory, sound)
    postcodes, _ = near.nearest(sound[:, 0], sound[:, 1])
    found = near.frame["district"].reindex(postcodes[postcodes != ""])
    count = found[found != ""].value_counts()
    if count.empty:
        return []
    most = str(count.index[0])
    if not most.startswith(OF_A_COUNTY):
        return [most]
    of_county = count[count.index.str.startswith(OF_A_COUNTY)]
    large = of_county[of_county * 100 >= DISTRICT_PCT * count.sum()]
    return sorted({most, *map(str, large.index)})


def _around(directory: Directory, homes: Floats) -> Directory:
    """Return the part of a directory about the homes, but for a few far away: quick to search."""
    low, high = np.percentile(homes, [1, 99], axis=0)
    frame = directory.frame
    inside = frame["easting_m"].between(low[0] - NEAR_M, high[0] + NEAR_M)
    inside &= frame["northing_m"].between(low[1] - NEAR_M, high[1] + NEAR_M)
    return replace(directory, frame=frame[inside])


def map_sites(case: Case, schemes: pd.DataFrame, places: Floats) -> pd.DataFrame:
    """Return the case's provisions as the map wants them.

    Parameters
    ----------
    schemes
        `scheme_id`, `provision` and `decision` of each scheme, as in `schemes.csv`.
    places
        (V, 2) easting and northing of the provisions, in the order of the case's table.
    """
    table = case.provisions
    standing = set(case.places["provision_id"])
    states = [_state(key, schemes, stands=key in standing) for key in table["provision_id"]]
    sites = pd.DataFrame(
        {
            "id": table["provision_id"].to_numpy(),
            "name": table["name"].to_numpy(),
            "schemes": [
                "|".join(schemes.loc[schemes["provision"] == key, "scheme_id"].astype(str))
                for key in table["provision_id"]
            ],
            "kind": [case.settings.base_kind(kind) for kind in table["kind"]],
            "easting_m": places[:, 0],
            "northing_m": places[:, 1],
            "state": states,
        }
    )
    return sites.dropna(subset=["easting_m", "northing_m"]).reset_index(drop=True)


def _state(provision: str, schemes: pd.DataFrame, *, stands: bool) -> str:
    """Return what becomes of the schemes at a provision; "" where there is none to be marked."""
    decisions = set(schemes.loc[schemes["provision"] == provision, "decision"])
    if not decisions & {"opens", "committed", "proposed"} and stands:
        return ""
    return next(
        (state for state in ("opens", "committed", "proposed", "not chosen") if state in decisions),
        "",
    )
