"""What lies under a map: sea, land, settlements, areas, water, roads and the council's outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from sufficiency.maps.classes import figure
from sufficiency.maps.frame import area_path, line_path
from sufficiency.maps.key import NOTHING, breaks_of, ident_of, shades
from sufficiency.maps.lettering import Box, escape, width
from sufficiency.maps.sites import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.maps.frame import Frame
    from sufficiency.maps.model import Area, MapModel, Road

SEA, LAND, BUILT, WATER = "#d6e6f2", "#f4f2ec", "#dfd9ce", "#a9cbe4"
#: Minor roads are drawn on maps of at most so many metres across.
MINOR_M = 32_000.0
SHIELD_LETTER = 9.0
#: Shields of one road stand at least so far apart.
SHIELDS_APART = 190.0


class Look(NamedTuple):
    """How roads of a class are drawn: their ink and width, and the width of the casing below it (0: none)."""

    ink: str
    wide: float
    casing: float
    shield: str
    letters: str


LOOKS = {
    "minor": Look("#c9c3b7", 0.7, 0.0, "", ""),
    "b": Look("#a8926b", 1.1, 2.6, "", ""),
    "a": Look("#a5472c", 1.6, 3.6, "#ffffff", "#7d2f18"),
    "motorway": Look("#1f5fa8", 2.4, 4.8, "#1f5fa8", "#ffffff"),
}


def draw_ground(model: MapModel, frame: Frame) -> list[str]:
    """Draw all that lies under symbols and lettering, each in a group of its own."""
    ident, box, scale = ident_of(model), frame.box, frame.scale
    window = shapely.box(*frame.bounds())
    ground = window if model.land is None else shapely.intersection(model.land, window)
    built = shapely.intersection(model.settlements, window)
    around, inside = (
        shapely.difference(built, model.outline),
        shapely.intersection(built, model.outline),
    )
    corner = f"translate({box.left:g} {box.top:g}) scale({scale:.6f})"
    edge = "#b4b8bc" if model.is_change else "#ffffff"  # what is the same is all but white
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in model.data.items())
    return [
        _hatching(f"{ident}-withheld", scale),
        _hatching(f"{ident}-key", 1.0),
        (
            f'<rect class="sea" x="{box.left:g}" y="{box.top:g}" width="{box.right - box.left:g}" '
            f'height="{box.bottom - box.top:g}" fill="{SEA}"/>'
        ),
        f'<g transform="{corner}" stroke-linejoin="round" stroke-linecap="round" fill-rule="evenodd">',
        f'<path class="land" fill="{LAND}" d="{area_path(ground, frame)}"/>',
        f'<path class="built" fill="{BUILT}" d="{area_path(around, frame)}"/>',
        f'<g id="{ident}-areas" class="areas" stroke="{edge}" stroke-width="{1 / scale:.3f}"{data}>',
        *_areas(model, frame),
        "</g>",
        (
            f'<path class="settlements" fill="none" stroke="#ffffff" stroke-opacity="0.7" '
            f'stroke-width="{0.8 / scale:.3f}" stroke-dasharray="{2 / scale:.3f}" '
            f'd="{area_path(inside, frame)}"/>'
        ),
        *_water(model, frame, window),
        *_roads(model.roads, frame, window),
        (
            f'<path class="outline" fill="none" stroke="{INK}" stroke-width="{1.8 / scale:.3f}" '
            f'd="{area_path(model.outline, frame)}"/>'
        ),
        "</g>",
    ]


def _hatching(ident: str, scale: float) -> str:
    """Stripes of the same width in print, to be used where the drawing is scaled so."""
    return (
        f'<defs><pattern id="{ident}" width="7" height="7" patternUnits="userSpaceOnUse" '
        f'patternTransform="scale({1 / scale:.4f}) rotate(45)"><rect width="7" height="7" '
        'fill="#ffffff"/><rect width="2.4" height="7" fill="#a4a9ad"/></pattern></defs>'
    )


def _areas(model: MapModel, frame: Frame) -> list[str]:
    breaks, colours, ident = breaks_of(model), shades(model), ident_of(model)
    return [
        _area(area, frame, *_look(area, model, ident, breaks, colours))
        for area in sorted(model.areas, key=lambda area: area.name)
    ]


def _look(
    area: Area, model: MapModel, ident: str, breaks: Sequence[float], colours: Sequence[str]
) -> tuple[str, str, str]:
    """Return an area's fill, its data, and what is said of it."""
    if not model.is_shaded:
        return "#fbfaf7", "", ""
    if area.withheld:
        return f"url(#{ident}-withheld)", ' data-state="withheld"', "not shown"
    if area.value is None:
        return NOTHING, ' data-state="none"', model.empty_words
    fill = colours[int(np.searchsorted(breaks, area.value, side="right"))]
    return fill, f' data-value="{area.value:g}"', figure(area.value)


def _area(area: Area, frame: Frame, fill: str, data: str, says: str) -> str:
    edge = "" if says else ' stroke="#b9b4a8"'
    title = f"{area.name}: {says}" if says else area.name
    return (
        f'<path fill="{fill}"{edge} data-area="{escape(area.name)}"{data} '
        f'd="{area_path(area.geometry, frame)}"><title>{escape(title)}</title></path>'
    )


def _water(model: MapModel, frame: Frame, window: shapely.Polygon) -> list[str]:
    seen = shapely.intersection(model.water, window)
    if seen.is_empty:
        return []
    wide = 1.6 / frame.scale
    return [
        f'<path class="water" fill="{WATER}" d="{area_path(seen, frame)}"/>',
        (
            f'<path class="water" fill="none" stroke="{WATER}" stroke-width="{wide:.3f}" '
            f'd="{line_path(seen, frame)}"/>'
        ),
    ]


def seen_roads(roads: Sequence[Road], frame: Frame) -> list[Road]:
    """Return the roads that a map of this size shows, the least important first."""
    west, _, east, _ = frame.bounds()
    order = list(LOOKS)
    shown = [r for r in roads if r.kind != "minor" or east - west <= MINOR_M]
    return sorted(shown, key=lambda road: (order.index(road.kind), road.number))


def _roads(roads: Sequence[Road], frame: Frame, window: shapely.Polygon) -> list[str]:
    """Draw roads by class: casings below all inks, so that they join."""
    by_kind: dict[str, str] = {}
    for road in seen_roads(roads, frame):
        simple = shapely.simplify(shapely.intersection(road.geometry, window), 12.0)
        by_kind[road.kind] = by_kind.get(road.kind, "") + line_path(simple, frame)
    passes = [("casing", "#ffffff", 0.85), ("ink", "", 1.0)]
    drawn = [
        f'<path class="{kind} {part}" stroke="{colour or LOOKS[kind].ink}" '
        f'stroke-opacity="{opacity:g}" stroke-width="{wide / frame.scale:.3f}" d="{path}"/>'
        for part, colour, opacity in passes
        for kind, path in by_kind.items()
        if path and (wide := LOOKS[kind].casing if part == "casing" else LOOKS[kind].wide)
    ]
    return ['<g class="roads" fill="none">', *drawn, "</g>"] if drawn else []


def draw_shields(
    roads: Sequence[Road], frame: Frame, taken: Sequence[Box]
) -> tuple[list[str], list[Box]]:
    """Return the numbers of roads, where there is room, as shields, and the boxes of these."""
    window = shapely.box(*frame.bounds())
    drawn: list[str] = []
    boxes: list[Box] = []
    for road in reversed(seen_roads(roads, frame)):
        look = LOOKS[road.kind]
        if not look.shield or not road.number:
            continue
        own: list[Box] = []
        for spot in _spots(shapely.intersection(road.geometry, window), frame):
            box = _shield_box(road.number, spot)
            far = all(np.hypot(box.left - b.left, box.top - b.top) > SHIELDS_APART for b in own)
            if far and frame.box.holds(box) and not any(box.meets(b) for b in (*taken, *boxes)):
                own.append(box)
                boxes.append(box)
                drawn.append(_shield(road.number, spot, box, look))
    return drawn, boxes


def _spots(geometry: shapely.Geometry, frame: Frame) -> list[tuple[float, float]]:
    """Return places along roads, from the middle of the longest outwards."""
    merged = shapely.line_merge(shapely.MultiLineString(_lines(geometry)))
    parts = sorted(_lines(merged), key=lambda line: (-line.length, line.wkt))
    return [
        frame.pixel(
            *shapely.get_coordinates(shapely.line_interpolate_point(line, share, normalized=True))[
                0
            ]
        )
        for line in parts[:6]
        for share in (0.5, 0.35, 0.65, 0.2, 0.8)
        if line.length * frame.pixels_per_m > 25
    ]


def _lines(geometry: shapely.Geometry) -> list[shapely.LineString]:
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if isinstance(part, shapely.LineString)]


def _shield_box(number: str, spot: tuple[float, float]) -> Box:
    half = width(number, SHIELD_LETTER, "semibold") / 2 + 3
    return Box(spot[0] - half, spot[1] - 6.5, spot[0] + half, spot[1] + 6.5)


def _shield(number: str, spot: tuple[float, float], box: Box, look: Look) -> str:
    return (
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}" height="13" '
        f'rx="2" fill="{look.shield}" stroke="{look.ink}" stroke-width="0.8"/>'
        f'<text x="{spot[0]:.1f}" y="{spot[1] + 3.2:.1f}" font-size="{SHIELD_LETTER:g}" '
        f'font-weight="600" text-anchor="middle" fill="{look.letters}">{escape(number)}</text>'
    )
