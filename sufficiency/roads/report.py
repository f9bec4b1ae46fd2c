"""How the roads of a case compare with straight lines: the detour factor and the speed that fit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from geodata.network import RoadFileError
from geodata.speeds import ROAD_CLASSES, speeds_by_class
from geodata.travel import fit_straight, straight
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault
from sufficiency.roads.fetch import FILE
from sufficiency.roads.travel import by_road, road_faults

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from models.problem import Floats
    from sufficiency.case import Case
    from sufficiency.progress import Progress
    from sufficiency.roads.travel import RoadTravel

#: Bounds of the bands of straight distance, in kilometres.
BANDS_KM = (0.5, 2, 5, 10, 20, 500)


def compare_roads(
    path: Path, roads: Path | None, progress: Progress
) -> tuple[dict[str, Any], list[Fault]]:
    """Measure a case's journeys by road and by straight line.

    Parameters
    ----------
    roads
        The file of roads; that of the setting ``travel.roads`` unless told, or what was fetched.

    Returns
    -------
    Figures by name, and what the roads do not reach.

    Raises
    ------
    CaseError
        When the case's homes or provisions cannot be placed.
    UsageError
        When there is no file of roads, or it cannot be used.
    """
    from sufficiency.case import read_case
    from sufficiency.demand import people
    from sufficiency.faults import errors
    from sufficiency.journeys import in_order
    from sufficiency.locate import locate

    progress.step("reading the case")
    case, faults = read_case(path)
    if case is None or not case.whole.issuperset({"children", "provisions"}):
        raise CaseError(faults)
    file = roads or case.folder / (case.settings.travel.roads or FILE)
    if not (roads or case.settings.travel.roads or file.exists()):
        raise UsageError("there is no file of roads: give --file, or sufficiency fetch roads first")
    progress.step("finding homes and provisions")
    located = locate(case, people(case))
    if errors(located.faults):
        raise CaseError(located.faults)
    positions = {name: at for at, name in enumerate(sorted(case.provisions["provision_id"]))}
    targets, names = in_order(case, located, positions)
    origins = np.unique(located.homes[np.isfinite(located.homes).all(axis=1)], axis=0)
    try:
        found = by_road(case, file, origins, targets, progress)
    except RoadFileError as error:
        remedy = "give a road network as GraphML, OSM XML or OS OpenMap Local GeoJSON"
        raise CaseError([Fault("E206", file.name, str(error), remedy)]) from error
    return _figures(case, found, origins, targets), list(road_faults(case, found, names, file.name))


def _figures(case: Case, found: RoadTravel, origins: Floats, targets: Floats) -> dict[str, Any]:
    joined = found.by_road & found.journeys.reachable
    figures: dict[str, Any] = {
        "roads": found.network.source,
        "speeds": found.network.speeds,
        "nodes": len(found.network.points),
        "nodes_cut_off": len(found.network.points) - len(found.network.usable),
        "homes": len(origins),
        "provisions": len(targets),
        "pairs_by_road": int(joined.sum()),
        "pairs_by_straight_line": int((~found.by_road).sum()),
        "pairs_joined_by_no_road": int((~found.journeys.reachable).sum()),
    }
    if found.fit is None:
        return figures
    fit, rule = found.fit, case.settings.travel
    figures |= {
        "detour_factor_that_fits": round(fit.detour_factor, 2),
        "half_of_the_pairs_between": f"{fit.detour_low:.2f} and {fit.detour_high:.2f}",
        "speed_kph_that_fits": round(fit.speed_kph, 1),
    }
    settings = {
        "as the case has it": (rule.detour_factor, rule.speed_kph),
        "as fitted": (fit.detour_factor, fit.speed_kph),
    }
    figures["straight_lines_instead_of_these_roads"] = [
        {
            "setting": words,
            "detour_factor": f"{factor:.2f}",
            "speed_kph": f"{kph:.1f}",
            "minutes that are off by (median)": _off(found, origins, targets, factor, kph),
        }
        for words, (factor, kph) in settings.items()
    ]
    figures["by_straight_distance"] = _bands(found, origins, targets)
    return figures


def _off(found: RoadTravel, origins: Floats, targets: Floats, factor: float, kph: float) -> str:
    """Return the median error of a straight line's minutes, as a share of those by road."""
    road = found.journeys.minutes
    used = found.by_road & found.journeys.reachable & (road > 0)
    line = straight(origins, targets, max(factor, 1.0), kph).minutes
    share = np.abs(line - road)[used] / road[used]
    return f"{100 * float(np.median(share)):.0f}%"


def _bands(found: RoadTravel, origins: Floats, targets: Floats) -> list[dict[str, str]]:
    km = straight(origins, targets, 1, 1).km
    rows = []
    for low, high in pairwise(BANDS_KM):
        inside = found.by_road & (km >= low) & (km < high)
        if fit := fit_straight(origins, targets, found.journeys, inside):
            words = f"{low:g} to {high:g} km" if high < BANDS_KM[-1] else f"over {low:g} km"
            rows.append(
                {
                    "distance": words,
                    "pairs": f"{fit.pairs:,}",
                    "detour_factor": f"{fit.detour_factor:.2f}",
                    "speed_kph": f"{fit.speed_kph:.1f}",
                }
            )
    return rows


def speed_rows(own: Mapping[str, float] | None = None) -> list[dict[str, str]]:
    """Return the table of free-flow speeds by class of road, each with its source."""
    kph = speeds_by_class(own)
    return [
        {"class": row.name, "kph": f"{kph[row.name.lower()]:.0f}", "source": row.source}
        for row in ROAD_CLASSES
    ]
