"""How far and how long: the journeys between homes and provisions, by the method that the case asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.travel import Journeys, straight
from sufficiency.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats, Ints
    from sufficiency.case import Case
    from sufficiency.locate import Located


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
    case: Case, everyone: pd.DataFrame, located: Located, positions: Mapping[str, int]
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
    order = case.provisions["provision_id"].map(positions).to_numpy(np.int64)
    targets = np.empty_like(located.provisions)
    targets[order] = located.provisions
    if case.settings.travel.method == "road":
        return _by_road(case, origins, origin.ravel(), targets)
    rule = case.settings.travel
    return Travel(origin.ravel(), straight(origins, targets, rule.detour_factor, rule.speed_kph))


def _by_road(case: Case, origins: Floats, origin: Ints, targets: Floats) -> Travel:
    from geodata import roads

    network = roads.read_network(case.folder / case.settings.travel.roads)
    return Travel(origin, roads.journeys(network, origins, targets))


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
