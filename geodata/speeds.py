"""How fast roads are driven when nothing is in the way, by class; and what mornings make of it.

Three sources, named in each row of :data:`ROAD_CLASSES`:

* LIMIT: the national speed limit (Highway Code, rule 124): 70, 60 and 30 mph.
* DFT: Department for Transport, *Travel time measures for the Strategic Road Network and local 'A'
  roads, England: January to December 2018*. Local A roads: mean speed 24.9 mph with a delay of 47.3
  seconds a mile against free flow, hence a free flow of 3600 / (3600 / 24.9 - 47.3) = 37 mph.
* ASSUMED: chosen between those; put your own in ``speeds_kph``.

From the same statistics comes :data:`SPEED_FACTOR`: local A roads are driven at 24.9 / 37 = 0.67 of
free flow, the strategic network at 0.85 of its limit (59.0 mph, 9.4 seconds a mile).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT = "national limit, Highway Code rule 124"
DFT = "free flow of local A roads, DfT 2018"
ASSUMED = "assumed"

SPEED_FACTOR = 0.7
"""Mean speed as a share of free flow, all hours and roads; ASSUMED between DfT's 0.67 and 0.85."""

_MPH = 1.609344


class RoadClass(NamedTuple):
    """A class of road, as OpenStreetMap (``highway``) or Ordnance Survey (``classifica``) calls it."""

    name: str
    free_flow_mph: float
    source: str


ROAD_CLASSES = (
    RoadClass("motorway", 70, LIMIT),
    RoadClass("motorway_link", 50, ASSUMED),
    RoadClass("trunk", 60, LIMIT),
    RoadClass("trunk_link", 40, ASSUMED),
    RoadClass("primary", 37, DFT),
    RoadClass("primary_link", 30, ASSUMED),
    RoadClass("secondary", 35, ASSUMED),
    RoadClass("secondary_link", 30, ASSUMED),
    RoadClass("tertiary", 30, LIMIT),
    RoadClass("tertiary_link", 30, LIMIT),
    RoadClass("unclassified", 30, ASSUMED),
    RoadClass("residential", 30, LIMIT),
    RoadClass("road", 30, ASSUMED),
    RoadClass("service", 15, ASSUMED),
    RoadClass("living_street", 10, ASSUMED),
    RoadClass("Motorway", 70, LIMIT),
    RoadClass("Primary Road", 37, DFT),
    RoadClass("Primary Road, Collapsed Dual Carriageway", 50, ASSUMED),
    RoadClass("A Road", 37, DFT),
    RoadClass("A Road, Collapsed Dual Carriageway", 50, ASSUMED),
    RoadClass("B Road", 35, ASSUMED),
    RoadClass("Minor Road", 30, ASSUMED),
    RoadClass("Local Road", 30, LIMIT),
    RoadClass("Local Access Road", 15, ASSUMED),
    RoadClass("Restricted Local Access Road", 15, ASSUMED),
    RoadClass("Shared Use Carriageway", 10, ASSUMED),
)

ROAD_CLASS_NAMES = tuple(dict.fromkeys(row.name.lower() for row in ROAD_CLASSES))
"""Names in lower case; "motorway" is one class in both."""


def speeds_by_class(own: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return km/h by class, in lower case: the table's, and over them the user's own."""
    table = {row.name.lower(): row.free_flow_mph * _MPH for row in ROAD_CLASSES}
    return table | {name.lower(): float(kph) for name, kph in (own or {}).items()}
