"""Checks: each fault is made alone in the town and found alone, and says nobody's data."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from sufficiency import checks
from sufficiency.case import read_case
from sufficiency.checks import CHECKS, check_case
from sufficiency.codes import CODES
from sufficiency.faults import Fault, faults_as_rows
from tests.town import change, write_town

CHILD = "kid-a,1,374000,164000,ASD,SLCN,,0,,"
ARRIVAL = "kid-e,379000,164000,SEMH,7,2026"
TRAVEL = "child_id,provision_id,km,minutes\n" + "".join(
    f"kid-{child},{provision},5,9\n" for child in "abcde" for provision in "RHV"
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def find(path: Path) -> list[Fault]:
    case, faults = read_case(path)
    return faults + (check_case(case) if case else [])


class Wrong(NamedTuple):
    """One thing wrong with the town: what is replaced where, and what must be found."""

    code: str
    rows: tuple[int, ...]
    name: str
    old: str
    new: str


CELLS = (
    Wrong("E601", (2,), "children", CHILD, "kid-a,1,374000,164000,,SLCN,,0,,"),
    Wrong("E601", (3,), "prices", "25000", ""),
    Wrong("E602", (2,), "children", "a,1,374000", "a,one,374000"),
    Wrong("E602", (3,), "prices", "25000", '"25,000"'),
    Wrong("E603", (4,), "children", "SEMH,,,7,", "SEMH,,,7.5,"),
    Wrong("E604", (2,), "children", CHILD, "kid-a,1,374000,164000,ASD,SLCN,,21,,"),
    Wrong("E604", (4,), "places", "14,,,1,10000", "14,,,-1,10000"),
    Wrong("E604", (4,), "prices", "60000", "60000000"),
    Wrong("E604", (2,), "schemes", "2027,20", "2027,0"),
    Wrong("E605", (2,), "children", "ASD,SLCN,,0", "ASC,SLCN,,0"),
    Wrong("E605", (2,), "places", "ASD|SLCN,0,6,,2025", "ASD|XYZ,0,6,,2025"),
    Wrong("E606", (3,), "provisions", "special,special", "special,specal"),
    Wrong("E606", (3,), "children", "base|special", "base/special"),
    Wrong("E606", (4,), "children", "seeking", "waiting"),
    Wrong("E606", (2,), "schemes", "proposed", "perhaps"),
    Wrong("E608", (2,), "children", "kid-a", "1.23E+05"),
    Wrong("E608", (2,), "children", "kid-a", "12345.0"),
    Wrong("E608", (2,), "children", "kid-a", "05-Jan"),
    Wrong("E608", (2,), "children", "kid-a", "#N/A"),
)
LINKS = (
    Wrong("E701", (2, 3), "children", "kid-b", "kid-a"),
    Wrong("E701", (2, 3), "provisions", "H,Hill", "R,Hill"),
    Wrong("E702", (2,), "new_children", "kid-e", "kid-a"),
    Wrong("E704", (4,), "places", "H,*,0,14,,,1", "HH,*,0,14,,,1"),
    Wrong("E704", (2,), "limits", "V,SEMH", "W,SEMH"),
    Wrong("E704", (3,), "prices", "H,*", "X,*"),
    Wrong("E704", (2,), "schemes", "Extension,H", "Extension,K"),
    Wrong("E705", (2,), "schemes", ",20,,", ",20,,S9"),
)
CHILDREN = (
    Wrong("E501", (2,), "children", "SLCN,,0,,", "SLCN,,,,"),
    Wrong("E503", (3,), "children", "placed,R", "placed,"),
    Wrong("E503", (3,), "children", "placed,R", ",Q"),
    Wrong("E503", (5,), "children", "review,V", "review,W"),
    Wrong("E505", (2,), "children", "SLCN,,0,,", "SLCN,,-1,,"),
    Wrong("W522", (2,), "children", "ASD,SLCN,,0", "NSA,SLCN,,0"),
    Wrong("E523", (2,), "children", "kid-a", "Jo Bloggs"),
    Wrong("E523", (2,), "children", "kid-a", '"KHAN, Aisha"'),
    Wrong("E523", (2,), "children", "kid-a", "Seán O'Neill"),
    Wrong("E523", (2,), "children", "kid-a", "Anne-Marie de la Cruz"),
    Wrong("E523", (2,), "children", "kid-a", "AK 12/03/2015"),
    Wrong("E523", (2,), "children", "kid-a", "2015-3-12 AK"),
    Wrong("W523", (2,), "children", "kid-a", "jo bloggs"),
    Wrong("W523", (2,), "children", "kid-a", "Jo-Bloggs"),
    Wrong("W523", (2,), "children", "kid-a", "H801200001001"),
)
RANGES = (
    Wrong("E801", (4,), "places", "H,*,0,14", "H,*,14,0"),
    Wrong("E801", (4,), "prices", "V,*,0,14", "V,*,14,0"),
    Wrong("E802", (2,), "limits", "2025,2027", "2027,2025"),
    Wrong("E803", (3,), "places", "2026,,2", ",,2"),
    Wrong("E804", (2, 3), "scheme_places", "2,\n", "2,\nS1,0,*,0,14,3,\n"),
)
SCHEMES = (
    Wrong("E901", (2,), "schemes", ",20,,", ",20,,S1"),
    Wrong("E901", (2, 3), "schemes", ",20,,\n", ",20,,S2\nS2,,H,,1,2026,,5,,S1\n"),
    Wrong("E902", (3,), "schemes", ",20,,\n", ",20,,\nS2,,H,committed,1,2026,,5,,S1\n"),
    Wrong("E903", (2,), "schemes", "proposed,400000,2026,2027,20,,\n",
          "committed,400000,2026,2027,20,,S2\nS2,,H,committed,1,2027,,5,,\n"),
    Wrong("E904", (2, 3), "schemes", "proposed,400000,2026,2027,20,,\n",
          "committed,400000,2026,2027,20,g,\nS2,,H,committed,1,2027,,5,g,\n"),
    Wrong("W901", (2,), "schemes", "2026,2027", "2026,2025"),
    Wrong("W901", (2,), "schemes", "2026,2027", "2029,"),
    Wrong("W901", (2,), "schemes", "2026,2027", "2020,2024"),
    Wrong("W902", (3,), "schemes", ",20,,\n", ",20,,\nS2,,H,proposed,1,2026,,5,,\n"),
    Wrong("W904", (2,), "scheme_places", "S1,0,", "S1,1,"),
    Wrong("W904", (3,), "scheme_places", "S1,0,*,0,14,2,", "S1,0,*,0,14,0,\nS1,2,*,0,14,2,"),
)  # fmt: skip
POINTS = (
    Wrong("E311", (2,), "children", "a,1,374000,164000", "a,1,,"),
    Wrong("E312", (2,), "children", "a,1,374000,164000", "a,1,374000,"),
    Wrong("E313", (2,), "children", "a,1,374000,164000", "a,1,3740,164000"),
    Wrong("E313", (2,), "provisions", "374000,165000", "374,165"),
    Wrong("E313", (2,), "provisions", "374000,165000", "0,0"),
    Wrong("E313", (2,), "provisions", "374000,165000", "250000,30000"),
    Wrong("E314", (2,), "children", "a,1,374000,164000", "a,1,164000,374000"),
    Wrong("E314", (4,), "provisions", "390000,165000", "165000,390000"),
    Wrong("W311", (4,), "provisions", "390000,165000", "390000,265000"),
)
TOML = (
    Wrong("E205", (), "case", "[travel]", '[travel]\nmethod = "road"'),
    Wrong("W201", (), "case", "[travel]", "[waiting]\npenalty_gbp_per_child_year = 5\n[travel]"),
    Wrong("W202", (), "case", "2026 = 300000", "2030 = 300000"),
)
ALL = (*CELLS, *LINKS, *CHILDREN, *RANGES, *SCHEMES, *POINTS, *TOML)


def test_the_town_is_sound(town: Path) -> None:
    assert find(town) == []


@pytest.mark.parametrize("wrong", ALL, ids=[f"{w.code}-{n}" for n, w in enumerate(ALL)])
def test_one_thing_wrong(town: Path, wrong: Wrong) -> None:
    file = "case.toml" if wrong.name == "case" else f"{wrong.name}.csv"
    change(town, file, wrong.old, wrong.new)
    found = find(town)
    assert (wrong.code, file, wrong.rows) in [(f.code, f.where, f.rows) for f in found]
    follow_up = {"E608", "E601", "E701", "E704", "E902", "W523", "E501", "W902", "W201"}
    assert {f.code for f in found} - {wrong.code} <= follow_up
    said = " ".join(f"{f.what} {f.remedy}" for f in found)
    assert not re.search(r"kid-|ASC|XYZ|Bloggs|H8012|waiting\b.*seeking|374000|Jan", said)


def test_nearest_need_is_offered_apart(town: Path) -> None:
    change(town, "children.csv", "ASD,SLCN,,0", "ASC,SLCN,,0")
    change(town, "children.csv", "SEMH,,,7", "EBD,,,7")
    found = [(f.rows, f.remedy) for f in find(town)]
    assert found == [((2,), "did you mean ASD?"), ((4,), "did you mean SEMH?")]


def test_everything_wrong_is_found_at_once(town: Path) -> None:
    wrongs = (CELLS[2], CELLS[3], LINKS[2], RANGES[0], SCHEMES[5], POINTS[4], TOML[2])
    for wrong in wrongs:
        change(town, f"{wrong.name}.{'toml' if wrong in TOML else 'csv'}", wrong.old, wrong.new)
    assert {f.code for f in find(town)} >= {wrong.code for wrong in wrongs}


def test_a_wrong_setting_does_not_hide_or_make_other_faults(town: Path) -> None:
    change(town, "case.toml", "[travel]", 'yeers = 3\n[kinds.hub]\ntitle = "Hub"\n[travel]')
    change(town, "provisions.csv", "base,base", "base,hub")
    change(town, "limits.csv", "2025,2027", "2027,2025")
    assert [f.code for f in find(town)] == ["E201", "E802"]


def test_a_missing_column_does_not_hide_other_faults(town: Path) -> None:
    change(town, "prices.csv", ",gbp_per_child", ",price")
    change(town, "limits.csv", "2025,2027", "2027,2025")
    assert [f.code for f in find(town)] == ["E106", "W101", "E802"]


def with_travel(town: Path, rows: str) -> None:
    change(town, "case.toml", "[travel]", '[travel]\nmethod = "table"')
    (town / "travel.csv").write_text(rows)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kid-a,R,5,9\n", "kid-a,R,5,9\nkid-a,R,5,9\n", "E703"),
        ("kid-d,V,5,9\n", "", "E504"),
        ("kid-a,R,5,9\n", "kid-z,R,5,9\n", "W701"),
        ("kid-e,R,5,9\nkid-e,H,5,9\nkid-e,V,5,9\n", "", "W702"),
        ("kid-a,R,5,9\n", "kid-a,R,5,-9\n", "E604"),
    ],
)
def test_tables_of_journeys(town: Path, old: str, new: str, code: str) -> None:
    with_travel(town, TRAVEL.replace(old, new))
    assert [f.code for f in find(town)] == [code]


def test_no_location_is_needed_with_a_table_of_journeys(town: Path) -> None:
    change(town, "children.csv", "a,1,374000,164000", "a,1,,")
    with_travel(town, TRAVEL)
    assert find(town) == []


def test_below_reception_is_right_where_a_pool_reaches(town: Path) -> None:
    change(town, "children.csv", "SLCN,,0,,", "SLCN,,-1,,")
    change(town, "places.csv", "H,*,0,14", "H,*,-2,14")
    assert find(town) == []


@pytest.mark.parametrize(
    ("born", "ncy", "expected"),
    [
        ("2014-09-01", "7", []),
        ("2014-09-01", "", []),
        ("31/08/2013", "7", ["W521"]),
        ("1990-01-01", "", ["E502"]),
        ("2014-31-08", "", ["E607", "E501"]),
        ("2014-31-08", "7", ["E607"]),
    ],
)
def test_dates_of_birth(town: Path, born: str, ncy: str, expected: list[str]) -> None:
    change(town, "new_children.csv", "ncy,start_year", "birth_date,ncy,start_year")
    change(town, "new_children.csv", "SEMH,7,2026", f"SEMH,{born},{ncy},2026")
    assert [f.code for f in find(town)] == expected


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        ("51.38", "-2.36", []),
        ("-2.36", "51.38", ["E315"]),
        ("51.38", "2.36", ["E313"]),
        ("48.86", "2.35", ["E313"]),
        ("151.38", "2.36", ["E604", "E313"]),
        ("51.38", "", ["E312"]),
    ],
)
def test_latitude_and_longitude(town: Path, lat: str, lon: str, expected: list[str]) -> None:
    change(town, "new_children.csv", "easting_m,northing_m", "lat,lon")
    change(town, "new_children.csv", "379000,164000", f"{lat},{lon}")
    assert [f.code for f in find(town)] == expected


def test_two_locations_that_disagree(town: Path) -> None:
    change(town, "new_children.csv", "easting_m,northing_m", "lat,lon,easting_m,northing_m")
    change(town, "new_children.csv", "379000,164000", "51.38,-2.36,374900,164500")
    assert find(town) == []
    change(town, "new_children.csv", "374900,164500", "384900,164500")
    assert [f.code for f in find(town)] == ["E316"]


@pytest.mark.parametrize(
    "reference",
    [
        "SYN-000001",
        "C 12",
        "2025/0001",
        "2025-26/0417",
        "N-2026-01",
        "A12-34-5678",
        "Pupil A",
        "kid-a-1",
    ],
)
def test_references_that_are_neither_names_nor_dates(town: Path, reference: str) -> None:
    change(town, "children.csv", "kid-a", reference)
    assert find(town) == []


def test_zero_places_are_dropped_before_years_are_compared(town: Path) -> None:
    change(town, "places.csv", "2026,,2,6000", ",,0,6000")
    assert find(town) == []


def test_arrivals_are_all_seeking(town: Path) -> None:
    change(town, "new_children.csv", "start_year", "start_year,status,current_provision")
    change(town, "new_children.csv", ARRIVAL, ARRIVAL + ",placed,R")
    assert [f.code for f in find(town)] == ["E606", "W524"]


def test_every_code_is_registered_and_every_registered_code_is_used() -> None:
    root = Path(checks.__file__).parents[1]
    files = [f for f in root.rglob("*.py") if f.name != "codes.py"]
    used = set(re.findall(r'"([EW]\d{3,4})"', " ".join(f.read_text("utf-8") for f in files)))
    assert used == set(CODES)


def test_every_check_is_in_the_list() -> None:
    folder = Path(checks.__file__).parent
    listed = {check.__name__ for check, _ in CHECKS}
    written = set()
    for file in folder.glob("*.py"):
        written |= set(
            re.findall(r"^def ([a-z]\w+)\(case: Case\)", file.read_text("utf-8"), re.MULTILINE)
        )
    assert written - listed == {"check_case"}


def test_faults_as_rows_put_errors_first() -> None:
    rows = faults_as_rows([Fault("W101", "a.csv", "x", "y"), Fault("E101", "b", "x", "y")])
    assert [row["severity"] for row in rows] == ["error", "warning"]
    assert rows[0]["title"] == "Not a case"


def test_2500_children_are_checked_quickly(town: Path) -> None:
    header, first, *_ = (town / "children.csv").read_text().splitlines()
    rows = [first.replace("kid-a", f"C{n}") for n in range(2500)]
    (town / "children.csv").write_text("\n".join([header, *rows]))
    find(town)
    start = time.process_time()
    assert find(town) == []
    assert time.process_time() - start < 1.5


def test_shared_cases_have_no_errors(shared_cases: Path) -> None:
    for folder in sorted(shared_cases.glob("*-*0")):
        assert [f for f in find(folder) if f.is_error] == [], folder.name


@pytest.mark.slow
def test_all_shared_cases_have_no_errors(shared_cases: Path) -> None:
    for folder in sorted(shared_cases.glob("*-*")):
        assert [f for f in find(folder) if f.is_error] == [], folder.name
