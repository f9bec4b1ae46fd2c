"""Outline, areas and settlements from postcodes: a made-up coast, and real councils."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.areas import Geography, draw, from_directory
from geodata.grid import to_grid
from geodata.postcodes import Directory, sector

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry


def grid(east: range, north: range) -> NDArray[np.float64]:
    """Places 200 m apart, moved a little so that no four stand on one circle."""
    places = np.array([(e, n) for e in east for n in north], dtype=float)
    moved: NDArray[np.float64] = np.sin(np.arange(2 * len(places))).reshape(-1, 2) * 20
    return places * 200 + 400_000 + moved


def two_towns() -> Geography:
    """A council west of 402 000 with two sectors, a neighbour east of it, and an island far off."""
    main, island = grid(range(20), range(20)), np.array([[420_000.0, 400_000.0]])
    points = np.vstack([main, island])
    district = np.where(points[:, 0] < 402_000, "E1", "E2")
    district[-1] = "E1"
    names = np.where(points[:, 1] < 402_000, "AB1 1AA", "AB1 2AA")
    names[-1] = "AB9 9AA"
    return draw(names, points[:, 0], points[:, 1], district, {"E1"})


@lru_cache(maxsize=1)
def directory() -> pd.DataFrame:
    """The whole country."""
    return Directory.bundled(None).frame


@lru_cache(maxsize=3)
def council(code: str) -> Geography:
    drawn = from_directory(directory(), [code])
    assert drawn is not None
    return drawn


def overlap(one: BaseGeometry, other: BaseGeometry) -> float:
    return float(one.intersection(other).area / one.union(other).area)


def boundary(file: Path, name: str = "") -> BaseGeometry:
    features = json.loads(file.read_text())["features"]
    wanted = next(f for f in features if not name or f["properties"]["name"] == name)
    shape = shapely.from_geojson(json.dumps(wanted["geometry"]))
    return shapely.transform(shape, lambda xy: np.column_stack(to_grid(xy[:, 1], xy[:, 0])))


def holes(shape: BaseGeometry) -> int:
    return sum(len(part.interiors) for part in shapely.get_parts(shape))


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [("ba12ab", "BA1 2"), ("SW1A 1AA", "SW1A 1"), (" n1 9gu ", "N1 9"), ("", ""), ("BA1", "")],
)
def test_sector(postcode: str, expected: str) -> None:
    assert sector(postcode) == expected


def test_two_towns_are_cut_where_they_meet_and_keep_their_island() -> None:
    drawn = two_towns()
    assert set(drawn.areas) == {"AB1 1", "AB1 2", "AB9 9"}
    main = shapely.box(400_000, 400_000, 401_900, 403_800)
    assert overlap(drawn.outline.intersection(shapely.box(0, 0, 410_000, 500_000)), main) > 0.7
    assert shapely.area(drawn.areas["AB9 9"]) == pytest.approx(np.pi * 170**2, rel=0.2)
    assert drawn.outline.area == pytest.approx(sum(a.area for a in drawn.areas.values()))


def test_coordinates_are_whole_tens_of_metres() -> None:
    drawn = two_towns()
    for shape in (drawn.outline, drawn.settlements, drawn.land, *drawn.areas.values()):
        assert (shapely.get_coordinates(shape) % 10 == 0).all()
        assert shape.is_valid


def test_the_area_of_a_point_is_that_of_the_nearest_postcode() -> None:
    east = [400_500, 400_500, 403_500, 420_000, np.nan]
    north = [400_500, 403_500, 400_500, 400_000, 400_000]
    found = two_towns().area_at(east, north)
    assert found.tolist() == ["AB1 1", "AB1 2", "", "AB9 9", ""]


def test_the_order_of_postcodes_changes_nothing() -> None:
    points = grid(range(12), range(12))
    names = np.where(points[:, 1] < 401_000, "AB1 1AA", "AB1 2AA")
    district = np.where(points[:, 0] < 401_000, "E1", "E2")
    order = np.random.default_rng(1).permutation(len(points))
    one = draw(names, points[:, 0], points[:, 1], district, {"E1"})
    other = draw(names[order], points[order, 0], points[order, 1], district[order], {"E1"})
    assert one.outline.equals(other.outline)
    assert {k: v.normalize().wkt for k, v in one.areas.items()} == {
        k: v.normalize().wkt for k, v in other.areas.items()
    }


def test_a_sector_of_long_ago_gives_way_to_the_one_that_replaced_it() -> None:
    points = grid(range(12), range(12))
    names = np.where(points[:, 1] < 401_000, "AB31 1AA", "AB31 2AA")
    old = points // 100 * 100  # placed to a hundred metres, as before 2000
    east, north = np.vstack([points, old]).T
    both = [*names, *["AB18 1AA"] * len(old)]
    drawn = draw(both, east, north, ["E1"] * len(both), {"E1"})
    assert set(drawn.areas) == {"AB31 1", "AB31 2"}


def test_a_stray_postcode_does_not_punch_a_hole() -> None:
    points = grid(range(12), range(12))
    district = np.full(len(points), "E1", dtype=object)
    district[70] = "E2"
    drawn = draw(["AB1 1AA"] * len(points), points[:, 0], points[:, 1], district, {"E1"})
    assert holes(drawn.outline) == 0


def test_a_moor_amid_postcodes_is_land() -> None:
    points = grid(range(40), range(40))
    moor = np.hypot(*(points - points.mean(axis=0)).T) < 2_500
    east, north = points[~moor].T
    drawn = draw(["AB1 1AA"] * len(east), east, north, ["E1"] * len(east), {"E1"})
    assert holes(drawn.outline) == 0


def harbour_town(far_m: float) -> Geography:
    """A town round a basin 5 km wide, open to the sea by a mouth so wide, and moorland about it."""
    points = grid(range(100), range(100))
    basin = np.hypot(*(points - 410_000).T) < 2_500
    mouth = (np.abs(points[:, 0] - 410_000) < far_m / 2) & (points[:, 1] < 410_000)
    east, north = points[~basin & ~mouth].T
    return draw(["AB1 1AA"] * len(east), east, north, ["E1"] * len(east), {"E1"})


def test_a_harbour_is_water_and_without_its_mouth_it_is_a_moor() -> None:
    middle = shapely.Point(410_000, 410_000)
    assert not harbour_town(1_500).land.contains(middle)
    assert harbour_town(0).land.contains(middle)
    assert holes(harbour_town(0).outline) == 0


@pytest.mark.slow
def test_the_sea_off_bournemouth_and_the_harbour_of_poole_are_no_land() -> None:
    land = council("E06000058").land
    water = [(402_500, 88_500), (410_000, 88_000), (418_000, 88_000)]
    towns = [(401_500, 91_000), (408_800, 91_300), (415_900, 92_700), (404_800, 88_000)]
    assert not shapely.contains_xy(land, *np.transpose(water)).any()
    assert shapely.contains_xy(land, *np.transpose(towns)).all()


def test_the_isles_of_scilly_are_several() -> None:
    assert len(shapely.get_parts(council("E06000053").outline)) >= 4


def test_too_few_postcodes_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        draw(["AB1 1AA"] * 3, [0, 1, 2], [0, 1, 0], ["E1"] * 3, {"E1"})
    frame = pd.DataFrame({"easting_m": [1.0], "northing_m": [1.0], "district": ["E1"]}, ["AB11AA"])
    assert from_directory(frame, ["E1"]) is None


def test_bath_and_north_east_somerset_overlaps_its_boundary(open_data: Path) -> None:
    drawn = council("E06000022")
    truth = boundary(open_data / "boundaries" / "banes_boundary_2017.geojson")
    assert overlap(drawn.outline, truth) >= 0.93
    assert holes(drawn.outline) == 0
    assert len(shapely.get_parts(drawn.outline)) == 1
    assert {"BA1 2", "BA2 9", "BS31 1", "BS39 4"} <= set(drawn.areas)
    assert not any(name.startswith("BS18") for name in drawn.areas), "recoded in the 1990s"
    assert 30 <= len(drawn.areas) <= 45


@pytest.mark.parametrize(
    ("code", "name", "least"),
    [
        pytest.param("E06000054", "Wiltshire", 0.95, marks=pytest.mark.slow),
        pytest.param(
            "E06000058", "Bournemouth, Christchurch and Poole", 0.87, marks=pytest.mark.slow
        ),
        pytest.param("E06000052", "Cornwall", 0.94, marks=pytest.mark.slow),
        ("E06000046", "Isle of Wight", 0.92),
        pytest.param("E06000045", "Southampton", 0.85, marks=pytest.mark.slow),
        pytest.param("E06000010", "Kingston upon Hull, City of", 0.87, marks=pytest.mark.slow),
        pytest.param("E08000015", "Wirral", 0.88, marks=pytest.mark.slow),
        pytest.param("E07000090", "Havant", 0.80, marks=pytest.mark.slow),
        pytest.param("E06000044", "Portsmouth", 0.75, marks=pytest.mark.slow),
    ],
)
def test_other_councils_have_no_holes_and_keep_to_the_coast(
    open_data: Path, code: str, name: str, least: float
) -> None:
    drawn = council(code)
    truth = boundary(open_data / "boundaries" / "lad_2024_england.geojson", name)
    assert overlap(drawn.outline, truth) >= least
    assert holes(drawn.outline) == 0
    assert shapely.coverage_is_valid(list(drawn.areas.values()))
