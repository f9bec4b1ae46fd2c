"""Where things are, as far as the case itself can tell: given, whole, in the country, together.

Postcodes are looked up later, in :mod:`sufficiency.locate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.faults import Fault, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case

PLACED = ("children", "new_children", "provisions")
LOCATION = ("postcode", "easting_m", "northing_m", "lat", "lon")
FAR_KM = 80.0
AGREE_M = 1000.0


def points(frame: pd.DataFrame) -> pd.DataFrame:
    """Return ``easting_m, northing_m`` of rows that give coordinates; NaN for the others.

    The grid's pair is taken where it is whole, else latitude and longitude.
    """
    from geodata.grid import to_grid

    found = frame[["easting_m", "northing_m"]].where(~_half(frame, "easting_m", "northing_m"))
    rest = found["easting_m"].isna() & frame["lat"].notna() & frame["lon"].notna()
    if rest.any():
        east, north = to_grid(frame.loc[rest, "lat"], frame.loc[rest, "lon"])
        found.loc[rest, "easting_m"] = np.where(np.isfinite(east), east, -1e7)
        found.loc[rest, "northing_m"] = np.where(np.isfinite(north), north, -1e7)
    return found


def in_country(easting_m: pd.Series[float], northing_m: pd.Series[float]) -> pd.Series[bool]:
    """Whether points are on land in England or Wales, or within some five kilometres of it."""
    from geodata.land import on_land

    return pd.Series(on_land(easting_m, northing_m), index=easting_m.index)


def no_location(case: Case) -> Iterator[Fault]:
    """Find rows without any location, unless journeys come from a table."""
    if case.settings.travel.method == "table":
        return
    for table in PLACED:
        frame = case.table(table)
        pair = frame[["easting_m", "northing_m", "lat", "lon"]].notna().any(axis=1)
        if rows := rows_of((frame["postcode"] == "") & ~pair):
            what = "no location"
            remedy = "give a postcode, or easting_m and northing_m, or lat and lon"
            yield Fault("E311", case.files[table], what, remedy, "postcode", rows)


def _half(frame: pd.DataFrame, one: str, other: str) -> pd.Series[bool]:
    return frame[one].isna() != frame[other].isna()


def half_a_location(case: Case) -> Iterator[Fault]:
    """Find rows with one number of a pair."""
    for table in PLACED:
        for one, other in (("easting_m", "northing_m"), ("lat", "lon")):
            if rows := rows_of(_half(case.table(table), one, other)):
                what = f"{one} and {other} are needed together"
                yield Fault("E312", case.files[table], what, "give both, or none", one, rows)


def _middle(case: Case) -> pd.DataFrame:
    """Return the middle of all sound points as one row; NaN when there are none."""
    found = pd.concat([points(case.table(table)) for table in PLACED]).dropna()
    sound = found[in_country(found["easting_m"], found["northing_m"])]
    return sound.median().to_frame().T


def _km_from(
    middle: pd.DataFrame, east: pd.Series[float], north: pd.Series[float]
) -> pd.Series[float]:
    over = east - middle["easting_m"].iloc[0]
    up = north - middle["northing_m"].iloc[0]
    return pd.Series(np.hypot(over, up) / 1000, index=east.index)


def wrong_locations(case: Case) -> Iterator[Fault]:
    """Find points outside the country, and pairs that were swapped.

    A pair counts as swapped when it is far off, and swapping brings it back among the others.
    """
    middle = _middle(case)
    for table in PLACED:
        frame = case.table(table)
        turned = frame["lat"].between(-9, 3) & frame["lon"].between(49, 61)
        at = points(frame)[~turned].dropna()
        east, north = at["easting_m"], at["northing_m"]
        out = ~in_country(east, north)
        back = in_country(north, east) & frame.loc[at.index, "easting_m"].notna()
        far = _km_from(middle, east, north) > FAR_KM
        swapped = back & (out | far) & ~(_km_from(middle, north, east) > FAR_KM)
        yield from _wrong(case, table, swapped, out & ~swapped, turned)


def _wrong(
    case: Case,
    table: str,
    swapped: pd.Series[bool],
    outside: pd.Series[bool],
    turned: pd.Series[bool],
) -> Iterator[Fault]:
    """Report the three ways in which a point can be wrong."""
    where = case.files[table]
    if rows := rows_of(swapped):
        what = "easting and northing look swapped"
        remedy = "swap them: the easting is how far east, the first of a grid reference"
        yield Fault("E314", where, what, remedy, "easting_m", rows)
    if rows := rows_of(turned):
        what, remedy = "latitude and longitude look swapped", "swap them: lat is about 50 to 56"
        yield Fault("E315", where, what, remedy, "lat", rows)
    grid = case.table(table).loc[outside.index, "easting_m"].notna()
    if rows := rows_of(outside & grid):
        what = "in the sea, or outside England and Wales"
        remedy = "give metres of the British National Grid, six digits each"
        yield Fault("E313", where, what, remedy, "easting_m", rows)
    if rows := rows_of(outside & ~grid):
        what = "in the sea, or outside England and Wales"
        remedy = "check lat and lon; west of Greenwich lon has a minus sign"
        yield Fault("E313", where, what, remedy, "lat", rows)


def disagreeing_locations(case: Case) -> Iterator[Fault]:
    """Find rows whose grid pair and latitude and longitude are over a kilometre apart."""
    from geodata.grid import to_grid

    for table in PLACED:
        frame = case.table(table).dropna(subset=["easting_m", "northing_m", "lat", "lon"])
        east, north = to_grid(frame["lat"], frame["lon"])
        apart = np.hypot(east - frame["easting_m"], north - frame["northing_m"])
        if rows := rows_of(~(apart <= AGREE_M)):
            what = "easting_m, northing_m and lat, lon are over a kilometre apart"
            yield Fault("E316", case.files[table], what, "keep the right pair", "lat", rows)


def far_away(case: Case) -> Iterator[Fault]:
    """Warn of points far from the middle of all others."""
    middle = _middle(case)
    for table in PLACED:
        at = points(case.table(table)).dropna()
        at = at[in_country(at["easting_m"], at["northing_m"])]
        if rows := rows_of(_km_from(middle, at["easting_m"], at["northing_m"]) > FAR_KM):
            what = f"over {FAR_KM:.0f} km from the middle of the others"
            remedy = "check the location, unless it is a school far away"
            yield Fault("W311", case.files[table], what, remedy, "easting_m", rows)
