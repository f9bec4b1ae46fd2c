"""The land of a synthetic county: settlements of rank and size, or a council's real postcodes, and homes in them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.postcodes import Directory
from sufficiency.errors import UsageError
from sufficiency.synth.draw import Homes

if TYPE_CHECKING:
    from sufficiency.synth.draw import Draw
    from sufficiency.synth.recipe import Floats, Ints

#: An invented county lies about here, well inland (British National Grid).
MIDDLE_M = (430_000.0, 290_000.0)
#: People for each plan: 57.7 million in England (mid-2023, ONS) for 638,745 plans.
PEOPLE_PER_PLAN = 90
#: People a square kilometre of a town (assumed); with the population it gives the town's radius.
PEOPLE_PER_KM2 = 3000
#: A settlement with fewer of the county's people is a village (assumed).
TOWN_SHARE = 0.06
#: Share of people who live in towns and villages alike by rank: the k-th has 1 / k of the first's (Zipf).
HOMES_PER_PLAN = 3
FIRST = ("Alder", "Ash", "Beck", "Birch", "Bram", "Cold", "Dun", "Elm", "Fal", "Green", "Hazel", "Holm",
         "Ivy", "Kings", "Lark", "Long", "Mill", "Nether", "Oak", "Over", "Pen", "Quern", "Red", "Row",
         "Sedge", "Stone", "Thorn", "Upper", "Wren", "Yew")  # fmt: skip
LAST = (
    "bourne",
    "bridge",
    "combe",
    "field",
    "ford",
    "ham",
    "holt",
    "ley",
    "mere",
    "stead",
    "ton",
    "wick",
)


@dataclass(frozen=True, eq=False)
class Land:
    """Where people of a county live.

    Attributes
    ----------
    towns
        (T,) names, largest first.
    share
        (T,) share of the people.
    centre
        (T, 2) easting and northing.
    homes
        Points to live at; for an invented county their "postcode" is their position.
    town
        (H,) town of each home.
    invented
        Whether homes are given by grid reference and name of the settlement.
    """

    towns: tuple[str, ...]
    share: Floats
    centre: Floats
    homes: Homes
    town: Ints
    invented: bool

    @property
    def rural(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """(H,) whether a home is in a village."""
        return np.asarray((self.share < TOWN_SHARE)[self.town], np.bool_)

    def stretched(self, between: float, within: float) -> Land:
        """Return the same land with settlements so many times further apart and wider."""
        middle = np.array(MIDDLE_M)
        points = np.column_stack([self.homes.easting_m, self.homes.northing_m])
        offset = points - self.centre[self.town]
        centre = middle + (self.centre - middle) * between
        moved = np.round(centre[self.town] + offset * within)
        homes = replace(self.homes, easting_m=moved[:, 0], northing_m=moved[:, 1])
        return replace(self, centre=np.round(centre, -2), homes=homes)


def invent(plans: int, draw: Draw) -> Land:
    """Invent settlements for a county of so many plans, and homes in them.

    Sizes go by rank (the k-th has 1 / k of the people of the first); places are random on a disc, none too near a
    larger one; homes lie about a settlement's centre as a Gaussian does, as wide as its people need.
    """
    people = plans * PEOPLE_PER_PLAN
    count = int(np.clip(6 + plans / 100, 6, 90))
    share = 1 / np.arange(1, count + 1)
    share /= share.sum()
    span_m = 1000 * math.sqrt(people / 180 / math.pi)  # about 180 people a square kilometre
    centre = np.array(MIDDLE_M) + span_m * _scattered(count, draw)
    town = np.repeat(
        np.arange(count), np.maximum(1, np.round(share * plans * HOMES_PER_PLAN)).astype(np.int64)
    )
    radius_m = 1000 * np.sqrt(share * people / PEOPLE_PER_KM2 / math.pi)
    points = np.round(centre[town] + radius_m[town, None] * 0.6 * _normal(len(town), draw))
    homes = Homes(tuple(str(n) for n in range(len(town))), points[:, 0], points[:, 1])
    return Land(_names(count, draw), share, centre, homes, town, invented=True)


def of_council(code: str) -> Land:
    """Take a council's real postcodes as homes, and its postcode districts as settlements.

    Raises
    ------
    UsageError
        When no postcode is in it.
    """
    frame = Directory.bundled(None).frame
    frame = frame[(frame["district"] == code) & frame["easting_m"].notna()]
    frame = frame.sort_index().drop_duplicates(["easting_m", "northing_m"])
    if frame.empty:
        raise UsageError(
            f"no postcode is in the council {code!r}; give its ONS code, such as E06000054"
        )
    codes = frame.index.to_numpy(dtype=str)
    outward = np.array([text[:-3] for text in codes])
    names, town, size = np.unique(outward, return_inverse=True, return_counts=True)
    order = np.argsort(-size, kind="stable")
    rank = np.argsort(order, kind="stable")
    points = frame[["easting_m", "northing_m"]].to_numpy(np.float64)
    homes = Homes(tuple(f"{text[:-3]} {text[-3:]}" for text in codes), points[:, 0], points[:, 1])
    town = rank[town]
    centre = np.array([np.median(points[town == t], axis=0) for t in range(len(names))])
    return Land(
        tuple(names[order].tolist()), size[order] / size.sum(), centre, homes, town, invented=False
    )


def _scattered(count: int, draw: Draw) -> Floats:
    """(T, 2) points on a disc of radius 1, none too near an earlier one; the first lies near the middle."""
    points = np.zeros((count, 2))
    apart = 0.9 / math.sqrt(count)
    for at in range(count):
        for attempt in range(200):
            reach = math.sqrt(draw.rng.random()) * (0.25 if at == 0 else 1.0)
            angle = 2 * math.pi * draw.rng.random()
            points[at] = reach * math.cos(angle), reach * math.sin(angle)
            far = np.hypot(*(points[:at] - points[at]).T)
            if not at or far.min() > apart * (1 - attempt / 200):
                break
    return points


def _normal(count: int, draw: Draw) -> Floats:
    """(N, 2) standard normal numbers (Box and Muller), cut at 2.5."""
    one, other = draw.rng.random(count), draw.rng.random(count)
    reach = np.minimum(np.sqrt(-2 * np.log1p(-one)), 2.5)
    angle = 2 * math.pi * other
    return np.column_stack([reach * np.cos(angle), reach * np.sin(angle)])


def _names(count: int, draw: Draw) -> tuple[str, ...]:
    """Return different names that sound like places; any likeness is chance."""
    pairs = [first + last for first in FIRST for last in LAST]
    return tuple(pairs[at] for at in draw.order(len(pairs))[:count])
