"""What every map of a council is drawn on: its outline, areas, land, settlements, roads, water and towns."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import shapely

from geodata.boundaries import pick_outline, read_shapes
from sufficiency.geographies import ALL, COUNCIL, DISTRICT, OWN, SECTOR
from sufficiency.maps.model import Road, Town

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from geodata.areas import Geography
    from sufficiency.settings import Map

#: Roads are simplified by so much; it is less than a hair in print.
_ROAD_SIMPLIFY_M = 12.0
_MARGIN_PCT = 60.0
SECTORS_CREDIT = "Areas are postcode sectors drawn from postcodes, so their limits are approximate."
RIGHTS = (
    "Contains OS data © Crown copyright and database right, Royal Mail data © Royal Mail copyright and "
    "database right, and National Statistics data (Open Government Licence)."
)
OPENSTREETMAP = "Roads © OpenStreetMap contributors."


@dataclass(frozen=True, eq=False)
class Base:
    """What maps are drawn on. Geometry is EPSG:27700.

    Attributes
    ----------
    areas
        By name, at ``geography`` (of :mod:`sufficiency.geographies`).
    credit
        What must be said of where all this comes from.
    """

    outline: BaseGeometry
    areas: Mapping[str, BaseGeometry]
    geography: str = SECTOR
    settlements: BaseGeometry = field(default_factory=shapely.MultiPolygon)
    land: BaseGeometry | None = None
    water: BaseGeometry = field(default_factory=shapely.MultiPolygon)
    roads: Sequence[Road] = ()
    towns: Sequence[Town] = ()
    credit: str = f"{SECTORS_CREDIT} {RIGHTS}"

    def shapes(self, geography: str) -> Mapping[str, BaseGeometry]:
        """Return the areas of a geography by name; empty where they are not known."""
        if geography == COUNCIL:
            return {ALL: self.outline}
        if geography == self.geography:
            return self.areas
        if geography == DISTRICT and self.geography == SECTOR:
            members: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
            for name, shape in self.areas.items():
                members[re.sub(r" \d$", "", name)].append(shape)
            return {name: shapely.union_all(shapes) for name, shapes in members.items()}
        return {}


def make_base(
    geography: Geography | None, given: Map, folder: Path, roads: str = ""
) -> Base | None:
    """Return what a council's maps are drawn on.

    Parameters
    ----------
    geography
        Drawn from postcodes; None where there are none.
    given
        The user's own files, in the place of what postcodes give.
    folder
        Where files are looked for.
    roads
        The file of roads that journeys are measured on, if there is one.

    Returns
    -------
    None without either.

    Raises
    ------
    BoundaryFileError, RoadFileError
        When a file cannot be read.
    """
    drawn = geography.outline if geography else None
    outline = drawn
    if given.boundary:
        outline = pick_outline(read_shapes(folder / given.boundary), drawn)
    if outline is None:
        return None
    areas, own = _areas(geography, given, folder, outline)
    lines, from_osm = _roads(folder, given.roads or roads, outline)
    notes = ["" if own or not areas else SECTORS_CREDIT, RIGHTS, OPENSTREETMAP if from_osm else ""]
    return Base(
        outline=outline,
        areas=areas,
        geography=OWN if own else SECTOR,
        settlements=geography.settlements if geography else shapely.MultiPolygon(),
        land=_with(geography.land, outline) if geography else None,
        water=_water(folder, given.water, outline),
        roads=lines,
        towns=[Town(town.name, town.easting_m, town.northing_m) for town in given.towns],
        credit=" ".join(note for note in notes if note),
    )


def with_files(base: Base, given: Map, folder: Path) -> Base:
    """Return a base with its outline, areas, roads or water from other files.

    Raises
    ------
    BoundaryFileError, RoadFileError
        When a file cannot be read.
    """
    changes: dict[str, Any] = {}
    outline = base.outline
    if given.boundary:
        outline = pick_outline(read_shapes(folder / given.boundary), base.outline)
        fitted = _fitted(base.areas, outline) if base.areas else base.areas
        land = None if base.land is None else _with(base.land, outline)
        changes |= {"outline": outline, "land": land, "areas": fitted}
    if given.areas:
        changes |= {"areas": _own_areas(given, folder, outline), "geography": OWN, "credit": RIGHTS}
    if given.roads:
        changes["roads"], from_osm = _roads(folder, given.roads, outline)
        if from_osm and OPENSTREETMAP not in base.credit:
            changes["credit"] = f"{changes.get('credit', base.credit)} {OPENSTREETMAP}"
    if given.water:
        changes["water"] = _water(folder, given.water, outline)
    return replace(base, **changes)


def _own_areas(given: Map, folder: Path, outline: BaseGeometry) -> Mapping[str, BaseGeometry]:
    """Return the areas of a file of the user's own that lie in the council."""
    found = read_shapes(folder / given.areas, given.areas_name)
    named: defaultdict[str, list[BaseGeometry]] = defaultdict(list)
    for name, shape in zip(found.names, found.geometries, strict=True):
        if shapely.intersection(shape, outline).area > 0.01 * shape.area:
            named[name].append(shape)
    return {name: shapely.union_all(shapes) for name, shapes in sorted(named.items())}


def _areas(
    geography: Geography | None, given: Map, folder: Path, outline: BaseGeometry
) -> tuple[Mapping[str, BaseGeometry], bool]:
    """Return areas by name, and whether they are the user's own."""
    if given.areas:
        return _own_areas(given, folder, outline), True
    if geography is None:
        return {}, False
    return (_fitted(geography.areas, outline) if given.boundary else geography.areas), False


def _fitted(areas: Mapping[str, BaseGeometry], outline: BaseGeometry) -> Mapping[str, BaseGeometry]:
    """Cut areas to an outline, and give what they leave of it to the nearest of them."""
    cut = {name: shapely.intersection(shape, outline) for name, shape in areas.items()}
    kept = {name: [shape] for name, shape in cut.items() if shape.area > 0}
    names = list(kept)
    tree = shapely.STRtree([kept[name][0] for name in names])
    left = shapely.difference(outline, shapely.union_all(list(cut.values())))
    for part in shapely.get_parts(left):
        if part.area > 0:
            kept[names[int(tree.nearest(shapely.point_on_surface(part)))]].append(part)
    return {name: shapely.union_all(shapes) for name, shapes in kept.items()}


def _with(land: BaseGeometry, outline: BaseGeometry) -> BaseGeometry:
    """Return land that holds the whole council: a boundary of the user's own may reach further out."""
    return land if land.covers(outline) else shapely.union_all([land, outline])


def _window(outline: BaseGeometry) -> BaseGeometry:
    """Return so much round an outline as any map of it can show."""
    west, south, east, north = shapely.bounds(outline)
    room = max(east - west, north - south) * _MARGIN_PCT / 100
    return shapely.Polygon.from_bounds(west - room, south - room, east + room, north + room)


def _roads(folder: Path, name: str, outline: BaseGeometry) -> tuple[list[Road], bool]:
    """Return the roads to draw, and whether they are OpenStreetMap's."""
    if not name:
        return [], False
    from geodata.road_lines import read_lines

    window = _window(outline)
    found = []
    for (kind, number), geometry in read_lines(folder / name).items():
        seen = shapely.simplify(shapely.intersection(geometry, window), _ROAD_SIMPLIFY_M)
        if not seen.is_empty:
            found.append(Road(kind, number, seen))
    return found, "json" not in name.lower()


def _water(folder: Path, name: str, outline: BaseGeometry) -> BaseGeometry:
    if not name:
        return shapely.MultiPolygon()
    shapes = read_shapes(folder / name).geometries
    return shapely.union_all([shapely.intersection(shape, _window(outline)) for shape in shapes])
