"""A map as one SVG: the same drawing on a page, in print and in a document.

Geometry is that of the British National Grid (EPSG:27700) in steps of ten metres; symbols and
lettering are in pixels of a drawing a thousand wide. The map knows nothing of the plan: it draws
areas with a value, or without, and sites. What must not be published never reaches it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from sufficiency.maps.classes import figure, nice, shades_of
from sufficiency.maps.key import (
    MAP_WIDTH,
    MARGIN,
    NOTHING,
    WIDTH,
    breaks_of,
    draw_key,
    ident_of,
    list_names,
    write,
)
from sufficiency.maps.lettering import FONT, Box, escape, wrap
from sufficiency.maps.sites import (
    INK,
    PALE_INK,
    Site,
    draw_sites,
    find_sites,
    letter,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

SEA, LAND, BUILT = "#dce9f2", "#f1f0ea", "#d9d3c7"
TALLEST, LOWEST = 800.0, 420.0


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
    """A name on the map. Coordinates are EPSG:27700."""

    name: str
    easting_m: float
    northing_m: float


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
        Sites: ``name``, ``kind`` (of :data:`KINDS`), ``easting_m``, ``northing_m`` and ``state`` (of
        :data:`STATES`).
    breaks
        Lower ends of all classes but the first, rising, at most four; empty: chosen from the values.
    withheld_words, empty_words
        How the key explains areas with their number withheld, and those with nothing to show.
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


class Frame(NamedTuple):
    """The window of the map: where it lies in the drawing, and which part of the grid it shows."""

    box: Box
    west: float
    north: float
    pixels_per_m: float

    def pixel(self, easting_m: float, northing_m: float) -> tuple[float, float]:
        """Return where a place of the grid is in the drawing."""
        return (
            self.box.left + (easting_m - self.west) * self.pixels_per_m,
            self.box.top + (self.north - northing_m) * self.pixels_per_m,
        )

    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north of the window, in metres."""
        wide = (self.box.right - self.box.left) / self.pixels_per_m
        high = (self.box.bottom - self.box.top) / self.pixels_per_m
        return self.west, self.north - high, self.west + wide, self.north


def render_map(model: MapModel) -> str:
    """Draw a map as an SVG element, complete in itself: title, key, scale, north, source, run."""
    title = wrap(model.title, 20, WIDTH - 2 * MARGIN, 3)
    top = MARGIN + 25 * len(title) + 6
    frame = _frame(model, top)
    sites = find_sites(model.provisions, frame)
    corner = _scale_box(model, frame, sites)
    labels, numbered = letter(sites, model.towns, frame, corner)
    key, key_bottom = draw_key(model, sites, top)
    names, bottom = list_names(numbered, max(frame.box.bottom, key_bottom) + 2)
    bottom += 14
    credit = wrap(f"{model.source} Run {model.run_id}.", 10.5, WIDTH - 2 * MARGIN, 3)
    height = bottom + 14 * len(credit) + 4
    head = [
        write(line, MARGIN, MARGIN + 18 + 25 * n, 20, bold=True) for n, line in enumerate(title)
    ]
    foot = [
        write(line, MARGIN, bottom + 8 + 14 * n, 10.5, ink=PALE_INK)
        for n, line in enumerate(credit)
    ]
    body = [
        *_ground(model, frame),
        *draw_sites(sites),
        *_scale(frame, corner),
        *labels,
        *key,
        *names,
    ]
    return "\n".join([*_opening(model, height), *head, *body, *foot, "</svg>\n"])


def _opening(model: MapModel, height: float) -> list[str]:
    ident = ident_of(model)
    return [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:.0f}" role="img" '
            f'aria-labelledby="{ident}-title {ident}-desc" font-family="{escape(FONT)}" '
            f'width="{WIDTH:g}" height="{height:.0f}">'
        ),
        f'<title id="{ident}-title">{escape(model.title)}</title>',
        f'<desc id="{ident}-desc">{escape(describe(model))}</desc>',
        f'<rect width="{WIDTH:g}" height="{height:.0f}" fill="#ffffff"/>',
    ]


def describe(model: MapModel) -> str:
    """Say in words what the map shows, for who cannot see it."""
    shown = [area.value for area in model.areas if area.value is not None]
    withheld = sum(area.withheld for area in model.areas)
    unit = f" ({model.unit})" if model.unit else ""
    words = f"Map of {len(model.areas)} areas shaded by {model.legend}{unit}."
    if shown:
        words += f" Values run from {figure(min(shown))} to {figure(max(shown))}."
    if withheld:
        are = "area is" if withheld == 1 else "areas are"
        words += f" {withheld} {are} hatched: {model.withheld_words}."
    return f"{words} {len(model.provisions)} provisions are marked by shape."


def _frame(model: MapModel, top: float) -> Frame:
    """Fit the outline, with room round it, into the window."""
    west, south, east, north = shapely.bounds(model.outline)
    room = 0.05 * max(east - west, north - south)
    wide, high = east - west + 2 * room, north - south + 2 * room
    tall = float(np.clip(MAP_WIDTH * high / wide, LOWEST, TALLEST))
    scale = min(MAP_WIDTH / wide, tall / high)
    box = Box(MARGIN, top, MARGIN + MAP_WIDTH, top + tall)
    left = (west + east - MAP_WIDTH / scale) / 2
    return Frame(box, left, (south + north + tall / scale) / 2, scale)


def _ground(model: MapModel, frame: Frame) -> list[str]:
    """Sea, land, settlements, areas and outline."""
    ident, box = ident_of(model), frame.box
    scale = frame.pixels_per_m * 10
    breaks = breaks_of(model)
    shades = shades_of(breaks)
    window = shapely.box(*frame.bounds())
    ground = window if model.land is None else shapely.intersection(model.land, window)
    around = shapely.difference(shapely.intersection(model.settlements, window), model.outline)
    inside = shapely.intersection(model.settlements, model.outline)
    corner = f"translate({box.left:g} {box.top:g}) scale({scale:.6f})"
    return [
        _hatching(f"{ident}-withheld", scale),
        _hatching(f"{ident}-key", 1.0),
        (
            f'<rect x="{box.left:g}" y="{box.top:g}" width="{box.right - box.left:g}" '
            f'height="{box.bottom - box.top:g}" fill="{SEA}" stroke="#8a8f94"/>'
        ),
        f'<g transform="{corner}" stroke-linejoin="round" fill-rule="evenodd">',
        f'<path fill="{LAND}" d="{_path(ground, frame)}"/>',
        f'<path fill="{BUILT}" d="{_path(around, frame)}"/>',
        *(_area(area, frame, ident, breaks, shades) for area in model.areas),
        (
            f'<path fill="none" stroke="#ffffff" stroke-opacity="0.6" stroke-width="{0.8 / scale:.3f}" '
            f'stroke-dasharray="{2.2 / scale:.3f}" d="{_path(inside, frame)}"/>'
        ),
        (
            f'<path fill="none" stroke="{INK}" stroke-width="{2 / scale:.3f}" '
            f'd="{_path(model.outline, frame)}"/>'
        ),
        "</g>",
    ]


def _hatching(ident: str, scale: float) -> str:
    """Stripes of the same width in pixels, to be used where the drawing is scaled so."""
    return (
        f'<defs><pattern id="{ident}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({1 / scale:.4f}) rotate(45)"><rect width="7" height="7" '
        'fill="#ffffff"/><rect width="2.6" height="7" fill="#9a9fa3"/></pattern></defs>'
    )


def _area(
    area: Area, frame: Frame, ident: str, breaks: Sequence[float], shades: Sequence[str]
) -> str:
    scale = frame.pixels_per_m * 10
    if area.withheld:
        fill, says = f"url(#{ident}-withheld)", "not shown"
    elif area.value is None:
        fill, says = NOTHING, "none"
    else:
        fill = shades[int(np.searchsorted(breaks, area.value, side="right"))]
        says = figure(area.value)
    return (
        f'<path fill="{fill}" stroke="#ffffff" stroke-width="{1 / scale:.3f}" '
        f'd="{_path(area.geometry, frame)}"><title>{escape(area.name)}: {says}</title></path>'
    )


def _path(geometry: BaseGeometry, frame: Frame) -> str:
    """Write polygons in tens of metres from the window's corner, each step from the last point."""
    parts = []
    for polygon in shapely.get_parts(shapely.get_parts(geometry)):
        if not isinstance(polygon, shapely.Polygon):
            continue
        for ring in (polygon.exterior, *polygon.interiors):
            points = shapely.get_coordinates(ring) - (frame.west, frame.north)
            steps = np.round(points / (10, -10)).astype(int)
            moves = np.diff(steps, axis=0)[:-1]
            moves = moves[(moves != 0).any(axis=1)]
            rest = " ".join(f"{x} {y}" for x, y in moves)
            parts.append(f"M{steps[0, 0]} {steps[0, 1]}l{rest}z" if rest else "")
    return "".join(parts)


def _scale_km(frame: Frame) -> float:
    """Return a round length for the scale bar, about a sixth of the window."""
    return nice(MAP_WIDTH / frame.pixels_per_m / 1000 / 5)


def _scale_box(model: MapModel, frame: Frame, sites: Sequence[Site]) -> Box:
    """Return the corner of the window for scale and north: where they hide least."""
    box = frame.box
    wide, high = 74 + _scale_km(frame) * 1000 * frame.pixels_per_m, 36
    corners = [
        Box(left, top, left + wide, top + high)
        for left in (box.left + 8, box.right - wide - 8)
        for top in (box.bottom - high - 8, box.top + 8)
    ]
    ranked = [(_hidden(model, frame, sites, corner), n) for n, corner in enumerate(corners)]
    return corners[min(ranked)[1]]


def _hidden(model: MapModel, frame: Frame, sites: Sequence[Site], corner: Box) -> float:
    """Measure what a corner hides: the council's area, and symbols."""
    per_m, box = frame.pixels_per_m, frame.box
    west, east = (frame.west + (x - box.left) / per_m for x in (corner.left, corner.right))
    north, south = (frame.north - (y - box.top) / per_m for y in (corner.top, corner.bottom))
    under = shapely.intersection(model.outline, shapely.box(west, south, east, north)).area
    near = Box(corner.left - 14, corner.top - 14, corner.right + 14, corner.bottom + 14)
    points = (Box(*site.spot, *site.spot) for site in sites)
    return float(under * per_m**2) + 1000 * sum(near.meets(point) for point in points)


def _scale(frame: Frame, box: Box) -> list[str]:
    """North arrow and scale bar."""
    km = _scale_km(frame)
    long = km * 1000 * frame.pixels_per_m
    x, y = box.left + 38, box.bottom - 12
    marks = "".join(
        f'<text x="{x + long * end / km:.1f}" y="{y - 7:g}" font-size="10" fill="{INK}" '
        f'text-anchor="middle">{figure(end)}{" km" if end == km else ""}</text>'
        for end in (0, km / 2, km)
    )
    return [
        (
            f'<rect x="{box.left:g}" y="{box.top:g}" width="{box.right - box.left:.1f}" '
            f'height="{box.bottom - box.top:g}" fill="#ffffff" fill-opacity="0.88"/>'
        ),
        (
            f'<g transform="translate({box.left + 15:g} {box.top + 5:g})" fill="{INK}">'
            '<path d="M0 10l5.5 17l-5.5 -4l-5.5 4z"/><text y="8" font-size="10" '
            'text-anchor="middle" font-weight="bold">N</text></g>'
        ),
        f'<rect x="{x:g}" y="{y - 3:g}" width="{long / 2:.1f}" height="6" fill="{INK}"/>',
        (
            f'<rect x="{x:g}" y="{y - 3:g}" width="{long:.1f}" height="6" fill="none" '
            f'stroke="{INK}"/>{marks}'
        ),
    ]
