"""The map of a plan: its areas, its provisions and what becomes of its schemes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.areas import from_directory
from sufficiency.disclosure import is_small
from sufficiency.maps.draw import Area, MapModel, Town
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geodata.areas import Geography
    from geodata.postcodes import Directory
    from models.problem import Floats
    from sufficiency.case import Case

#: A district of a county with at least this share of the homes is part of the council.
DISTRICT_PCT = 2.0
#: How far round the homes postcodes are searched.
NEAR_M = 3_000.0
#: A county's districts have codes that begin so; any other council is one district.
OF_A_COUNTY = "E07"
NOBODY = "no children modelled"
OWN_AREAS = "not shaded: the case has areas of its own"
CREDIT = (
    "Areas are postcode sectors drawn from postcodes, so boundaries are approximate. Contains OS data "
    "© Crown copyright and database right, Royal Mail data © Royal Mail copyright and database right, "
    "and National Statistics data (Open Government Licence)."
)


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


def journeys_by_area(placements: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the mean journey of each area in a year, withheld where few children travel.

    Parameters
    ----------
    placements
        The exact ones: `area`, `year`, `children`, `minutes`.

    Returns
    -------
    `area`, `minutes` (NaN where withheld) and `withheld`; no count leaves this function.
    """
    rows = placements[(placements["year"] == year) & placements["minutes"].notna()]
    spent = (rows["children"] * rows["minutes"]).groupby(rows["area"]).sum()
    children = rows.groupby("area")["children"].sum()
    withheld = is_small(children)
    minutes = (spent / children).where(~withheld & (children > 0)).round(1)
    table = pd.DataFrame({"minutes": minutes, "withheld": withheld})
    return table.rename_axis("area").reset_index()


def journey_map(
    geography: Geography,
    journeys: pd.DataFrame,
    sites: pd.DataFrame,
    year: int,
    run_id: str,
    towns: Sequence[Town] = (),
    notice: str = "",
) -> MapModel:
    """Return the map of mean journeys by home area in a year.

    Parameters
    ----------
    journeys
        As from `journeys_by_area`.
    sites
        As from `map_sites`.
    """
    figures = journeys.set_index("area")
    shaded = any(name in figures.index for name in geography.areas)
    return MapModel(
        key="journeys",
        title=f"Mean journey by home area, {academic(year)}, with the provision modelled",
        outline=geography.outline,
        areas=[_area(name, geography, figures) for name in sorted(geography.areas)],
        provisions=sites,
        legend=f"Mean journey, {academic(year)}",
        unit="minutes one way, all needs and phases",
        source=f"{notice} {CREDIT}".strip(),
        run_id=run_id,
        settlements=geography.settlements,
        land=geography.land,
        towns=towns,
        empty_words=NOBODY if shaded else OWN_AREAS,
    )


def _area(name: str, geography: Geography, figures: pd.DataFrame) -> Area:
    shape = geography.areas[name]
    if name not in figures.index:
        return Area(name, shape)
    if bool(figures["withheld"][name]):
        return Area(name, shape, withheld=True)
    return Area(name, shape, float(figures["minutes"][name]))


def map_sites(case: Case, schemes: pd.DataFrame, places: Floats) -> pd.DataFrame:
    """Return the case's provisions as the map wants them.

    Parameters
    ----------
    schemes
        `provision` and `decision` of each scheme, as in `schemes.csv`.
    places
        (V, 2) easting and northing of the provisions, in the order of the case's table.
    """
    table = case.provisions
    standing = set(case.places["provision_id"])
    states = [_state(key, schemes, stands=key in standing) for key in table["provision_id"]]
    sites = pd.DataFrame(
        {
            "name": table["name"].to_numpy(),
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
    if not decisions & {"opens", "committed"} and stands:
        return ""
    return next((state for state in ("opens", "committed", "not chosen") if state in decisions), "")
