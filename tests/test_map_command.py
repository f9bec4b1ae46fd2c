"""The command `map`: from a finished plan's folder, from a case, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner

import cli
from geodata.boundaries import BoundaryFileError, Shapes, pick_outline, read_shapes
from geodata.network import RoadFileError
from geodata.road_lines import kind_of, number_of, read_lines
from sufficiency.maps.base_file import BASE_FILE, base_text
from sufficiency.run import check
from tests.test_maps import areas_table, told
from tests.town import write_town


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A plan's folder, as far as maps need it."""
    folder = tmp_path / "out"
    (folder / "maps").mkdir(parents=True)
    plan = told()
    (folder / BASE_FILE).write_text(base_text(plan.base, plan.sites), "utf-8")
    areas_table().to_csv(folder / "areas.csv", index=False, encoding="utf-8-sig")
    plan.origins.to_csv(folder / "origins.csv", index=False, encoding="utf-8-sig")
    (folder / "run.json").write_text(json.dumps({"settings": {"notice": "Made up."}}))
    summary = {"base_year": 2025, "years": 1, "run_id": "abc", "threshold": 5}
    (folder / "summary.json").write_text(json.dumps(summary))
    return folder


def draw(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli.main, ["map", *map(str, words)])
    return done.exit_code, done.stderr


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_plan_is_drawn_in_each_form(out: Path, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "new" / f"gap.{kind}"
    assert draw(out, "--layer", "gap", "--out", file)[0] == 0
    heads = {"svg": b"<svg ", "png": b"\x89PNG", "pdf": b"%PDF"}
    assert file.read_bytes().startswith(heads[kind])


def test_change_and_catchment_are_drawn(out: Path, tmp_path: Path) -> None:
    assert draw(out, "--layer", "journeys", "--against", out, "--out", tmp_path / "a.svg")[0] == 0
    assert "Change against another plan" in (tmp_path / "a.svg").read_text("utf-8")
    assert draw(out, "--scheme", "S1", "--out", tmp_path / "b.svg")[0] == 0
    assert 'class="flows"' in (tmp_path / "b.svg").read_text("utf-8")


def test_a_catchment_of_few_is_refused_and_nothing_is_written(out: Path, tmp_path: Path) -> None:
    code, said = draw(out, "--scheme", "V1", "--out", tmp_path / "b.svg")
    assert code == 6
    assert "single children" in said
    assert not (tmp_path / "b.svg").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--layer", "nothing"],
        ["--phase", "nursery"],
        ["--need", "XYZ"],
        ["--year", "2040"],
        ["--scheme", "nobody"],
        ["--boundary", "absent.gpkg"],
        ["--scheme", "S1", "--layer", "gap"],
    ],
)
def test_what_there_is_not_is_a_usage_error(out: Path, tmp_path: Path, words: list[str]) -> None:
    code, said = draw(out, *words, "--out", tmp_path / "a.svg")
    assert code == 2
    assert said


def test_another_ending_and_a_folder_without_maps_are_usage_errors(
    out: Path, tmp_path: Path
) -> None:
    assert draw(out, "--out", tmp_path / "a.jpg")[0] == 2
    (out / BASE_FILE).unlink()
    code, said = draw(out, "--out", tmp_path / "a.svg")
    assert code == 2
    assert "plan the case again" in said


def test_a_boundary_of_ones_own_takes_the_place_of_the_outline(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.geojson"
    ring = [[370_000, 160_000], [385_000, 160_000], [385_000, 168_000], [370_000, 168_000]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    feature = {"type": "Feature", "properties": {"name": "Mine"}, "geometry": shape}
    found = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    file.write_text(json.dumps(found))
    for name, words in (("before", []), ("after", ["--boundary", str(file)])):
        assert draw(out, *words, "--out", tmp_path / f"{name}.svg")[0] == 0
    before, after = ((tmp_path / f"{name}.svg").read_text("utf-8") for name in ("before", "after"))
    assert before != after


@pytest.mark.parametrize("setting", ["boundary", "areas", "water", "roads"])
def test_a_file_for_the_maps_that_cannot_be_read_is_found_by_check(
    tmp_path: Path, setting: str
) -> None:
    town = write_town(tmp_path)
    with (town / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f'[map]\n{setting} = "absent.geojson"\n')
    assert [fault.column for fault in check(town) if fault.code == "E207"] == [f"map.{setting}"]


def test_the_council_is_picked_from_a_file_of_many() -> None:
    here, there = shapely.box(0, 0, 10, 10), shapely.box(50, 0, 60, 10)
    shapes = Shapes(["here", "there"], [here, there])
    assert pick_outline(shapes, shapely.box(1, 0, 11, 10)).equals(here)
    with pytest.raises(BoundaryFileError):
        pick_outline(shapes, shapely.box(100, 100, 110, 110))


def test_a_real_boundary_is_read_and_one_that_is_none_is_refused(
    open_data: Path, tmp_path: Path
) -> None:
    wards = read_shapes(open_data / "boundaries" / "banes_wards_2018.geojson")
    assert "Westfield" in wards.names
    assert shapely.union_all(wards.geometries).area == pytest.approx(351e6, rel=0.02)
    with pytest.raises(BoundaryFileError, match="no column"):
        read_shapes(open_data / "boundaries" / "banes_wards_2018.geojson", "nope")
    (tmp_path / "x.geojson").write_text("nothing")
    with pytest.raises(BoundaryFileError):
        read_shapes(tmp_path / "x.geojson")


def test_roads_are_sorted_by_class_and_number(open_data: Path) -> None:
    found = read_lines(open_data / "roads" / "banes_os_openmap_local_roads_2017.geojson")
    assert 15_000 < found["a", "A36"].length < 20_000
    assert {kind for kind, _ in found} <= {"minor", "b", "a", "motorway"}
    west, south, _, _ = shapely.bounds(found["a", "A4"])
    assert np.hypot(west - 361_000, south - 164_000) < 5_000


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Motorway", "motorway"),
        ("Primary Road, Collapsed Dual Carriageway", "a"),
        ("A Road", "a"),
        ("B Road", "b"),
        ("Local Street", "minor"),
        ("", "minor"),
    ],
)
def test_the_class_of_a_road(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_the_number_of_a_road_and_a_file_that_holds_none(tmp_path: Path) -> None:
    assert [number_of(text) for text in ("a 36", "A36;E30", "High Street", "M4")] == [
        *("A36", "A36", "", "M4"),
    ]
    (tmp_path / "roads.geojson").write_text('{"features": []}')
    with pytest.raises(RoadFileError, match="no roads"):
        read_lines(tmp_path / "roads.geojson")
