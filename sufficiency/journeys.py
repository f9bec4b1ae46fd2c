"""How far and how long: the journeys between homes and provisions, by the method that the case asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.travel import Journeys, straight
from sufficiency.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geodata.roads import Network
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

    name = case.settings.travel.roads
    nowhere = Journeys(*(np.full((len(origins), len(targets)), np.inf),) * 2, "no roads")
    try:
        network = roads.read_network(case.folder / name)
    except roads.RoadFileError as error:
        fault = Fault(
            "E206", name, str(error), "give a road network as GraphML or OSM XML", "travel.roads"
        )
        return Travel(origin, nowhere, (fault,))
    journeys = roads.journeys(network, origins, targets)
    return Travel(origin, journeys, tuple(_road_faults(case, network, origins, targets, journeys)))


def _road_faults(
    case: Case, network: Network, origins: Floats, targets: Floats, journeys: Journeys
) -> Iterator[Fault]:
    """Report places far from any road of the file, and pairs that no road joins."""
    from geodata.roads import snap

    for table, points in (("children", origins), ("provisions", targets)):
        far = int(snap(network, points).far.sum())
        if far:
            what = f"{far} places are over 2 km from any road of the file"
            yield Fault(
                "W206", case.files[table], what, "give roads that reach further, or mend the places"
            )
    lost = int((~journeys.reachable).sum())
    if lost:
        what = f"{lost} of {journeys.km.size} pairs of home and provision are joined by no road"
        yield Fault("W207", case.settings.travel.roads, what, "nothing to do if they are islands")


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
