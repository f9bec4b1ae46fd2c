"""Homes without addresses: a postcode becomes a point to 100 m and its sector, and is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.postcodes import ENDED, normalise, sector
from sufficiency.locate import bundled, directory_for

if TYPE_CHECKING:
    from geodata.postcodes import Directory
    from models.problem import Floats
    from sufficiency.case import Case

#: Homes are rounded so: as many metres as a street or two.
GRAIN_M = 100.0
#: What `homes` says of one that is not where its postcode says.
ROUGH, UNKNOWN = "rough", "unknown"


def directory_of(case: Case | None, postcodes: pd.Series[str]) -> Directory:
    """Return the postcode directory that the case would use.

    Raises
    ------
    PostcodeFileError
        When the case names a directory of its own that cannot be read.
    """
    letters = frozenset(normalise(code)[:1] for code in postcodes) - {""}
    return directory_for(case, letters) if case else bundled(letters)


def homes(postcodes: pd.Series[str], directory: Directory, *, keep: bool) -> pd.DataFrame:
    """Return where homes are.

    Parameters
    ----------
    keep
        Keep postcodes; else give points to 100 m instead.

    Returns
    -------
    By the index of `postcodes`: ``postcode`` ("" unless kept), ``easting_m`` and ``northing_m``
    (NaN where unknown or `keep`), ``area`` (the postcode's sector) and ``miss``: "", `ROUGH` (the
    postcode is not known, its sector's middle is given) or `UNKNOWN`.
    """
    found = directory.lookup(list(postcodes))
    points = found[["easting_m", "northing_m"]].to_numpy(np.float64, copy=True)
    known = found["reason"].isin(["", ENDED]).to_numpy()
    area = postcodes.map(sector)
    middles = _middles(directory, set(area[~known]) - {""})
    guessed = [middles.get(name, (np.nan, np.nan)) for name in area[~known]]
    points[~known] = np.array(guessed, np.float64).reshape(-1, 2)
    miss = np.where(known, "", np.where(np.isnan(points[:, 0]), UNKNOWN, ROUGH))
    kept = keep & known
    points = np.where(kept[:, None], np.nan, rounded(points))
    return pd.DataFrame(
        {
            "postcode": np.where(kept, postcodes.map(spaced), ""),
            "easting_m": points[:, 0],
            "northing_m": points[:, 1],
            "area": area.where(miss != UNKNOWN, ""),
            "miss": miss,
        },
        index=postcodes.index,
    )


def rounded(points: Floats) -> Floats:
    """Return points rounded to `GRAIN_M`."""
    result: Floats = np.round(points / GRAIN_M) * GRAIN_M
    return result


def spaced(postcode: str) -> str:
    """Return a postcode in capitals with its one space."""
    plain = normalise(postcode)
    return f"{plain[:-3]} {plain[-3:]}" if len(plain) >= 5 else plain


def _middles(directory: Directory, sectors: set[str]) -> dict[str, tuple[float, float]]:
    """Return the mean place of the known postcodes of each sector."""
    if not sectors:
        return {}
    frame = directory.frame.dropna(subset=["easting_m", "northing_m"])
    frame = frame[~frame["district"].str.startswith(("N", "S"))]
    names = frame.index.str.slice(0, -3) + " " + frame.index.str.slice(-3, -2)
    wanted = names.isin(sectors)
    means = frame.loc[wanted, ["easting_m", "northing_m"]].groupby(names[wanted]).mean()
    return {str(name): (float(e), float(n)) for name, e, n in means.itertuples()}
