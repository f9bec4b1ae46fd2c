"""What the page's map is drawn on: the council's own base, as paths in metres, x eastwards and y southwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from sufficiency.maps.base import Base

#: Points are rounded to so many metres, and lines simplified by them.
STEP_M = 10
#: Room round the council, as a share of its longer side.
ROOM = 0.06
NO_MAP: dict[str, Any] = {"ready": True, "view": None, "credit": "", "outline": "", "land": "", "settlements": "",
                          "water": "", "areas": [], "roads": [], "towns": []}  # fmt: skip


def ground(base: Base | None, geography: str) -> dict[str, Any]:
    """Return the shapes of a council for the page.

    Parameters
    ----------
    geography
        Of whose areas the layers tell.
    """
    if base is None:
        return NO_MAP
    window = _window(base.outline)
    return {
        "ready": True,
        "view": [window[0], -window[3], window[2] - window[0], window[3] - window[1]],
        "credit": base.credit,
        "outline": path(base.outline),
        "land": path(_seen(base.land, window)) if base.land is not None else "",
        "settlements": path(_seen(base.settlements, window)),
        "water": path(_seen(base.water, window)),
        "areas": [
            {"key": name, "d": path(shape)}
            for name, shape in sorted(base.shapes(geography).items())
        ],
        "roads": [
            {"kind": road.kind, "number": road.number, "d": path(_seen(road.geometry, window))}
            for road in base.roads
        ],
        "towns": [
            {"name": town.name, "x": town.easting_m, "y": -town.northing_m} for town in base.towns
        ],
    }


def _window(outline: BaseGeometry) -> list[float]:
    west, south, east, north = shapely.bounds(outline).tolist()
    room = ROOM * max(east - west, north - south)
    return [round(edge) for edge in (west - room, south - room, east + room, north + room)]


def _seen(geometry: BaseGeometry, window: list[float]) -> BaseGeometry:
    west, south, east, north = window
    room = (east - west) / 2
    wide = shapely.Polygon.from_bounds(west - room, south - room, east + room, north + room)
    seen: BaseGeometry = shapely.simplify(shapely.intersection(geometry, wide), STEP_M)
    return seen


def path(geometry: BaseGeometry) -> str:
    """Write polygons and lines as an SVG path, each point by its step from the last."""
    parts = []
    for part in shapely.get_parts(shapely.get_parts(geometry)):
        if isinstance(part, shapely.Polygon):
            rings = (part.exterior, *part.interiors)
            parts += [_moves(shapely.get_coordinates(ring)[:-1], "z") for ring in rings]
        elif isinstance(part, shapely.LineString):
            parts.append(_moves(shapely.get_coordinates(part), ""))
    return "".join(parts)


def _moves(points: np.ndarray[tuple[int, int], np.dtype[np.float64]], end: str) -> str:
    rounded = (np.round(points / (STEP_M, -STEP_M)) * STEP_M).astype(int)
    moves = np.diff(rounded, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    if not len(moves):
        return ""
    rest = " ".join(f"{x} {y}" for x, y in moves)
    return f"M{rounded[0, 0]} {rounded[0, 1]}l{rest}{end}".replace(" -", "-")
