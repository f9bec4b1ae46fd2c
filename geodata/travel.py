"""Kilometres and minutes between points: what every way of measuring travel answers with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

METRES_PER_KM = 1000.0
MINUTES_PER_HOUR = 60.0
FIT_FROM_M = 500.0
"""Nearer pairs are left out when a detour factor is fitted: their ratio is mostly chance."""


@dataclass(frozen=True, eq=False)
class Journeys:
    """One-way journeys from every origin to every target.

    Attributes
    ----------
    km
        Length of the journey, shaped (origins, targets). Infinite where there is no way.
    minutes
        Time of the *same* journey, shaped alike, infinite in the same cells. Never NaN.
    method
        How the figures came about, with its parameters, in words: it is printed beside them.
    """

    km: NDArray[np.float64]
    minutes: NDArray[np.float64]
    method: str

    def __post_init__(self) -> None:
        """Refuse what no way of measuring may answer with."""
        if self.km.ndim != 2 or self.km.shape != self.minutes.shape:
            raise ValueError("km and minutes must be tables of the same shape")
        for name, values in (("km", self.km), ("minutes", self.minutes)):
            if np.isnan(values).any() or (values < 0).any():
                raise ValueError(f"{name} must be 0 or more, or infinite where there is no way")
        if not np.array_equal(np.isinf(self.km), np.isinf(self.minutes)):
            raise ValueError("km and minutes must be infinite for the same pairs")

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Whether there is a way at all, shaped (origins, targets)."""
        return np.isfinite(self.km)


def straight(
    origins: ArrayLike, targets: ArrayLike, detour_factor: float, speed_kph: float
) -> Journeys:
    """Journeys along a straight line, lengthened by a factor and driven at one speed.

    ``km = metres / 1000 * detour_factor`` and ``minutes = km / speed_kph * 60``.

    Parameters
    ----------
    origins, targets
        Eastings and northings in metres (EPSG:27700), shaped (n, 2).
    detour_factor
        How much longer a road is than the straight line; 1 or more.
    speed_kph
        Average speed, door to door.

    Raises
    ------
    ValueError
        When a point is missing or a parameter is out of range.
    """
    if not (np.isfinite(detour_factor) and detour_factor >= 1):
        raise ValueError("the detour factor must be 1 or more")
    if not (np.isfinite(speed_kph) and speed_kph > 0):
        raise ValueError("the speed must be more than 0 km/h")
    a, b = as_points(origins), as_points(targets)
    metres = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    km = metres / METRES_PER_KM * detour_factor
    words = f"straight line x {detour_factor:g}, {speed_kph:g} km/h"
    return Journeys(km, km / speed_kph * MINUTES_PER_HOUR, words)


@dataclass(frozen=True)
class Fit:
    """How measured journeys compare with straight lines.

    Attributes
    ----------
    pairs
        How many pairs it rests on: joined, and at least :data:`FIT_FROM_M` apart.
    detour_factor
        Median over the pairs of their kilometres to the straight ones.
    detour_low, detour_high
        The quartiles of the same.
    speed_kph
        Median over the pairs of kilometres to hours.
    """

    pairs: int
    detour_factor: float
    detour_low: float
    detour_high: float
    speed_kph: float


def fit_straight(
    origins: ArrayLike, targets: ArrayLike, journeys: Journeys, which: NDArray[np.bool_]
) -> Fit | None:
    """Return which detour factor and speed come nearest to measured journeys.

    Parameters
    ----------
    which
        Pairs to compare, shaped (origins, targets).

    Returns
    -------
    None where no pair can be compared.
    """
    a, b = as_points(origins), as_points(targets)
    metres = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
    used = which & journeys.reachable & (metres >= FIT_FROM_M) & (journeys.minutes > 0)
    if not used.any():
        return None
    ratio = journeys.km[used] / (metres[used] / METRES_PER_KM)
    speed = journeys.km[used] / (journeys.minutes[used] / MINUTES_PER_HOUR)
    low, middle, high = (float(value) for value in np.percentile(ratio, [25, 50, 75]))
    return Fit(int(used.sum()), middle, low, high, float(np.median(speed)))


def as_points(points: ArrayLike) -> NDArray[np.float64]:
    """Return points as an array shaped (n, 2).

    Raises
    ------
    ValueError
        When they are not pairs of finite numbers: what has no place cannot be measured from.
    """
    array = np.asarray(points, np.float64)
    array = array.reshape(0, 2) if array.size == 0 else array
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError("points must be pairs of easting and northing")
    if not np.isfinite(array).all():
        raise ValueError("every point needs an easting and a northing")
    return array
