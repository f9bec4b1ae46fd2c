"""What a map shows: plain values, with nothing in them that may not be published."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Area:
    """An area of a choropleth. ``value`` None: nothing to show; ``withheld``: something, not shown."""

    name: str
    geometry: BaseGeometry
    value: float | None = None
    withheld: bool = False

    def __post_init__(self) -> None:
        if self.withheld and self.value is not None:
            raise ValueError("a withheld area must carry no value")


@dataclass(frozen=True)
class Town:
    """A name on the map, the most important first. Coordinates are EPSG:27700."""

    name: str
    easting_m: float
    northing_m: float


@dataclass(frozen=True)
class Road:
    """Roads of a class (of :data:`geodata.road_lines.CLASSES`) and, if it has one, of a number."""

    kind: str
    number: str
    geometry: BaseGeometry


@dataclass(frozen=True)
class Flow:
    """Children who come from an area to a site, enough of them to be shown. Coordinates are EPSG:27700."""

    area: str
    start: tuple[float, float]
    end: tuple[float, float]
    children: float


@dataclass(frozen=True)
class Amounts:
    """Amounts at sites, drawn as discs about their symbols: the area of a disc is its amount.

    Attributes
    ----------
    by_site
        Amount by the site's name; nought or less draws nothing.
    legend
        What the discs are.
    write
        How an amount is written in the key.
    """

    by_site: Mapping[str, float]
    legend: str
    write: Callable[[float], str]


@dataclass(frozen=True, eq=False)
class MapModel:
    """All that a map shows. Geometry and coordinates are EPSG:27700.

    Attributes
    ----------
    key
        Letters and digits, its own on every page: the ids within the drawing begin with it.
    title, legend, unit
        What the map says, what the shades are, and in which unit.
    provisions
        Sites: ``name``, ``kind`` (of :data:`~sufficiency.maps.sites.KINDS`), ``easting_m``, ``northing_m`` and
        ``state`` (of :data:`~sufficiency.maps.sites.STATES`).
    breaks
        Lower ends of all classes but the first, rising, at most four; empty: chosen from the values.
    withheld_words, empty_words
        How the key explains areas with their number withheld, and those with nothing to show.
    is_change
        Whether values are changes, below and above nought.
    is_shaded
        Whether areas are shaded at all; else their limits alone are drawn.
    flows
        Lines from areas to a site.
    amounts
        Discs about sites; None for none.
    data
        What the areas show, for a page that switches layers: layer, need, phase, year.
    """

    key: str
    title: str
    outline: BaseGeometry
    areas: Sequence[Area]
    provisions: pd.DataFrame
    legend: str
    unit: str
    source: str
    run_id: str
    settlements: BaseGeometry = field(default_factory=shapely.MultiPolygon)
    land: BaseGeometry | None = None
    towns: Sequence[Town] = ()
    breaks: tuple[float, ...] = ()
    withheld_words: str = "fewer than 5 children: not shown"
    empty_words: str = "none"
    roads: Sequence[Road] = ()
    water: BaseGeometry = field(default_factory=shapely.MultiPolygon)
    is_change: bool = False
    is_shaded: bool = True
    flows: Sequence[Flow] = ()
    amounts: Amounts | None = None
    data: Mapping[str, str] = field(default_factory=dict)
