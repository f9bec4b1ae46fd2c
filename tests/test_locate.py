"""Where homes and provisions are: by grid reference, degrees or postcode, and what is said of a miss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from geodata.grid import to_wgs84
from sufficiency.errors import CaseError
from sufficiency.locate import UNKNOWN_AREA, area_of, locate
from tests.plans import invoke, plan, prepare, write_tables
from tests.town import write_town

if TYPE_CHECKING:
    from sufficiency.run import Prepared

SETTINGS = 'title = "Postcodes"\nbase_year = 2025\nyears = 1\n'
#: Code-Point Open: postcode, quality, easting, northing, country, two health codes, county, district, ward.
CODE_POINT = """ZE99 9AA,10,375000,165000,E92000001,,,,E06000022,E05000001
ZE99 9AB,10,376000,165000,E92000001,,,,E06000022,E05000001
ZE99 9AC,90,0,0,E92000001,,,,E06000022,E05000001
"""
#: A postcode of the bundled directory, of the same place for good: Bath's Guildhall.
GUILDHALL = "BA1 5AW"


def case(folder: Path, homes: list[list[object]], school: list[object], settings: str = "") -> Path:
    """A case of one school; each child is given by postcode, easting_m, northing_m, lat and lon."""
    where = ["postcode", "easting_m", "northing_m", "lat", "lon"]
    return write_tables(
        folder,
        SETTINGS + settings,
        children=[
            ["child_id", *where, "need", "ncy"],
            *([f"k{n}", *home, "ASD", 3] for n, home in enumerate(homes)),
        ],
        provisions=[["provision_id", "kind", *where], ["S", "special", *school]],
        places=[["provision_id", "needs", "ncy_from", "ncy_to", "places"], ["S", "*", 0, 14, ""]],
        prices=[
            ["provision_id", "needs", "ncy_from", "ncy_to", "gbp_per_child"],
            ["S", "*", 0, 14, 20_000],
        ],
    )


def by_postcode(code: str) -> list[object]:
    return [code, "", "", "", ""]


def by_grid(easting: float, northing: float) -> list[object]:
    return ["", easting, northing, "", ""]


def faults(path: Path) -> list[dict[str, Any]]:
    done = invoke("check", path, "--format", "json")
    found: list[dict[str, Any]] = json.loads(done.stdout)["faults"]
    return found


def test_grid_degrees_and_postcode_meet(tmp_path: Path) -> None:
    found = prepare(case(tmp_path / "c", [by_postcode(GUILDHALL)], by_postcode(GUILDHALL))).located
    (easting, northing), *_ = found.homes
    lat, lon = to_wgs84(easting, northing)
    homes = [
        by_postcode(GUILDHALL),
        by_grid(easting, northing),
        ["", "", "", float(lat), float(lon)],
    ]
    every: Prepared = prepare(case(tmp_path / "d", homes, by_postcode(GUILDHALL)))
    assert np.allclose(every.located.homes, [easting, northing], atol=0.5)
    assert every.located.provisions.tolist() == [[easting, northing]]
    assert np.allclose(every.travel.journeys.km, 0, atol=0.001)
    assert "20" in every.located.stamp  # an edition of the directory


def test_a_grid_reference_beats_a_postcode_and_needs_no_directory(tmp_path: Path) -> None:
    home: list[object] = [GUILDHALL, 375_000, 165_000, "", ""]
    found = prepare(case(tmp_path / "c", [home], by_grid(375_000, 164_900))).located
    assert found.homes.tolist() == [[375_000, 165_000]]
    assert found.stamp == ""
    assert found.area.tolist() == ["BA1 5"]


def test_the_users_own_code_point_file(tmp_path: Path) -> None:
    path = case(
        tmp_path / "c",
        [by_postcode("ZE99 9AA"), by_postcode("ze999ab")],
        by_grid(375_000, 165_000),
        '[travel]\npostcodes = "mine/codepo.csv"\n',
    )
    (path / "mine").mkdir()
    (path / "mine" / "codepo.csv").write_text(CODE_POINT, encoding="utf-8")
    written = plan(path, tmp_path / "out")
    record = written.json("run")
    assert record["postcodes"].startswith("Code-Point Open, codepo.csv")
    assert "mine/codepo.csv" in record["inputs_sha256"]
    rows = written.table("private/travel")
    assert float(rows[0]["mean_km"]) == pytest.approx((0 + 1.3) / 2)
    assert {row["area"] for row in written.table("private/areas")} == {"ZE99 9"}


def test_a_file_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    settings = '[travel]\npostcodes = "mine.csv"\n'
    path = case(tmp_path / "c", [by_postcode("ZE99 9AA")], by_grid(375_000, 165_000), settings)
    (path / "mine.csv").write_text("name,colour\nAisha,red\n", encoding="utf-8")
    done = invoke("plan", path, "--out", tmp_path / "out")
    assert done.exit_code == CaseError.exit_code
    assert "E306" in done.stderr
    assert "Aisha" not in done.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("BA1 OAA1", "E301"),
        ("BA1 9ZZ", "E302"),
        ("ZE99 9AC", "E303"),
    ],
)
def test_a_miss_is_told_by_reason_file_and_row_and_never_by_postcode(
    tmp_path: Path, code: str, fault: str
) -> None:
    settings = '[travel]\npostcodes = "mine.csv"\n' if code.startswith("ZE") else ""
    homes = [
        by_grid(375_000, 165_000),
        by_postcode(code),
        by_grid(375_000, 165_000),
        by_postcode(code),
    ]
    path = case(tmp_path / "c", homes, by_grid(375_000, 165_000), settings)
    (path / "mine.csv").write_text(CODE_POINT, encoding="utf-8")
    (found,) = (f for f in faults(path) if f["code"].startswith("E"))
    assert found["code"] == fault
    assert (found["where"], found["column"]) == ("children.csv", "postcode")
    assert found["rows"] == [3, 5]
    done = invoke("plan", path, "--out", tmp_path / "out")
    assert done.exit_code == CaseError.exit_code
    assert "rows 3, 5" in done.stderr
    for text in (code, code.replace(" ", "")):
        assert text not in done.output


def test_misses_of_both_tables_and_all_reasons_at_once(tmp_path: Path) -> None:
    homes = [by_postcode("nowhere"), by_postcode("BA1 9ZZ"), by_postcode("GY1 1AA")]
    path = case(tmp_path / "c", homes, by_postcode("BA1 9ZZ"))
    found = {(f["code"], f["where"]): f["rows"] for f in faults(path)}
    assert found["E301", "children.csv"] == [2]
    assert found["E302", "children.csv"] == [3]
    assert found["E302", "provisions.csv"] == [2]
    assert [rows for (code, _), rows in found.items() if code in ("E303", "E304")] == [[4]]


def test_homes_without_a_place_are_in_no_known_area(tmp_path: Path) -> None:
    path = case(tmp_path / "c", [by_postcode("")], by_postcode(""), '[travel]\nmethod = "table"\n')
    (path / "travel.csv").write_text("child_id,provision_id,km,minutes\nk0,S,3,9\n")
    written = plan(path, tmp_path / "out")
    assert {row["area"] for row in written.table("private/areas")} == {UNKNOWN_AREA}
    assert written.table("private/travel")[0]["mean_minutes"] == "9"


def test_areas_are_postcode_sectors_where_the_user_gives_none(tmp_path: Path) -> None:
    prepared = prepare(write_town(tmp_path))
    assert prepared.located.area.tolist() == ["BA2 3", "BA1 2", "BA2 7", "BA1 8", "BA2 7"]
    assert locate(prepared.case, prepared.everyone).stamp == ""


@pytest.mark.parametrize(
    ("code", "name"),
    [("ba11aa", "BA1 1"), ("BS31 1AA", "BS31 1"), ("W1A 1AA", "W1A 1"), ("x", UNKNOWN_AREA)],
)
def test_area_of_a_postcode(code: str, name: str) -> None:
    assert area_of(code) == name


def test_real_code_point_open_in_a_case(open_data: Path, tmp_path: Path) -> None:
    own = open_data / "postcodes" / "ba.csv"
    first = own.read_text("utf-8").splitlines()[0].replace('"', "").split(",")
    path = case(
        tmp_path / "c",
        [by_postcode(first[0])],
        by_grid(float(first[2]), float(first[3])),
        '[travel]\npostcodes = "ba.csv"\n',
    )
    (path / "ba.csv").write_bytes(own.read_bytes())
    written = plan(path, tmp_path / "out")
    assert {row["mean_km"] for row in written.table("private/travel")} == {"0"}
