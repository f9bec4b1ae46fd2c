"""Where England and Wales are, roughly: five-kilometre squares with a postcode in or beside them.

``land.txt`` holds, for each row of squares from northing 0 upwards, the runs of columns that are
land: ``17-24 30-31``. It was made by :func:`squares` from the postcode directory that the tool
brings (ONS Postcode Directory, Open Government Licence); a test makes it again and compares.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SQUARE_M = 5000
COLUMNS, ROWS = 140, 140
"""As far as England reaches on the National Grid: 700 km east and north."""


def on_land(easting_m: ArrayLike, northing_m: ArrayLike) -> NDArray[np.bool_]:
    """Tell which points lie in a square with a postcode of England or Wales, or in one beside it.

    A point that does not is at least 5 km from any such postcode. Missing points are not on land.
    """
    column = np.floor(np.asarray(easting_m, np.float64) / SQUARE_M)
    row = np.floor(np.asarray(northing_m, np.float64) / SQUARE_M)
    known = (column >= 0) & (column < COLUMNS) & (row >= 0) & (row < ROWS)
    at = np.where(known, row, 0).astype(int), np.where(known, column, 0).astype(int)
    return np.asarray(known & _land()[at])


def squares(easting_m: ArrayLike, northing_m: ArrayLike) -> str:
    """Write the squares that hold any of these points, and those beside them, as in ``land.txt``."""
    land = np.zeros((ROWS + 2, COLUMNS + 2), dtype=bool)
    column = (np.asarray(easting_m) // SQUARE_M).astype(int) + 1
    row = (np.asarray(northing_m) // SQUARE_M).astype(int) + 1
    for up in (-1, 0, 1):
        for along in (-1, 0, 1):
            land[row + up, column + along] = True
    return "".join(_runs(line) + "\n" for line in land[1:-1, 1:-1])


def _runs(line: NDArray[np.bool_]) -> str:
    """Write the runs of true in a line: ``17-24 30-31``."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], line, [False]]).astype(int)))
    return " ".join(f"{a}-{b - 1}" for a, b in edges.reshape(-1, 2))


@cache
def _land() -> NDArray[np.bool_]:
    """Read ``land.txt``: (row, column) to whether it is land."""
    land = np.zeros((ROWS, COLUMNS), dtype=bool)
    lines = resources.files("geodata").joinpath("land.txt").read_text("ascii").splitlines()
    for row, line in enumerate(lines):
        for run in line.split():
            first, last = run.split("-")
            land[row, int(first) : int(last) + 1] = True
    return land
