"""OS OpenMap Local as GeoJSON: what is joined, how fast it is driven, and files that are something else."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geodata.grid import to_wgs84
from geodata.network import RoadFileError, journeys, snap
from geodata.roads import read_network
from geodata.speeds import ROAD_CLASSES, SPEED_FACTOR, speeds_by_class

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: West to east 2 km of A road with a vertex at 1 km, where a lane goes north; a bridge crosses at 1.5 km.
TOWN: list[tuple[str, list[tuple[float, float]]]] = [
    ("A Road", [(0, 0), (1000, 0), (1500, 0), (2000, 0)]),
    ("Local Road", [(1000, 0), (1000, 1000)]),
    ("B Road", [(1500, -500), (1500, 0), (1500, 500)]),
    ("Pedestrianised Street", [(2000, 0), (2000, 1000)]),
]
CORNER = np.array([375_000.0, 160_000.0])
MPH = 1.609344


def geojson(
    folder: Path,
    roads: list[tuple[str, list[tuple[float, float]]]] = TOWN,
    *,
    degrees: bool = False,
    column: str = "classifica",
) -> Path:
    features = []
    for kind, points in roads:
        places = CORNER + np.array(points)
        if degrees:
            lat, lon = to_wgs84(places[:, 0], places[:, 1])
            places = np.column_stack([lon, lat])
        line = {"type": "LineString", "coordinates": places.tolist()}
        features.append({"type": "Feature", "properties": {column: kind}, "geometry": line})
    path = folder / "roads.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def spot(*points: tuple[float, float]) -> NDArray[np.float64]:
    return CORNER + np.array(points, dtype=np.float64)


@pytest.mark.parametrize("degrees", [False, True])
def test_a_side_road_joins_and_a_bridge_does_not(tmp_path: Path, *, degrees: bool) -> None:
    network = read_network(geojson(tmp_path, degrees=degrees))
    assert len(network.points) == 5 + 3
    found = journeys(network, spot((0, 0)), spot((1000, 1000), (1500, 500), (2100, 50)))
    assert found.km[0] == pytest.approx([2, np.inf, 2 + 0.0125**0.5], rel=0.002)
    a_road, local = 37 * MPH, 30 * MPH
    assert found.minutes[0, 0] == pytest.approx(60 / a_road + 60 / local, rel=0.002)
    back = journeys(network, spot((1000, 1000)), spot((0, 0)))
    assert back.minutes[0, 0] == pytest.approx(found.minutes[0, 0], rel=0.001)


def test_lines_in_several_parts_closed_lines_and_heights(tmp_path: Path) -> None:
    east = [[375_000, 160_000, 5], [376_000, 160_000, 5]]
    parts = [east, [[376_000, 160_000], [376_000, 161_000]]]
    ring = [[376_000, 161_000], [376_100, 161_000], [376_100, 161_100], [376_000, 161_000]]
    shapes: list[dict[str, object] | None] = [
        {"type": "MultiLineString", "coordinates": parts},
        {"type": "LineString", "coordinates": ring},
        {"type": "Point", "coordinates": [0, 0]},
        None,
    ]
    kind = {"classifica": "Minor Road"}
    features = [{"properties": kind, "geometry": shape} for shape in shapes]
    path = tmp_path / "roads.geojson"
    path.write_text(json.dumps({"features": features}))
    found = journeys(read_network(path), spot((0, 0)), spot((1100, 1100)))
    assert found.km[0, 0] == pytest.approx(2 + 0.1 * 2**0.5, rel=0.002)


def test_speeds_of_the_users_own_and_of_dual_carriageways(tmp_path: Path) -> None:
    line = [(0.0, 0.0), (1000.0, 0.0)]
    dual = "Minor Road, Collapsed Dual Carriageway"
    for kind, kph, own in (
        ("Local Road", 20, {"Local Road": 20.0}),
        ("A Road, Collapsed Dual Carriageway", 50 * MPH, None),
        (dual, 30 * MPH, None),
    ):
        path = geojson(tmp_path, [(kind, line)], column="classification")
        found = journeys(read_network(path, speeds_kph=own), spot((0, 0)), spot((1000, 0)))
        assert found.minutes[0, 0] == pytest.approx(60 / kph, rel=0.002)


def test_the_share_of_free_flow_is_taken_off_and_said(tmp_path: Path) -> None:
    network = read_network(geojson(tmp_path))
    free, driven = (
        journeys(each, spot((0, 0)), spot((2000, 0))) for each in (network, network.driven_at(0.7))
    )
    assert driven.minutes / free.minutes == pytest.approx(1 / 0.7, rel=1e-3)
    assert driven.km == pytest.approx(free.km)
    assert "free-flow speeds x 0.7" in driven.method
    with pytest.raises(ValueError, match="more than 0"):
        network.driven_at(0)


def test_every_speed_has_a_source_and_the_factor_lies_between_the_published_ratios() -> None:
    assert all(row.source and 5 <= row.free_flow_mph <= 70 for row in ROAD_CLASSES)
    free_flow = 3600 / (3600 / 24.9 - 47.3)
    assert round(free_flow) == 37
    assert 24.9 / free_flow <= SPEED_FACTOR <= 59.0 / (3600 / (3600 / 59.0 - 9.4))
    assert speeds_by_class({"A Road": 30})["a road"] == 30


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"type": "FeatureCollection", "features": [', "cut short"),
        ('{"type": "Topology"}', "cut short or no GeoJSON"),
        ('{"features": {}}', "no GeoJSON"),
        ('{"features": []}', "no lines"),
        ('{"features": [{"geometry": {"type": "LineString"}, "properties": {}}]}', "without coord"),
        ('{"features": [7]}', "without coordinates"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "roads.json"
    path.write_text(text)
    with pytest.raises(RoadFileError, match=words) as caught:
        read_network(path)
    assert "roads.json" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "points", "words"),
    [
        ("", [(0, 0), (9, 9)], "without a class"),
        ("Railway", [(0, 0), (9, 9)], '"railway", whose speed'),
        ("A Road", [(-800_000, 0), (9, 9)], "neither in degrees"),
        ("A Road", [(0, 0), (float("nan"), 9)], "without coordinates"),
        ("A Road", [(0, 0), (0, 0)], "no road that a car"),
        ("Pedestrianised Street", [(0, 0), (9, 9)], "no lines"),
    ],
)
def test_roads_that_cannot_be_used(
    tmp_path: Path, kind: str, points: list[tuple[float, float]], words: str
) -> None:
    with pytest.raises(RoadFileError, match=words):
        read_network(geojson(tmp_path, [(kind, points)]))


def test_packed_and_cut_short(tmp_path: Path) -> None:
    packed = gzip.compress(geojson(tmp_path).read_bytes())
    path = tmp_path / "packed.geojson.gz"
    path.write_bytes(packed)
    assert len(read_network(path).points) == 8
    path.write_bytes(packed[:-20])
    with pytest.raises(RoadFileError, match="cut short"):
        read_network(path)


def test_the_roads_of_bath_and_north_east_somerset(open_data: Path) -> None:
    network = read_network(open_data / "roads" / "banes_os_openmap_local_roads_2017.geojson")
    assert network.decimetres.sum() / 2e4 == pytest.approx(1304, rel=0.01)  # both ways, km
    assert 0.98 < len(network.usable) / len(network.points) < 1  # islands are passed over
    sample = network.points[network.usable][::500]
    found = journeys(network, sample, sample)
    assert found.reachable.all()
    assert found.minutes == pytest.approx(found.minutes.T, abs=1e-6)
    assert snap(network, network.points).moved.sum() == len(network.points) - len(network.usable)
