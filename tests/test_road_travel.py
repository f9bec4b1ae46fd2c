"""What the roads of a case do not reach, and how they compare with straight lines."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from geodata.network import journeys
from geodata.road_cache import cached_network
from geodata.travel import Journeys, fit_straight, straight
from sufficiency.user_cache import cache_folder
from tests.plans import invoke, prepare
from tests.test_journeys import by_road, journeys_of
from tests.town import change, write_town


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def faults_of(town: Path) -> dict[str, str]:
    found = json.loads(invoke("check", town, "--format", "json").stdout)["faults"]
    return {fault["code"]: f"{fault['where']}: {fault['what']}" for fault in found}


def test_a_provision_outside_the_roads_is_named_and_measured_straight(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RH": 30})
    found = journeys_of(town)  # to Hill, Riverside and Vale, 11 km east of Hill
    assert found["C"][2] == pytest.approx(np.hypot(11, 1) * 1.2, abs=0.001)
    assert found["C"][5] == pytest.approx(np.hypot(11, 1) * 1.2 / 40 * 60, abs=0.001)
    faults = faults_of(town)
    assert "Vale independent" in faults["W1501"]
    assert "Hill" not in faults["W1501"]
    assert "W1502" not in faults
    method = prepare(town).travel.journeys.method
    assert "outside the roads straight line x 1.2, 40 km/h" in method
    assert "x the straight line, " in method


def test_homes_outside_are_counted_and_never_named(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RHV": 30})
    change(town, "children.csv", "kid-d,1,379000,166000", "kid-d,1,379000,172000")
    faults = faults_of(town)
    assert faults["W1502"].endswith("measured by the straight line: fewer than 5 homes")
    assert "kid-d" not in json.dumps(faults)


def test_the_roads_of_another_county_are_an_error(town: Path) -> None:
    by_road(town, {"VW": 60})
    assert "E1501" in faults_of(town)
    assert invoke("plan", town, "--out", town.parent / "out").exit_code == 3
    done = invoke("roads", town)
    assert done.exit_code == 3
    assert "E1501" in done.stdout


def test_a_provision_on_an_island_of_roads_is_named(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RH": 30, "VW": 60})
    faults = faults_of(town)
    assert "Vale independent" in faults["W1504"]
    assert "4 of 12 pairs" in faults["W207"]  # C and E share a home


def test_minutes_are_driven_at_a_share_of_free_flow(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RHV": 30})
    free = journeys_of(town)
    change(town, "case.toml", "speed_factor = 1\n", "")
    driven = journeys_of(town)
    assert driven["A"][3] == pytest.approx(free["A"][3] / 0.7, rel=0.002)
    assert driven["A"][:3] == free["A"][:3]
    assert "free-flow speeds x 0.7" in prepare(town).travel.journeys.method


def test_speeds_by_class_reach_the_roads(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RHV": 30})
    text = (town / "roads.osm").read_text("utf-8")
    (town / "roads.osm").write_text(text.replace('<tag k="maxspeed" v="30 mph"/>', ""))
    change(town, "case.toml", "speed_factor = 1\n", "speeds_kph = { Tertiary = 20 }\n")
    assert journeys_of(town)["A"][4] == pytest.approx(1 / (20 * 0.7) * 60, rel=0.005)
    change(town, "case.toml", "Tertiary", "tertiery")
    assert "E202" in faults_of(town)


def test_a_fit_finds_the_factor_and_the_speed_it_was_made_with() -> None:
    rng = np.random.default_rng(1)
    homes, schools = rng.uniform(0, 30_000, (200, 2)), rng.uniform(0, 30_000, (9, 2))
    made = straight(homes, schools, 1.37, 33)
    every = np.ones(made.km.shape, dtype=bool)
    fit = fit_straight(homes, schools, made, every)
    assert fit
    assert fit.detour_factor == pytest.approx(1.37)
    assert fit.speed_kph == pytest.approx(33)
    assert fit.detour_low == pytest.approx(fit.detour_high)
    broken = np.where(rng.random(every.shape) < 0.3, np.inf, 1.0)
    some = Journeys(made.km * broken, made.minutes * broken, "")
    again = fit_straight(homes, schools, some, every)
    assert again
    assert again.pairs < fit.pairs
    assert again.detour_factor == pytest.approx(1.37)
    assert fit_straight(homes, schools, made, ~every) is None
    assert fit_straight(homes[:1], homes[:1], made, every[:1, :1]) is None


def test_the_command_says_what_fits_and_what_is_not_reached(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RH": 30})
    done = invoke("roads", town, "--format", "json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    figures = answer["figures"]
    assert figures["pairs_by_road"] == 8
    assert figures["pairs_by_straight_line"] == 4
    assert 1 <= figures["detour_factor_that_fits"] < 1.5
    assert {fault["code"] for fault in answer["faults"]} == {"W1501"}
    text = invoke("roads", town).stdout
    assert "detour factor that fits" in text
    assert "as the case has it" in text


def test_the_command_tries_out_a_file_that_the_case_does_not_name(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "RH": 30})
    shutil.move(town / "roads.osm", town.parent / "other.osm")
    change(town, "case.toml", 'method = "road"\nroads = "roads.osm"\n', "")
    assert invoke("roads", town).exit_code == 2
    assert invoke("roads", town, "--file", town.parent / "other.osm").exit_code == 0
    (town.parent / "other.osm").write_text("no map")
    done = invoke("roads", town, "--file", town.parent / "other.osm")
    assert done.exit_code == 3
    assert "E206" in done.stderr
    assert "GraphML" in done.stderr


def test_the_command_shows_the_speeds_with_their_sources() -> None:
    rows = json.loads(invoke("roads", "--speeds", "--format", "json").stdout)
    assert {"class": "Local Road", "kph": "48"}.items() <= rows[-4].items()
    assert all(row["source"] for row in rows)
    assert invoke("roads").exit_code == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("rutland_highways_2022.osm.bz2", (1.2, 1.5)),
        ("cambridge_uk_drive_service_2021.graphml", (1.2, 1.6)),
        ("banes_os_openmap_local_roads_2017.geojson", (1.2, 1.5)),
    ],
)
def test_real_roads_fit_a_plausible_straight_line(
    open_data: Path, name: str, factors: tuple[float, float]
) -> None:
    read = cached_network(open_data / "roads" / name, cache_folder()).driven_at(0.7)
    nodes = read.points[read.usable]
    homes, schools = nodes[:: len(nodes) // 300], nodes[7 :: len(nodes) // 20]
    found = journeys(read, homes, schools)
    fit = fit_straight(homes, schools, found, np.ones(found.km.shape, dtype=bool))
    assert fit
    print(name, fit)  # noqa: T201 - pytest -rP shows it
    assert factors[0] < fit.detour_factor < factors[1]
    assert 20 < fit.speed_kph < 55
