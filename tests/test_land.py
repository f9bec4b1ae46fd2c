"""The rough map of land: towns are on it, seas are not, and it is what the postcodes say."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from geodata.land import on_land, squares
from geodata.postcodes import Directory

TOWNS = {"Bath": (375, 165), "Hugh Town": (90, 10), "Berwick": (400, 653), "Dover": (632, 141)}
SEAS = {"Irish Sea": (165, 375), "Lyme Bay": (330, 60), "Wash": (565, 352), "Paris": (600, -200)}


@pytest.mark.parametrize("name", TOWNS)
def test_towns_are_on_land(name: str) -> None:
    assert on_land(*np.array(TOWNS[name]) * 1000)


@pytest.mark.parametrize("name", SEAS)
def test_seas_are_not(name: str) -> None:
    assert not on_land(*np.array(SEAS[name]) * 1000.0)


def test_missing_points_and_points_off_the_map() -> None:
    assert on_land([np.nan, -1, 1e9, 375000], [165000, 1, 165000, np.nan]).tolist() == [False] * 4


def test_squares_holds_the_square_and_those_beside_it() -> None:
    lines = squares([12500.0, 27500.0], [7500.0, 7500.0]).splitlines()
    assert lines[:4] == ["1-6", "1-6", "1-6", ""]


@pytest.mark.slow
def test_it_is_what_the_postcodes_say() -> None:
    frame = Directory.bundled().frame
    frame = frame[frame["district"].str[:1].isin(["E", "W"]) & frame["easting_m"].notna()]
    made = squares(frame["easting_m"], frame["northing_m"])
    assert resources.files("geodata").joinpath("land.txt").read_text("ascii") == made
