"""Roads to be drawn: lines by class and number, from the same files that journeys are measured on.

OS OpenMap Local has classes and numbers; GraphML and OpenStreetMap XML have both where their edges carry ``highway``
and ``ref`` (a file fetched by this tool has no numbers).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geodata.grid import to_grid
from geodata.network import RoadFileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

#: Classes to draw, the least important first.
CLASSES = ("minor", "b", "a", "motorway")
_OS_KIND = re.compile(r"(motorway)|(primary|a) road|(b) road", re.IGNORECASE)
_OSM_KIND = re.compile(r"(motorway)|(trunk|primary)|(secondary)")
_NUMBER = re.compile(r"[ABM]\d{1,4}(\(M\))?")


def read_lines(path: Path) -> dict[tuple[str, str], BaseGeometry]:
    """Return roads by class (of `CLASSES`) and number ("" without), on the National Grid.

    Raises
    ------
    RoadFileError
        When the file is missing, of another kind, or holds no roads.
    """
    from geodata.roads import read_graph, unpacked

    head = unpacked(path, 4096).decode("utf-8", errors="replace")
    if head.lstrip("\ufeff \r\n\t").startswith("{"):
        found = list(_of_os(path, unpacked(path)))
    else:
        found = list(_of_graph(read_graph(path, head)))
    together: dict[tuple[str, str], list[shapely.LineString]] = defaultdict(list)
    for kind, number, points in found:
        if len(points) > 1:
            together[kind, number].append(shapely.LineString(points))
    if not together:
        raise RoadFileError(f"{path.name} holds no roads that can be drawn")
    return {
        key: shapely.line_merge(shapely.MultiLineString(lines))
        for key, lines in sorted(together.items())
    }


def kind_of(name: str, pattern: re.Pattern[str] = _OS_KIND) -> str:
    """Return the class to draw of what a file calls a road."""
    found = pattern.match(name)
    if found is None:
        return "minor"
    return ("motorway", "a", "b")[next(n for n, part in enumerate(found.groups()) if part)]


def number_of(text: str) -> str:
    """Return the first road number in a text: "A36" of "A36;E30"."""
    found = _NUMBER.search(text.upper().replace(" ", ""))
    return found[0] if found else ""


def _of_os(path: Path, text: bytes) -> Iterator[tuple[str, str, Any]]:
    """Yield class, number and points of OpenMap Local as GeoJSON."""
    try:
        features = json.loads(text)["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise RoadFileError(f"{path.name} is cut short or no GeoJSON of roads") from error
    for feature in features:
        shape, about = feature.get("geometry") or {}, feature.get("properties") or {}
        name = str(about.get("classifica") or about.get("classification") or "")
        number = number_of(str(about.get("roadnumber") or about.get("roadNumber") or ""))
        lines = shape.get("coordinates", [])
        for line in lines if shape.get("type") == "MultiLineString" else [lines]:
            points = np.asarray(line, np.float64).reshape(-1, len(line[0]) if line else 2)[:, :2]
            if len(points) and np.abs(points).max() <= 180:
                points = np.column_stack(to_grid(lat=points[:, 1], lon=points[:, 0]))
            yield kind_of(name, _OS_KIND), number, points


def _of_graph(graph: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - networkx
    """Yield class, number and points of a graph's edges, each way once."""
    from pyproj import Transformer

    to_metres = Transformer.from_crs(str(graph.graph["crs"]), "EPSG:27700", always_xy=True)
    seen: set[tuple[str, str]] = set()
    for tail, head, tags in graph.edges(data=True):
        ends = (str(tail), str(head))
        if (ends[1], ends[0]) in seen:
            continue
        seen.add(ends)
        line = tags.get("geometry")
        points = (
            shapely.get_coordinates(line)
            if line is not None
            else np.array([[graph.nodes[n][axis] for axis in "xy"] for n in (tail, head)], float)
        )
        yield (
            kind_of(_first(tags, "highway"), _OSM_KIND),
            number_of(_first(tags, "ref")),
            np.column_stack(to_metres.transform(points[:, 0], points[:, 1])),
        )


def _first(tags: Mapping[str, Any], name: str) -> str:
    """Return a tag's first value: osmnx makes a list of them where it joined several ways."""
    value = tags.get(name, "")
    return str(value[0]) if isinstance(value, list) and value else str(value or "")
