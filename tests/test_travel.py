"""Straight-line journeys, and what no way of measuring may answer with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geodata.travel import Journeys, as_points, straight


def test_three_four_five() -> None:
    found = straight([(0, 0), (3000, 4000)], [(0, 0), (3000, 0), (0, 8000)], 1.3, 40)
    assert found.km == pytest.approx(np.array([[0, 3.9, 10.4], [6.5, 5.2, 6.5]]))
    assert found.minutes == pytest.approx(found.km / 40 * 60)
    assert found.reachable.all()
    assert found.method == "straight line x 1.3, 40 km/h"


def test_no_points_give_an_empty_table() -> None:
    assert straight([], [(1, 2)], 1, 30).km.shape == (0, 1)


@pytest.mark.parametrize(
    ("factor", "speed"), [(0.9, 40), (np.nan, 40), (1.3, 0), (1.3, -1), (1.3, np.inf)]
)
def test_parameters_out_of_range_are_refused(factor: float, speed: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        straight([(0, 0)], [(1, 1)], factor, speed)


@pytest.mark.parametrize("points", [[(1, np.nan)], [(np.inf, 2)], [1, 2], [(1, 2, 3)]])
def test_points_must_be_pairs_of_numbers(points: list[Any]) -> None:
    with pytest.raises(ValueError, match="point"):
        as_points(points)


@pytest.mark.parametrize(
    ("km", "minutes"),
    [
        ([[np.nan]], [[1.0]]),
        ([[-1.0]], [[1.0]]),
        ([[np.inf]], [[1.0]]),
        ([[1.0, 2.0]], [[1.0]]),
        ([1.0], [1.0]),
    ],
)
def test_journeys_refuses_what_cannot_be(km: list[object], minutes: list[object]) -> None:
    with pytest.raises(ValueError, match="km"):
        Journeys(np.array(km, float), np.array(minutes, float), "")


def test_unreachable_pairs_are_infinite_in_both() -> None:
    found = Journeys(np.array([[1, np.inf]]), np.array([[2, np.inf]]), "table")
    assert found.reachable.tolist() == [[True, False]]
