"""Where everyone lives and every provision stands: eastings and northings, and the area each home is in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.grid import to_grid
from geodata.postcodes import ENDED, Directory, PostcodeFileError, normalise, sector
from sufficiency.faults import Fault

if TYPE_CHECKING:
    from pathlib import Path

    from models.problem import Floats
    from sufficiency.case import Case

#: Why a postcode could not be used, with the code and the remedy of each.
MISSES = {
    "not a postcode": (
        "E301",
        "is not written as a postcode can be",
        "mend the postcode: a letter O for a nought?",
    ),
    "never existed": (
        "E302",
        "is in no directory",
        "mend the postcode, or give easting_m and northing_m",
    ),
    "no coordinates": (
        "E303",
        "has no coordinates in the directory",
        "give easting_m and northing_m instead",
    ),
    "outside the country": (
        "E304",
        "is outside England and Wales",
        "mend the postcode, or leave the row out",
    ),
    ENDED: ("W305", "has ended; its old place is used", "nothing to do unless the home has moved"),
}
UNKNOWN_AREA = "not known"


@dataclass(frozen=True)
class Located:
    """Homes and provisions on the British National Grid (EPSG:27700).

    Attributes
    ----------
    homes
        (N, 2) easting and northing of everyone's home; NaN where a travel table makes up for it.
    area
        (N,) label of the home's area: the user's own, else its postcode sector (``BA1 1``).
    provisions
        (V, 2) easting and northing of the provisions, in the order of the table.
    stamp
        The edition of the postcode directory that these rest on, or "" if none was needed.
    """

    homes: Floats
    area: pd.Series
    provisions: Floats
    stamp: str
    faults: tuple[Fault, ...]


def locate(case: Case, everyone: pd.DataFrame) -> Located:
    """Find every home and provision by grid reference, latitude and longitude, or postcode.

    Parameters
    ----------
    everyone
        As from `demand.people`.
    """
    provisions = case.provisions.assign(table="provisions", row=case.provisions.index)
    columns = ["table", "row", "postcode", "easting_m", "northing_m", "lat", "lon"]
    places = pd.concat([everyone[columns], provisions[columns]], ignore_index=True)
    points = _given_points(places)
    by_postcode = np.isnan(points).any(axis=1) & (places["postcode"] != "").to_numpy()
    faults: list[Fault] = []
    stamp = ""
    if by_postcode.any():
        wanted = places.loc[by_postcode, "postcode"]
        try:
            directory = directory_for(case, frozenset(normalise(code)[:1] for code in wanted))
        except PostcodeFileError as error:
            fault = Fault(
                "E306",
                "case.toml",
                str(error),
                "mend or take out `travel.postcodes`",
                "travel.postcodes",
            )
            faults.append(fault)
        else:
            found = directory.lookup(list(wanted))
            points[by_postcode] = found[["easting_m", "northing_m"]].to_numpy()
            faults += _misses(case, places[by_postcode], found["reason"])
            stamp = directory.edition
    homes = points[: len(everyone)]
    return Located(homes, _areas(everyone, homes), points[len(everyone) :], stamp, tuple(faults))


def directory_for(case: Case, letters: frozenset[str] | None = None) -> Directory:
    """Return the user's own postcode directory if there is one, else the bundled one.

    Parameters
    ----------
    letters
        First letters of the postcodes that matter; None for the whole country.

    Raises
    ------
    PostcodeFileError
        When the user's file is not a postcode directory.
    """
    own = case.settings.travel.postcodes
    return _own(case.folder / own) if own else bundled(letters)


@lru_cache(maxsize=4)
def bundled(letters: frozenset[str] | None = None) -> Directory:
    """Return the bundled directory, read once."""
    return Directory.bundled(letters)


@lru_cache(maxsize=2)
def _own(path: Path) -> Directory:
    return Directory.from_file(path)


def area_of(postcode: str) -> str:
    """Return the sector of a postcode, ``BA1 1`` of ``BA1 1AA``, or that it is not known."""
    return sector(postcode) or UNKNOWN_AREA


def _given_points(places: pd.DataFrame) -> Floats:
    """(N, 2) points given as eastings and northings, or as latitudes and longitudes."""
    points = places[["easting_m", "northing_m"]].to_numpy(np.float64, copy=True)
    degrees = places[["lat", "lon"]].to_numpy(np.float64)
    use = np.isnan(points).any(axis=1) & ~np.isnan(degrees).any(axis=1)
    if use.any():
        points[use] = np.column_stack(to_grid(degrees[use, 0], degrees[use, 1]))
    return points


def _areas(everyone: pd.DataFrame, homes: Floats) -> pd.Series:
    """Return the area label of each home."""
    sectors = everyone["postcode"].map(lambda code: area_of(code) if code else "")
    area = everyone["area"].where(everyone["area"] != "", sectors)
    bare = (area == "").to_numpy()
    area = area.where(~bare, UNKNOWN_AREA)
    bare = bare & np.isfinite(homes).all(axis=1)
    if not bare.any():
        return area
    postcodes, _ = bundled(None).nearest(homes[bare, 0], homes[bare, 1])
    nearest = [area_of(str(code)) for code in postcodes]
    return area.where(~bare, pd.Series(nearest, index=area.index[bare]))


def _misses(case: Case, places: pd.DataFrame, reason: pd.Series) -> list[Fault]:
    why = pd.Series(reason.to_numpy(), index=places.index)
    faults = []
    for (table, miss), rows in places.groupby(["table", why], sort=True):
        if str(miss):
            code, what, remedy = MISSES[str(miss)]
            where = case.files[str(table)]
            faults.append(
                Fault(code, where, f"the postcode {what}", remedy, "postcode", tuple(rows["row"]))
            )
    return faults
