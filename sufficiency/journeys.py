"""How far and how long: the journeys between homes and provisions, by the method that the case asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.travel import Journeys, straight
from sufficiency.faults import Fault
from sufficiency.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats, Ints
    from sufficiency.case import Case
    from sufficiency.locate import Located
    from sufficiency.progress import Progress


@dataclass(frozen=True)
class Travel:
    """Journeys from every distinct origin.

    Attributes
    ----------
    origin
        (N,) row of `journeys` for everyone's home.
    journeys
        (origins, provisions), the provisions in the order of their positions.
    """

    origin: Ints
    journeys: Journeys
    faults: tuple[Fault, ...] = ()


def find_journeys(
    case: Case,
    everyone: pd.DataFrame,
    located: Located,
    positions: Mapping[str, int],
    progress: Progress | None = None,
) -> Travel:
    """Work out kilometres and minutes by straight line, road network or table.

    Parameters
    ----------
    everyone
        As from `demand.people`.
    positions
        Position of each provision by id.
    """
    if case.settings.travel.method == "table":
        return _from_table(case, everyone, positions)
    origins, origin = np.unique(located.homes, axis=0, return_inverse=True)
    targets, names = in_order(case, located, positions)
    if case.settings.travel.method == "road":
        return _by_road(case, origins, origin.ravel(), targets, names, progress or Silent())
    rule = case.settings.travel
    return Travel(origin.ravel(), straight(origins, targets, rule.detour_factor, rule.speed_kph))


def in_order(
    case: Case, located: Located, positions: Mapping[str, int]
) -> tuple[Floats, list[str]]:
    """Return points and names of the provisions, in the order of their positions."""
    order = case.provisions["provision_id"].map(positions).to_numpy(np.int64)
    targets = np.empty_like(located.provisions)
    targets[order] = located.provisions
    called = case.provisions["name"].where(
        case.provisions["name"] != "", case.provisions["provision_id"]
    )
    return targets, [str(called.iloc[at]) for at in np.argsort(order)]


def _by_road(
    case: Case, origins: Floats, origin: Ints, targets: Floats, names: list[str], progress: Progress
) -> Travel:
    from geodata.network import RoadFileError
    from sufficiency.roads.travel import by_road, road_faults

    name = case.settings.travel.roads
    nowhere = Journeys(*(np.full((len(origins), len(targets)), np.inf),) * 2, "no roads")
    try:
        found = by_road(case, case.folder / name, origins, targets, progress)
    except RoadFileError as error:
        remedy = "give roads as GraphML, OSM XML or OS OpenMap Local (GeoJSON)"
        return Travel(origin, nowhere, (Fault("E206", name, str(error), remedy, "travel.roads"),))
    return Travel(origin, found.journeys, tuple(road_faults(case, found, names, name)))


def _from_table(case: Case, everyone: pd.DataFrame, positions: Mapping[str, int]) -> Travel:
    """Spread the table `travel` out; children whose journeys are alike share an origin."""
    number = pd.Series(np.arange(len(everyone)), index=everyone["child_id"])
    known = case.travel["child_id"].isin(number.index) & case.travel["provision_id"].isin(positions)
    rows = case.travel[known]
    child = number.loc[rows["child_id"]].to_numpy()
    target = rows["provision_id"].map(positions).to_numpy(np.int64)
    spread = np.full((2, len(everyone), len(positions)), np.inf)
    spread[0, child, target] = rows["km"]
    spread[1, child, target] = rows["minutes"]
    both, origin = np.unique(np.hstack([spread[0], spread[1]]), axis=0, return_inverse=True)
    km, minutes = np.hsplit(both, 2) if len(both) else (spread[0], spread[1])
    return Travel(origin.ravel(), Journeys(km, minutes, f"the table {case.files['travel']}"))
