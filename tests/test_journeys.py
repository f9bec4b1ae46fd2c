"""Journeys of a case by each method, and the method's stamp on what rests on them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geodata.grid import to_wgs84
from sufficiency.child_years import TOO_FAR
from sufficiency.errors import CaseError
from tests.plans import invoke, plan, prepare
from tests.town import change, write_town

#: A - R - B along the west road, C/E - H - D along the east road, no road between; V and W in the far east.
POINTS = {
    "A": (374_000, 164_000),
    "R": (374_000, 165_000),
    "B": (374_000, 166_000),
    "C": (379_000, 164_000),
    "H": (379_000, 165_000),
    "D": (379_000, 166_000),
    "V": (390_000, 165_000),
    "W": (391_000, 165_000),
}
MPH = 1.609344


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def osm(ways: dict[str, int]) -> str:
    """Return roads as OpenStreetMap XML: points joined in the order of each name, with a speed limit in mph."""
    lines = ['<osm version="0.6">']
    for number, (easting, northing) in enumerate(POINTS.values(), start=1):
        lat, lon = to_wgs84(easting, northing)
        lines.append(f'<node id="{number}" lat="{float(lat):.9f}" lon="{float(lon):.9f}"/>')
    ids = {name: number for number, name in enumerate(POINTS, start=1)}
    for number, (way, mph) in enumerate(ways.items(), start=1):
        nodes = "".join(f'<nd ref="{ids[name]}"/>' for name in way)
        tags = f'<tag k="highway" v="tertiary"/><tag k="maxspeed" v="{mph} mph"/>'
        lines.append(f'<way id="{number}">{nodes}{tags}</way>')
    return "\n".join([*lines, "</osm>"])


def by_road(town: Path, ways: dict[str, int]) -> None:
    change(
        town,
        "case.toml",
        "[travel]\n",
        '[travel]\nmethod = "road"\nroads = "roads.osm"\nspeed_factor = 1\n',
    )
    (town / "roads.osm").write_text(osm(ways), encoding="utf-8")


def by_table(town: Path, *rows: str) -> None:
    change(town, "case.toml", "[travel]\n", '[travel]\nmethod = "table"\n')
    text = "\n".join(["child_id,provision_id,km,minutes", *rows])
    (town / "travel.csv").write_text(text + "\n", encoding="utf-8")


def journeys_of(town: Path) -> dict[str, list[float]]:
    """Kilometres and minutes by child, to Hill, Riverside and Vale."""
    prepared = prepare(town)
    found = prepared.travel
    names = prepared.everyone["child_id"].str.removeprefix("kid-").str.upper()
    both = np.hstack([found.journeys.km, found.journeys.minutes])[found.origin]
    return dict(zip(names, both.round(3).tolist(), strict=True))


FAR = float("inf")


def test_straight_lines(town: Path) -> None:
    found = journeys_of(town)
    across = 1.2 * 26**0.5
    assert found["A"][:2] == pytest.approx([across, 1.2], abs=0.001)
    assert found["A"][3:5] == pytest.approx([across * 1.5, 1.8], abs=0.001)
    assert found["E"] == found["C"]
    assert prepare(town).travel.journeys.km.shape == (4, 3)  # C and E share an origin


def test_provisions_in_any_order_of_rows(town: Path) -> None:
    before = journeys_of(town)
    header, *rows = (town / "provisions.csv").read_text().splitlines()
    (town / "provisions.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert journeys_of(town) == before


def test_roads_from_a_file_of_the_case(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "HV": 60})
    found = journeys_of(town)
    minute = 1 / MPH  # of a kilometre at 60 mph
    assert found["A"] == pytest.approx([FAR, 1, FAR, FAR, 2 * minute, FAR], rel=0.005)
    assert found["C"] == pytest.approx([1, FAR, 12, minute, FAR, 12 * minute], rel=0.005)
    written = plan(town, town.parent / "out", baseline=False)
    rows = {(row["year"], row["phase"]): row for row in written.table("private/travel")}
    assert float(rows["2027", "secondary"]["mean_km"]) == pytest.approx((1 + 1 + 12) / 3, rel=0.005)
    record = written.json("run")
    assert "roads.osm" in record["inputs_sha256"]
    assert "W207" in {fault["code"] for fault in record["findings_on_the_data"]}


def test_a_child_whom_no_road_takes_anywhere(town: Path) -> None:
    by_road(town, {"ARB": 30, "CHD": 60, "VW": 60})
    change(
        town,
        "children.csv",
        "kid-c,1,379000,164000,SEMH,,,",
        "kid-c,1,379000,164000,SEMH,,independent,",
    )
    rows = plan(town, town.parent / "out", baseline=False).table("private/unplaced")
    assert [(row["year"], row["reason"]) for row in rows] == [
        (year, TOO_FAR) for year in ("2025", "2026", "2027")
    ]


@pytest.mark.parametrize("text", ["", "this is no map", "<osm></osm>", "<gpx></gpx>"])
def test_a_file_without_roads_is_refused(town: Path, text: str) -> None:
    by_road(town, {"ARB": 30})
    (town / "roads.osm").write_text(text, encoding="utf-8")
    done = invoke("plan", town, "--out", town.parent / "out", "--format", "json")
    assert done.exit_code == CaseError.exit_code
    codes = {fault["code"] for fault in json.loads(done.stdout)["faults"]}
    assert "E206" in codes
    assert not (town.parent / "out").exists()


def test_a_table_of_journeys(town: Path) -> None:
    rows = ["kid-a,R,5,9", "kid-c,H,2,3", "kid-d,V,20,30", "kid-d,H,2,4", "kid-e,H,2,3"]
    by_table(town, *rows)
    found = journeys_of(town)
    assert found["A"] == [FAR, 5, FAR, FAR, 9, FAR]
    assert found["B"] == [FAR] * 6
    assert found["D"] == [2, FAR, 20, 4, FAR, 30]
    assert found["E"] == found["C"] == [2, FAR, FAR, 3, FAR, FAR]
    change(town, "children.csv", "child_id,children,", "child_id,area,children,")
    text = (town / "children.csv").read_text()
    (town / "children.csv").write_text(text.replace(",1,3", ",North,1,3"))
    written = plan(town, town.parent / "out", baseline=False)
    placed = {(r["provision"], r["year"]): r for r in written.table("private/placements")}
    assert placed["R", "2025"]["km"] == "5"  # B has no journey and is left out of the mean
    assert placed["R", "2025"]["minutes"] == "9"
    assert placed["R", "2025"]["children"] == "2"


def test_a_placed_child_without_a_journey_costs_no_transport(town: Path) -> None:
    by_table(town, "kid-d,V,20,30")
    written = plan(town, town.parent / "out", baseline=False)
    vale = 190 * (10 + 1.2 * 20 * 4) / 2
    rows = [row for row in written.table("ledger") if row["item"] == "transport"]
    assert {int(row["gbp"]) for row in rows} == {round(vale)}
    base = [row for row in written.table("private/placements") if row["provision"] == "R"]
    assert {(row["km"], row["minutes"], row["gbp"]) for row in base} == {("", "", "12000")}


@pytest.mark.parametrize("method", ["straight", "road", "table"])
def test_the_method_is_stamped_on_every_figure_that_rests_on_it(town: Path, method: str) -> None:
    if method == "road":
        by_road(town, {"ARB": 30, "CHD": 60, "HV": 60})
    if method == "table":
        by_table(town, "kid-a,R,5,9", "kid-c,H,2,3", "kid-d,V,20,30", "kid-e,H,2,3")
    words = {"straight": "straight line x 1.2, 40 km/h", "road": "roads.osm", "table": "travel.csv"}
    written = plan(town, town.parent / "out", baseline=False)
    stamp = written.summary["travel"]
    assert words[method] in stamp
    assert written.json("run")["travel"] == stamp
    for name in ("travel", "placements", "gap"):
        for folder in ("", "private/"):
            rows = written.table(f"{folder}{name}")
            assert rows
            assert {row["method"] for row in rows} == {stamp}, name
    for row in written.table("ledger"):
        assert row["method"] == (stamp if row["item"] == "transport" else ""), row["item"]
