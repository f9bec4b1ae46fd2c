"""What a plan means, in a town whose every table is known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sufficiency.child_years import FULL, NOWHERE, TOO_DEAR, TOO_FAR
from tests.plans import Row, Written, plan
from tests.town import change, write_town

#: One way by straight line x 1.2 at 40 km/h: a kilometre on the map, and from D's home to Vale.
NEAR_KM, FAR_KM = 1.2, 1.2 * (11**2 + 1**2) ** 0.5
NEAR_MIN, FAR_MIN = NEAR_KM * 1.5, FAR_KM * 1.5
#: Days, fixed and by the kilometre, four legs, two children to a vehicle; bases open 180 days.
BASE_GBP = 180 * (10 + 1.2 * NEAR_KM * 4) / 2
NEAR_GBP = 190 * (10 + 1.2 * NEAR_KM * 4) / 2
FAR_GBP = 190 * (10 + 1.2 * FAR_KM * 4) / 2


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The plan of the town as it is, which is the same for all who ask."""
    return planned(write_town(tmp_path_factory.mktemp("as-it-is")))


def planned(town: Path) -> Written:
    """Plan, and not what becomes of everybody if nothing is built: nobody here asks."""
    return plan(town, town.parent / "out", baseline=False)


def numbers(row: Row, *names: str) -> list[float]:
    return [float(row[name]) for name in names]


def test_placements_of_the_town(as_it_is: Written) -> None:
    rows = as_it_is.table("private/placements")
    found = {
        (row["need"], row["phase"], row["provision"], row["year"], row["area"]): numbers(
            row, "children", "km", "minutes", "gbp"
        )
        for row in rows
    }
    years = ("2025", "2026", "2027")
    at_base = [1, NEAR_KM, NEAR_MIN, 12_000 + BASE_GBP]
    known = {
        ("ASD", "primary", "R", y, area): at_base for y in years for area in ("BA2 3", "BA1 2")
    }
    for n, y in zip((1, 2, 2), years, strict=True):
        known["SEMH", "secondary", "H", y, "BA2 7"] = [
            n,
            NEAR_KM,
            NEAR_MIN,
            n * (25_000 + NEAR_GBP),
        ]
        known["SEMH", "secondary", "V", y, "BA1 8"] = [1, FAR_KM, FAR_MIN, 60_000 + FAR_GBP]
    assert found.keys() == known.keys()
    assert len(rows) == len(known)
    for key, row in found.items():
        assert row == pytest.approx(known[key], abs=1e-6), key


def test_a_users_own_area_names_stand(town: Path) -> None:
    change(town, "children.csv", "child_id,children,", "child_id,area,children,")
    text = (town / "children.csv").read_text()
    (town / "children.csv").write_text(text.replace(",1,3", ",North,1,3"))
    areas = {row["area"] for row in planned(town).table("private/areas")}
    assert areas == {"North", "BA2 7"}  # the arrival E is named by its postcode sector


def test_use_of_the_town(as_it_is: Written) -> None:
    rows = as_it_is.table("private/use")
    found = {
        (row["provision"], row["year"]): (row["places"], row["used"], row["use_pct"])
        for row in rows
    }
    assert found == {
        ("R", "2025"): ("2", "2", "100"),
        ("R", "2026"): ("2", "2", "100"),
        ("R", "2027"): ("2", "2", "100"),
        ("H", "2025"): ("1", "1", "100"),
        ("H", "2026"): ("3", "2", "66.666666667"),
        ("H", "2027"): ("3", "2", "66.666666667"),
        ("V", "2025"): ("", "1", ""),
        ("V", "2026"): ("", "1", ""),
        ("V", "2027"): ("", "1", ""),
    }
    assert {(row["needs"], row["ncy_from"], row["ncy_to"]) for row in rows} == {
        ("SLCN|ASD", "0", "6"),
        ("*", "0", "14"),
    }


def test_gap_of_the_town(as_it_is: Written) -> None:
    counts = ("children", "unplaced", "independent", "out_of_area")
    found = {
        (row["need"], row["phase"], row["year"]): numbers(row, *counts, "mean_minutes")
        for row in as_it_is.table("private/gap")
    }
    both = (NEAR_MIN + FAR_MIN) / 2, (2 * NEAR_MIN + FAR_MIN) / 3
    assert found.pop(("SEMH", "secondary", "2025")) == pytest.approx([2, 0, 1, 1, both[0]])
    for year in ("2026", "2027"):
        assert found.pop(("SEMH", "secondary", year)) == pytest.approx([3, 0, 1, 1, both[1]])
    for year in ("2025", "2026", "2027"):
        assert found.pop(("ASD", "primary", year)) == pytest.approx([2, 0, 0, 0, NEAR_MIN])
    assert not found


def test_schemes_of_the_town(as_it_is: Written) -> None:
    (row,) = as_it_is.table("schemes")
    assert row == {
        "scheme_id": "S1",
        "name": "Extension",
        "provision": "H",
        "status": "proposed",
        "decision": "opens",
        "year": "2026",
        "capital_gbp": "400000",
        "places": "2",
        "gbp_per_place": "200000",
        "annuity_gbp": "28144",
    }


def test_a_scheme_that_nobody_needs_is_listed_without_a_year(town: Path) -> None:
    (town / "new_children.csv").unlink()
    written = planned(town)
    (row,) = written.table("schemes")
    assert (row["decision"], row["year"]) == ("not chosen", "")
    assert written.summary["schemes"][0]["year"] is None


def test_travel_of_the_town(as_it_is: Written) -> None:
    found = {(row["year"], row["phase"]): row for row in as_it_is.table("private/travel")}
    assert list(found) == [
        (year, phase)
        for year in ("2025", "2026", "2027")
        for phase in ("all", "primary", "secondary")
    ]
    row = found["2026", "all"]
    assert numbers(row, "children", "over_45", "over_75") == [5, 0, 0]
    assert numbers(row, "under_15", "from_15_to_30", "from_30_to_45") == [4, 1, 0]
    assert numbers(row, "mean_km", "mean_minutes") == pytest.approx(
        [(4 * NEAR_KM + FAR_KM) / 5, (4 * NEAR_MIN + FAR_MIN) / 5]
    )
    assert numbers(row, "median_minutes", "p95_minutes") == pytest.approx([NEAR_MIN, FAR_MIN])


@pytest.mark.parametrize(
    ("minutes", "band", "over_45", "over_75"),
    [
        (14.9, "under_15", 0, 0),
        (15, "from_15_to_30", 0, 0),
        (45, "from_45_to_60", 0, 0),
        (45.1, "from_45_to_60", 1, 0),
        (75, "from_75", 1, 0),
        (75.1, "from_75", 1, 1),
    ],
)
def test_a_band_holds_its_lower_end_and_the_guidance_is_exceeded_only_above(
    town: Path, minutes: float, band: str, over_45: int, over_75: int
) -> None:
    # One child, at Hill, by a table of journeys.
    change(town, "case.toml", "[travel]\n", '[travel]\nmethod = "table"\n')
    (town / "new_children.csv").unlink()
    header, *_, c, _ = (town / "children.csv").read_text().splitlines()
    (town / "children.csv").write_text(f"{header}\n{c}\n")
    (town / "travel.csv").write_text(
        f"child_id,provision_id,km,minutes\nkid-c,H,10,{minutes}\n", encoding="utf-8"
    )
    row = next(r for r in planned(town).table("private/travel") if r["phase"] == "all")
    assert numbers(row, "over_45", "over_75") == [over_45, over_75]
    bands = {name: row[name] for name in row if name.startswith(("under", "from"))}
    assert [name for name, count in bands.items() if count == "1"] == [band]
    assert numbers(row, "median_minutes", "p95_minutes") == [minutes, minutes]


@pytest.mark.parametrize(("far", "p95"), [("1", NEAR_MIN), ("1.001", FAR_MIN)])
def test_percentiles_count_children_not_rows(town: Path, far: str, p95: float) -> None:
    """The least time that 95 in 100 children do not exceed: 19 of 20 are near, or a hair fewer."""
    change(town, "children.csv", "kid-b,1", "kid-b,17")
    change(town, "places.csv", "2025,2,6000", "2025,18,6000")
    change(town, "places.csv", "2026,,2,6000", "2026,,18,6000")
    (town / "new_children.csv").unlink()
    change(town, "children.csv", "kid-d,1", f"kid-d,{far}")
    row = next(r for r in planned(town).table("private/travel") if r["phase"] == "all")
    assert numbers(row, "children", "median_minutes", "p95_minutes") == pytest.approx(
        [19 + float(far), NEAR_MIN, p95]
    )


def test_a_child_whom_all_are_too_full_to_take(town: Path) -> None:
    change(town, "places.csv", "V,*,0,14,,,,", "V,*,0,14,,,1,")  # D has it
    change(town, "case.toml", "{ 2025 = 300000, 2026 = 300000 }", "{ }")  # no money
    written = planned(town)
    rows = written.table("private/unplaced")
    assert [(r["need"], r["phase"], r["year"], r["reason"]) for r in rows] == [
        ("SEMH", "secondary", "2026", FULL),
        ("SEMH", "secondary", "2027", FULL),
    ]
    assert [numbers(row, "children", "gbp") for row in rows] == [[1, 30_000]] * 2
    assert written.summary["unplaced_child_years"] == 2
    gap = {
        row["year"]: row["unplaced"]
        for row in written.table("private/gap")
        if row["need"] == "SEMH"
    }
    assert gap == {"2025": "0", "2026": "1", "2027": "1"}


def test_a_child_for_whom_all_are_too_far(town: Path) -> None:
    change(town, "case.toml", "soft_minutes", "max_minutes = { secondary = 1 }\nsoft_minutes")
    rows = planned(town).table("private/unplaced")
    # C and E, not D: a review child may keep its place however far it is.
    assert [(r["year"], r["children"], r["reason"]) for r in rows] == [
        ("2025", "1", TOO_FAR),
        ("2026", "2", TOO_FAR),
        ("2027", "2", TOO_FAR),
    ]


def test_a_child_whom_no_kind_suits(town: Path) -> None:
    change(
        town,
        "children.csv",
        "kid-c,1,379000,164000,SEMH,,,",
        "kid-c,1,379000,164000,SEMH,,alternative,",
    )
    rows = planned(town).table("private/unplaced")
    assert [(r["year"], r["children"], r["reason"]) for r in rows] == [
        (year, "1", NOWHERE) for year in ("2025", "2026", "2027")
    ]


def test_a_child_too_old_for_its_only_school_waits(town: Path) -> None:
    change(town, "places.csv", "H,*,0,14", "H,*,0,6")
    change(town, "places.csv", "V,*,0,14", "V,*,8,14")
    change(town, "scheme_places.csv", "S1,0,*,0,14,2,", "S1,0,*,0,6,2,")
    rows = planned(town).table("private/unplaced")
    # C is in Year 7 in 2025 and may go to Vale from Year 8; E likewise a year later.
    assert [(r["year"], r["children"], r["reason"]) for r in rows] == [
        ("2025", "1", NOWHERE),
        ("2026", "1", NOWHERE),
    ]


def test_a_child_for_whom_a_place_costs_more_than_waiting(town: Path) -> None:
    """With little priority on places a free one is left empty: then nothing is full."""
    change(
        town,
        "case.toml",
        "[travel]\n",
        "[waiting]\ngbp_per_child_year = 1000\npenalty_gbp_per_child_year = 0\n[travel]\n",
    )
    rows = planned(town).table("private/unplaced")
    # Nobody is in Hill's one place. Riverside's last one is free for A. D keeps what it has.
    assert {(r["need"], r["year"], r["reason"]) for r in rows} == {
        (need, year, TOO_DEAR) for need in ("ASD", "SEMH") for year in ("2025", "2026", "2027")
    }


def test_a_child_whom_a_limit_keeps_out(town: Path) -> None:
    change(
        town,
        "children.csv",
        "kid-c,1,379000,164000,SEMH,,,",
        "kid-c,1,379000,164000,SEMH,,independent,",
    )
    change(town, "limits.csv", "2025,2027,10", "2025,2027,1")
    change(town, "children.csv", "review,V", "placed,V")  # the one
    rows = planned(town).table("private/unplaced")
    assert [(r["year"], r["children"], r["reason"]) for r in rows] == [
        (year, "1", FULL) for year in ("2025", "2026", "2027")
    ]


def test_home_is_where_la_is_left_blank(town: Path) -> None:
    text = (town / "provisions.csv").read_text()
    (town / "provisions.csv").write_text(text.replace(",Elsewhere", ","))
    gap = planned(town).table("private/gap")
    assert {row["out_of_area"] for row in gap} == {"0"}
    assert {row["independent"] for row in gap} == {"0", "1"}


def test_a_kind_made_from_independent_counts_as_independent(town: Path) -> None:
    with (town / "case.toml").open("a", encoding="utf-8") as file:
        file.write('[kinds.trust]\ntitle = "A trust"\ncounts_as = "independent"\n')
    change(town, "provisions.csv", "Vale independent,independent", "Vale independent,trust")
    written = planned(town)
    assert {row["independent"] for row in written.table("private/gap")} == {"0", "1"}
    assert written.summary["ledger_gbp"]["independent fees"] == 180_000


def test_an_empty_answer_still_has_every_table(town: Path) -> None:
    # Everyone has left: nobody is anywhere.
    change(town, "case.toml", "years = 3", "years = 3\n[leaving]\nlast_ncy = 6")
    text = (town / "children.csv").read_text().splitlines()
    (town / "children.csv").write_text("\n".join([text[0], *text[3:]]) + "\n")
    (town / "new_children.csv").unlink()
    written = plan(town, town.parent / "out", tables_only=False)  # the papers, too
    assert written.summary["children"] == 0
    assert written.summary["objective_gbp"] == 0
    for name in ("placements", "unplaced", "gap", "travel"):
        assert written.table(name) == []
        assert (
            (written.folder / f"{name}.csv")
            .read_text("utf-8-sig")
            .startswith(("area,", "need,", "year,"))
        )
    assert {row["used"] for row in written.table("use")} == {"0"}
