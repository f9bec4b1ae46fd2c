"""Journeys by road: the case's network, what it does not reach, and how it compares with straight lines."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from geodata.network import journeys as journeys_along
from geodata.network import snap
from geodata.road_cache import cached_network, kept_search
from geodata.travel import Fit, Journeys, fit_straight, straight
from sufficiency.disclosure import THRESHOLD
from sufficiency.faults import Fault
from sufficiency.user_cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from geodata.network import Network, Snapped
    from models.problem import Floats
    from sufficiency.case import Case
    from sufficiency.progress import Progress

#: A place further than this from any road of the file is outside it: the straight line is used.
OUTSIDE_M = 5000.0
#: Passing over a dead end is worth a word when the road taken is so much further off.
DETOUR_TO_ROAD_M = 250.0
#: Provisions named in one message.
MOST_NAMES = 8
LONG_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class RoadTravel:
    """Journeys by road and what they rest on.

    Attributes
    ----------
    homes, sites
        Where origins and targets join the network.
    by_road
        (origins, targets) whether the pair was measured by road; else by the straight line.
    fit
        Detour factor and speed that straight lines would need; None where there is nothing to compare.
    """

    network: Network
    homes: Snapped
    sites: Snapped
    journeys: Journeys
    by_road: NDArray[np.bool_]
    fit: Fit | None


def road_network(case: Case, path: Path, progress: Progress) -> Network:
    """Read a file of roads, or fetch it back from the cache, at the speeds of the case.

    Raises
    ------
    RoadFileError
        When the file cannot be used.
    """

    def starting(seconds: float) -> None:
        if seconds > LONG_SECONDS:
            progress.step(f"reading the roads, the first time only (about {seconds:.0f} s)")

    rule = case.settings.travel
    network = cached_network(path, cache_folder(), speeds_kph=rule.speeds_kph, starting=starting)
    progress.step("measuring journeys by road")
    return network.driven_at(rule.speed_factor)


def by_road(
    case: Case, path: Path, origins: Floats, targets: Floats, progress: Progress
) -> RoadTravel:
    """Measure every pair by road, or by the straight line where an end is outside the roads.

    Raises
    ------
    RoadFileError
        When the file cannot be used.
    """
    network = road_network(case, path, progress)
    homes, sites = snap(network, origins), snap(network, targets)
    search = kept_search(cache_folder())
    journeys = journeys_along(network, origins, targets, report=_remaining(progress), search=search)
    inside = (homes.metres <= OUTSIDE_M)[:, None] & (sites.metres <= OUTSIDE_M)[None, :]
    fit = fit_straight(origins, targets, journeys, inside)
    words = journeys.method
    if fit:
        words += f"; median {fit.detour_factor:.2f} x the straight line, {fit.speed_kph:.0f} km/h"
    if not inside.all():
        rule = case.settings.travel
        line = straight(origins, targets, rule.detour_factor, rule.speed_kph)
        km, minutes = (
            np.where(inside, road, crow)
            for road, crow in ((journeys.km, line.km), (journeys.minutes, line.minutes))
        )
        journeys = Journeys(km, minutes, f"{words}; outside the roads {line.method}")
    else:
        journeys = replace(journeys, method=words)
    return RoadTravel(network, homes, sites, journeys, inside, fit)


def _remaining(progress: Progress) -> Callable[[int, int], None]:
    """Return a report that says how many provisions are left and about how long they will take."""
    started = time.monotonic()

    def report(done: int, total: int) -> None:
        if done:
            left = (time.monotonic() - started) / done * (total - done)
            progress.step(
                f"measuring journeys by road: {done} of {total} provisions, about {left:.0f} s left"
            )

    return report


def road_faults(case: Case, travel: RoadTravel, names: list[str], roads: str) -> Iterator[Fault]:
    """Report places outside or far from the roads, and pairs that no road joins.

    Parameters
    ----------
    names
        Of the targets.
    roads
        What the file of roads is called in messages.
    """
    yield from _outside(case, travel, names, roads)
    for table, who in _who(travel, names, lambda ends: ends.far & (ends.metres <= OUTSIDE_M)):
        what = f"over 2 km from any road of the file: {who}"
        remedy = "give roads that reach further, or mend the places"
        yield Fault("W206", case.files[table], what, remedy)
    for table, who in _who(
        travel, names, lambda ends: ends.metres - ends.passed_over_m > DETOUR_TO_ROAD_M
    ):
        what = f"the nearest road leads nowhere, and the next is over 250 m further off: {who}"
        remedy = "nothing to do, unless the file was cut too close"
        yield Fault("W1503", case.files[table], what, remedy)
    lost = ~travel.journeys.reachable
    if lost.any():
        what = f"{int(lost.sum())} of {lost.size} pairs of home and provision are joined by no road"
        yield Fault("W207", roads, what, "nothing to do if they are islands")
    never = [
        name for name, column in zip(names, lost.T, strict=True) if len(column) and all(column)
    ]
    if never:
        what = f"no road leads from any home to {_listed(never)}"
        remedy = "mend the provision's place, or give roads that reach it"
        yield Fault("W1504", case.files["provisions"], what, remedy)


def _outside(case: Case, travel: RoadTravel, names: list[str], roads: str) -> Iterator[Fault]:
    if (travel.homes.metres > OUTSIDE_M).sum() * 2 > len(travel.homes.metres):
        what = "most homes are over 5 km from any road of the file"
        yield Fault("E1501", roads, what, "give the roads of this council", "travel.roads")
        return
    codes = {"provisions": "W1501", "children": "W1502"}
    for table, who in _who(travel, names, lambda ends: ends.metres > OUTSIDE_M):
        what = f"over 5 km from any road, so measured by the straight line: {who}"
        remedy = "give roads that reach further (sufficiency fetch roads --margin-km), or mend the places"
        yield Fault(codes[table], case.files[table], what, remedy)


def _who(
    travel: RoadTravel, names: list[str], which: Callable[[Snapped], NDArray[np.bool_]]
) -> Iterator[tuple[str, str]]:
    """Yield the table and the words for provisions, by name, and homes, by number, that are so."""
    sites, homes = which(travel.sites), int(which(travel.homes).sum())
    if sites.any():
        yield "provisions", _listed([name for name, so in zip(names, sites, strict=True) if so])
    if homes:
        few = homes < THRESHOLD  # this stands in what is published
        yield "children", f"fewer than {THRESHOLD} homes" if few else f"{homes:,} homes"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown
