"""The National Grid and WGS84: against a published point, there and back, and the odd values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import grid


def test_a_published_point_is_met_to_within_five_metres() -> None:
    # Caister water tower, Ordnance Survey's test point TP06, under OSTN15.
    east, north = grid.to_grid(52.658007833, 1.716073973)
    assert np.hypot(east - 651_409.804, north - 313_177.450) < 5


@given(east=st.floats(90_000, 650_000, allow_nan=False), north=st.floats(10_000, 650_000))
def test_there_and_back_is_exact_to_a_centimetre(east: float, north: float) -> None:
    lat, lon = grid.to_wgs84(east, north)
    back = grid.to_grid(lat, lon)
    assert np.hypot(back[0] - east, back[1] - north) < 0.01
    assert 49 < lat < 56.5
    assert -8 < lon < 3


def test_arrays_keep_their_shape_and_missing_points_stay_missing() -> None:
    east, north = grid.to_grid([[51.38, np.nan], [91.0, 51.0]], [[-2.36, -2.36], [0.0, 999.0]])
    assert np.isnan(east).tolist() == [[False, True], [True, True]]
    assert np.array_equal(np.isnan(east), np.isnan(north))
    lat, lon = grid.to_wgs84([np.nan, 375_000], [165_000, 165_000])
    assert np.isnan(lat).tolist() == np.isnan(lon).tolist() == [True, False]


@pytest.mark.parametrize(
    ("east", "north", "expected"),
    [
        (375_000, 165_000, True),
        (0, 0, False),
        (999_999, 999_999, False),
        (np.nan, 165_000, False),
        (375_000, -5, False),
        (375_000, 1_300_001, False),
    ],
)
def test_plausible(east: float, north: float, expected: bool) -> None:
    assert bool(grid.plausible(east, north)) is expected
