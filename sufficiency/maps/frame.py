"""The window of a map, and geometry written in steps of ten metres from its corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from sufficiency.maps.lettering import Box

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

#: Widths in units of the drawing; printed 180 mm wide, 12 units are 7.3 points.
WIDTH, MAP_WIDTH, MARGIN = 840.0, 592.0, 16.0
TALLEST, LOWEST = 720.0, 400.0
STEP_M = 10.0


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

    @property
    def scale(self) -> float:
        """Units of the drawing to a step of ten metres."""
        return self.pixels_per_m * STEP_M


def fit(outline: BaseGeometry, top: float) -> Frame:
    """Fit an outline, with room round it, into the window."""
    west, south, east, north = shapely.bounds(outline)
    room = 0.045 * max(east - west, north - south)
    wide, high = east - west + 2 * room, north - south + 2 * room
    tall = float(np.clip(MAP_WIDTH * high / wide, LOWEST, TALLEST))
    scale = min(MAP_WIDTH / wide, tall / high)
    box = Box(MARGIN, top, MARGIN + MAP_WIDTH, top + tall)
    left = (west + east - MAP_WIDTH / scale) / 2
    return Frame(box, left, (south + north + tall / scale) / 2, scale)


def area_path(geometry: BaseGeometry, frame: Frame) -> str:
    """Write polygons in steps from the window's corner, each from the last point."""
    parts = []
    for polygon in shapely.get_parts(shapely.get_parts(geometry)):
        if isinstance(polygon, shapely.Polygon):
            parts += [
                _moves(shapely.get_coordinates(ring)[:-1], frame, "z")
                for ring in (polygon.exterior, *polygon.interiors)
            ]
    return "".join(parts)


def line_path(geometry: BaseGeometry, frame: Frame) -> str:
    """Write lines in steps from the window's corner, each from the last point."""
    lines = shapely.get_parts(shapely.get_parts(geometry))
    return "".join(
        _moves(shapely.get_coordinates(line), frame, "")
        for line in lines
        if isinstance(line, shapely.LineString)
    )


def _moves(
    points: np.ndarray[tuple[int, int], np.dtype[np.float64]], frame: Frame, end: str
) -> str:
    """Write a line by its steps; nothing where it is less than one step long."""
    rounded = np.round((points - (frame.west, frame.north)) / (STEP_M, -STEP_M)).astype(int)
    moves = np.diff(rounded, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    if not len(moves):
        return ""
    rest = " ".join(f"{x} {y}" for x, y in moves).replace(" -", "-")
    return f"M{rounded[0, 0]} {rounded[0, 1]}l{rest}{end}".replace(" -", "-")
