"""Scale bar and north arrow, in the corner of a map where they hide least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from sufficiency.maps.classes import figure, nice
from sufficiency.maps.frame import MAP_WIDTH
from sufficiency.maps.lettering import Box
from sufficiency.maps.sites import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from sufficiency.maps.frame import Frame
    from sufficiency.maps.sites import Site


def scale_box(outline: BaseGeometry, frame: Frame, sites: Sequence[Site]) -> Box:
    """Return the corner of the window for scale and north: where they hide least."""
    box = frame.box
    wide, high = 74 + scale_km(frame) * 1000 * frame.pixels_per_m, 36
    corners = [
        Box(left, top, left + wide, top + high)
        for left in (box.left + 8, box.right - wide - 8)
        for top in (box.bottom - high - 8, box.top + 8)
    ]
    ranked = [(_hidden(outline, frame, sites, corner), n) for n, corner in enumerate(corners)]
    return corners[min(ranked)[1]]


def scale_km(frame: Frame) -> float:
    """Return a round length for the scale bar, at most a fifth of the window."""
    return nice(MAP_WIDTH / frame.pixels_per_m / 1000 / 5)


def _hidden(outline: BaseGeometry, frame: Frame, sites: Sequence[Site], corner: Box) -> float:
    """Measure what a corner hides: the council's area, and symbols."""
    per_m, box = frame.pixels_per_m, frame.box
    west, east = (frame.west + (x - box.left) / per_m for x in (corner.left, corner.right))
    north, south = (frame.north - (y - box.top) / per_m for y in (corner.top, corner.bottom))
    under = shapely.intersection(outline, shapely.box(west, south, east, north)).area
    near = Box(corner.left - 14, corner.top - 14, corner.right + 14, corner.bottom + 14)
    points = (Box(*site.spot, *site.spot) for site in sites)
    return float(under * per_m**2) + 1000 * sum(near.meets(point) for point in points)


def draw_scale(frame: Frame, box: Box) -> list[str]:
    """North arrow and scale bar."""
    km = scale_km(frame)
    long = km * 1000 * frame.pixels_per_m
    x, y = box.left + 38, box.bottom - 12
    marks = "".join(
        f'<text x="{x + long * end / km:.1f}" y="{y - 7:g}" font-size="11" fill="{INK}" '
        f'text-anchor="middle">{figure(end)}{" km" if end == km else ""}</text>'
        for end in (0, km / 2, km)
    )
    return [
        (
            f'<rect x="{box.left:.1f}" y="{box.top:g}" width="{box.right - box.left:.1f}" '
            f'height="{box.bottom - box.top:g}" rx="3" fill="#ffffff" fill-opacity="0.9"/>'
        ),
        (
            f'<g transform="translate({box.left + 15:.1f} {box.top + 5:g})" fill="{INK}">'
            '<path d="M0 10l5.5 17l-5.5 -4l-5.5 4z"/><text y="8" font-size="11" '
            'text-anchor="middle" font-weight="600">N</text></g>'
        ),
        f'<rect x="{x:.1f}" y="{y - 3:g}" width="{long / 2:.1f}" height="6" fill="{INK}"/>',
        (
            f'<rect x="{x:.1f}" y="{y - 3:g}" width="{long:.1f}" height="6" fill="none" '
            f'stroke="{INK}"/>{marks}'
        ),
    ]
