"""The plan's settings against its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.faults import Fault
from sufficiency.source import SETTINGS
from sufficiency.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.case import Case

DEAREST_GBP = max(
    column.most or 0.0 for column in TABLES["prices"].columns if column.name == "gbp_per_child"
)


def roads_missing(case: Case) -> Iterator[Fault]:
    """Find method ``road`` without a file of roads."""
    travel = case.settings.travel
    if travel.method == "road" and not travel.roads:
        what = "method road needs a file of roads"
        remedy = (
            "name a file of roads here (sufficiency fetch roads gets one), or use method straight"
        )
        yield Fault("E205", case.files[SETTINGS], what, remedy, "travel.roads")


def map_files_unread(case: Case) -> Iterator[Fault]:
    """Find files for the maps that cannot be read, before anything is planned."""
    from geodata.boundaries import BoundaryFileError, read_shapes
    from geodata.network import RoadFileError
    from geodata.road_lines import read_lines

    given = case.settings.map
    for name in ("boundary", "areas", "water", "roads"):
        if not (file := str(getattr(given, name))):
            continue
        try:
            if name == "roads":
                read_lines(case.folder / file)
            else:
                read_shapes(case.folder / file, given.areas_name if name == "areas" else "")
        except (BoundaryFileError, RoadFileError) as error:
            remedy = "mend the file, or take the setting out"
            yield Fault("E207", case.files[SETTINGS], str(error), remedy, f"map.{name}")


def small_penalty(case: Case) -> Iterator[Fault]:
    """Warn when leaving a child without a place could pay.

    It could when the penalty of one year is less than what a dear stay costs above a cheap one
    over the plan, by price alone.
    """
    prices = case.prices["gbp_per_child"]
    prices = prices[prices.between(0, DEAREST_GBP)]
    spread = (prices.max() - prices.min()) * case.settings.years if len(prices) else 0
    if case.settings.waiting.penalty_gbp_per_child_year < spread:
        key = "waiting.penalty_gbp_per_child_year"
        what = "less than what a dear stay costs above a cheap one over the plan"
        remedy = f"give {spread:,.0f} or more, or the plan may leave children without a place"
        yield Fault("W201", case.files[SETTINGS], what, remedy, key)


def unused_budget(case: Case) -> Iterator[Fault]:
    """Warn of budget years after the plan."""
    late = [y for y in case.settings.capital.budget_gbp or {} if y > case.settings.last_year]
    if late:
        what = f"after the plan's last year, and not used: {', '.join(map(str, sorted(late)))}"
        remedy = "lengthen `years`, or take them out"
        yield Fault("W202", case.files[SETTINGS], what, remedy, "capital.budget_gbp")
