"""Projected arrivals: how many by each method, where they live, what is said of them, and how past years would do."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.case import read_case
from sufficiency.checks import check_case
from sufficiency.demand import people
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import Fault
from sufficiency.locate import locate
from sufficiency.projection import Projection, project
from sufficiency.projection.back_test import back_test, read_history
from sufficiency.projection.space import APART_M, find_spots
from tests.drafts import Draft
from tests.plans import invoke, plan
from tests.town import change, write_town

NEEDS = ("ASD", "SEMH", "MLD")
SCHOOL = {"provision_id": "S", "kind": "special", "easting_m": 400000, "northing_m": 300000}


def draft(seed: int, children: int = 60, **demand: Any) -> Draft:  # noqa: ANN401
    """Draw a case of children in three areas, some homes with many children and most with one."""
    rng = Random(seed)
    rows = []
    for n in range(children):
        area = rng.randrange(3)
        rows.append(
            {
                "child_id": f"c{n}",
                "children": rng.choice((1, 1, 1, 2, 7)),
                "easting_m": 400000 + 8000 * area + rng.randrange(0, 6000, 100),
                "northing_m": 300000 + rng.randrange(0, 6000, 100),
                "area": f"area {area}",
                "need": rng.choice(NEEDS),
                "suits": rng.choice(("special", "base|special", "")),
                "ncy": rng.randint(0, 14),
                "status": "seeking",
            }
        )
    base: dict[str, Any] = {"base_year": 2025, "years": 5, "demand": demand}
    return Draft(base, {"children": rows, "provisions": [SCHOOL]})


def projected(case: Draft, folder: Path | None = None) -> tuple[Projection, list[Fault]]:
    read = case.case()
    read = replace(read, path=folder or Path(), files={**read.files, "settings": "case.toml"})
    everyone = people(read)
    located = locate(read, everyone)
    everyone["area"] = located.area
    return project(read, everyone, located)


def by(frame: pd.DataFrame, *keys: str) -> dict[Any, float]:
    return {key: float(n) for key, n in frame.groupby(list(keys))["children"].sum().items()}


# How many ---------------------------------------------------------------------------------------


def test_children_with_a_plan_grow_as_told() -> None:
    case = draft(1, growth_pct=10.0, growth_by_need_pct={"SEMH": 20})
    case.settings["leaving"] = {"last_ncy": 20}
    for row in case.tables["children"]:
        row["ncy"] = 2  # nobody leaves within the plan
    before = by(case.case().children, "need")
    found, _ = projected(case)
    for need, growth in (("ASD", 1.1), ("SEMH", 1.2)):
        total = sum(n for (who, _), n in by(found.arrivals, "need", "year").items() if who == need)
        assert total == pytest.approx(before[need] * (growth**4 - 1))


def test_leavers_are_replaced() -> None:
    case = draft(1, growth_pct=0.0)
    for row in case.tables["children"]:
        row["ncy"] = 14
    before = case.case().children["children"].sum()
    found, _ = projected(case)
    assert by(found.arrivals, "year")[2026] == pytest.approx(before)


def test_arrivals_are_spread_over_year_groups_as_new_plans_are() -> None:
    found, _ = projected(draft(1, growth_pct=20.0))
    asd = by(found.arrivals[found.arrivals["need"] == "ASD"], "ncy")
    semh = by(found.arrivals[found.arrivals["need"] == "SEMH"], "ncy")
    assert max(asd, key=lambda ncy: asd[ncy]) == 0  # autism is found before school
    assert max(semh, key=lambda ncy: semh[ncy]) > 5


def test_a_year_group_may_grow_apart() -> None:
    usual, _ = projected(draft(1, growth_pct=5.0))
    apart, _ = projected(draft(1, growth_pct=5.0, growth_by_ncy_pct={7: 15}))
    one, other = by(usual.arrivals, "ncy", "year"), by(apart.arrivals, "ncy", "year")
    assert other[7, 2027] == pytest.approx(one[7, 2027] * (1.15 / 1.05) ** 2)
    assert other[8, 2027] == pytest.approx(one[8, 2027])


growths = st.floats(0, 40).map(lambda pct: round(pct, 2))


@pytest.mark.slow
@given(st.integers(0, 99), st.tuples(growths, growths))
@settings(max_examples=25)
def test_more_growth_never_brings_fewer(seed: int, pair: tuple[float, float]) -> None:
    less, more = (
        by(projected(draft(seed, growth_pct=pct))[0].arrivals, "need", "ncy", "year")
        for pct in sorted(pair)
    )
    assert all(more.get(key, 0.0) >= n - 1e-9 for key, n in less.items())


@pytest.mark.slow
@given(st.integers(0, 99), st.tuples(growths, growths, growths))
@settings(max_examples=25)
def test_low_is_lowest_and_high_is_highest(seed: int, three: tuple[float, float, float]) -> None:
    low, middle, high = sorted(three)
    rule: dict[str, Any] = {"growth_pct": middle, "growth_low_pct": low, "growth_high_pct": high}
    own: dict[str, Any] = {"growth_by_need_pct": {"MLD": 3.0}}
    found = [
        by(projected(draft(seed, **rule, **own, scenario=name))[0].arrivals, "need", "year")
        for name in ("low", "central", "high")
    ]
    for lower, upper in pairwise(found):
        assert all(upper.get(key, 0.0) >= n - 1e-9 for key, n in lower.items())


def with_population(case: Draft, **tables: list[dict[str, Any]]) -> Draft:
    case.tables["population"] = [
        {"year": year, "ncy": ncy, "population": 1000 + 10 * ncy + (year - 2025)}
        for year in (2024, 2025, 2026, 2027, 2028, 2029)
        for ncy in range(15)
    ]
    case.tables.update(tables)
    return case


def test_rates_are_applied_to_the_population() -> None:
    rates = [{"need": "ASD", "ncy": 0, "per_1000": 5}, {"need": "ASD", "ncy": 7, "per_1000": 2}]
    case = with_population(draft(1, specialist_pct={"ASD": 50}), rates=rates)
    found, faults = projected(case)
    assert found.method == "rates"
    assert by(found.arrivals, "ncy", "year")[0, 2026] == pytest.approx(0.005 * 1001 * 0.5)
    assert by(found.arrivals, "ncy", "year")[7, 2029] == pytest.approx(0.002 * 1074 * 0.5)
    assert [fault.code for fault in faults] == ["W1604"]


def test_rates_are_worked_out_from_new_plans() -> None:
    new = [
        {"year": year, "need": "MLD", "ncy": 4, "plans": plans}
        for year, plans in ((2022, 99), (2023, 4), (2024, 6))
    ]
    case = with_population(draft(1, rate_years=2, growth_pct=10.0), new_plans=new)
    found, _ = projected(case)
    rate = (4 + 6) / (1039 + 1039)  # 2023 is not in the population: its nearest year is 2024
    assert by(found.arrivals, "year")[2027] == pytest.approx(rate * 1042 * 1.1**2)


def test_new_plans_without_a_year_group_are_spread() -> None:
    case = with_population(draft(1), new_plans=[{"year": 2025, "need": "SEMH", "plans": 30}])
    found, _ = projected(case)
    assert by(found.arrivals, "year")[2026] == pytest.approx(30, rel=0.01)
    assert found.arrivals["ncy"].nunique() == 15


def test_a_population_by_area_brings_them_there() -> None:
    case = draft(1)
    case.tables["rates"] = [{"need": "ASD", "ncy": 3, "per_1000": 10}]
    case.tables["population"] = [
        {"year": 2025, "ncy": 3, "area": area, "population": people_there}
        for area, people_there in (("area 0", 3000), ("area 2", 1000))
    ]
    found, faults = projected(case)
    assert by(found.rows, "area") == pytest.approx({"area 0": 120.0, "area 2": 40.0})
    assert "W1603" in [fault.code for fault in faults]  # one year of population serves all


def forecast(
    folder: Path,
    text: str,
    **demand: Any,  # noqa: ANN401
) -> tuple[Projection, list[Fault]]:
    (folder / "f.csv").write_text(text, encoding="utf-8")
    case = draft(1, children=40, forecast="f.csv", **demand)
    case.settings["years"] = 3
    return projected(case, folder)


def test_a_forecast_of_all_with_a_plan(tmp_path: Path) -> None:
    rows = ["need,ncy,year,children"]
    rows += [
        f"ASD,{ncy},{year},{10 + 2 * (year - 2025)}"
        for year in (2025, 2026, 2027)
        for ncy in (4, 5)
    ]
    found, _ = forecast(tmp_path, "\n".join(rows))
    arrivals = by(found.arrivals, "ncy", "year")
    assert arrivals == pytest.approx({(4, 2026): 12, (4, 2027): 14, (5, 2026): 2, (5, 2027): 2})


def test_a_forecast_of_arrivals_by_area(tmp_path: Path) -> None:
    text = "need,ncy,area,year,arrivals\nASD,0,area 1,2026,3.5\nMLD,7,,2027,2\nMLD,7,,2040,9\n"
    found, faults = forecast(tmp_path, text)
    assert by(found.arrivals, "need") == pytest.approx({"ASD": 3.5, "MLD": 2.0})
    assert set(found.rows.loc[found.rows["need"] == "ASD", "area"]) == {"area 1"}
    assert [fault.code for fault in faults] == ["W1604"]


WITAN = """calendar-year,need,academic-year,setting,p05,median,p95
2026,ASD,3,MMSIB,1,2,3
2026,ASD,3,SPEC,2,3,5
2026,NONSEND,3,NONSEND,800,900,990
2027,ASD,4,SPEC,8,9,14
2028,ASD,5,SPEC,8,12,15
"""


@pytest.mark.parametrize(("scenario", "wanted"), [("low", 5), ("central", 4), ("high", 6)])
def test_what_witan_send_writes(tmp_path: Path, scenario: str, wanted: float) -> None:
    found, faults = forecast(tmp_path, WITAN, scenario=scenario)
    # January 2026 is the plan's first year; settings are added up
    assert by(found.arrivals, "year")[2026] == pytest.approx(wanted)
    assert "W1605" in [fault.code for fault in faults]
    assert "January" in found.says


def test_simulations_are_added_up_before_the_median_is_taken(tmp_path: Path) -> None:
    rows = ["simulation,calendar-year,need,academic-year,setting,population"]
    for sim in range(11):
        rows += [
            f"{sim},2026,ASD,3,A,0",
            f"{sim},2027,ASD,4,A,{sim}",
            f"{sim},2027,ASD,4,B,{10 - sim}",
        ]
    found, faults = forecast(tmp_path, "\n".join(rows))
    assert by(found.arrivals, "year") == pytest.approx({2026: 10.0})
    assert "11 simulations" in found.says
    assert "W1605" not in [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("need,ncy,children\nASD,1,3\n", "E1604"),
        ("need,ncy,year,children\nASC,1,2026,3\n", "E605"),
        ("need,ncy,year,children\nASD,one,2026,3\n", "E602"),
        ("need,ncy,year,children\nASD,1,2026,\n", "E601"),
        ("need,ncy,area,year,children\nASD,1,area 1,2026,5\n", "E1604"),
        ("need,ncy,year,children\nASD,1,2026,5,7\n", "E108"),
        ("", "E105"),
    ],
)
def test_a_forecast_that_cannot_be_used(tmp_path: Path, text: str, code: str) -> None:
    found, faults = forecast(tmp_path, text)
    assert code in [fault.code for fault in faults]
    assert not len(found.rows)


def test_a_scenario_that_a_forecast_lacks(tmp_path: Path) -> None:
    _, faults = forecast(tmp_path, "need,ncy,year,children\nASD,1,2026,5\n", scenario="high")
    assert [fault.code for fault in faults] == ["E1602"]


def test_an_area_that_nobody_lives_in(tmp_path: Path) -> None:
    text = "need,ncy,area,year,arrivals\nASD,0,elsewhere,2026,8\n"
    found, faults = forecast(tmp_path, text)
    assert "W1606" in [fault.code for fault in faults]
    assert found.rows["children"].sum() == pytest.approx(8)


# Where ------------------------------------------------------------------------------------------


@pytest.mark.slow
@given(st.integers(0, 999), st.integers(1, 60), st.sampled_from([0.3, 1.0, 4.0]))
@settings(max_examples=40)
def test_totals_are_kept_in_space_and_no_arrival_is_at_a_lone_home(
    seed: int, children: int, per_row: float
) -> None:
    case = draft(seed, children, growth_pct=15.0, children_per_row=per_row)
    found, _ = projected(case)
    assert by(found.rows, "need", "start_year") == pytest.approx(by(found.arrivals, "need", "year"))
    homes = case.case().children.groupby(["easting_m", "northing_m"])["children"].sum()
    lone = np.array([home for home, count in homes.items() if count < 5]).reshape(-1, 2)
    points = found.rows[["easting_m", "northing_m"]].drop_duplicates().to_numpy()
    if len(lone) and len(points):
        apart = np.hypot(*(points[:, None, axis] - lone[None, :, axis] for axis in (0, 1)))
        assert apart.min() >= APART_M


@given(st.integers(0, 999), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_the_order_of_rows_does_not_matter(seed: int, rng: Random) -> None:
    case = draft(seed, growth_pct=12.0)
    one, _ = projected(case)
    rng.shuffle(case.tables["children"])
    other, _ = projected(case)
    pd.testing.assert_frame_equal(one.rows, other.rows)
    pd.testing.assert_frame_equal(one.arrivals, other.arrivals)


def test_a_lone_child_is_not_found_from_where_an_arrival_is() -> None:
    case = draft(1, children=1, growth_pct=100.0)
    case.tables["children"][0]["children"] = 1
    found, _ = projected(case)
    home = case.case().children[["easting_m", "northing_m"]].to_numpy()[0]
    points = found.rows[["easting_m", "northing_m"]].to_numpy()
    assert np.hypot(*(points - home).T).min() >= APART_M


def test_spots_follow_need_and_hold_enough_children() -> None:
    case = draft(3, children=200).case()
    everyone = people(case).assign(area=case.children["area"].to_numpy())
    homes = everyone[["easting_m", "northing_m"]].to_numpy()
    spots = find_spots(everyone, homes, 3.0)
    assert 3 <= len(spots.area) <= 60
    assert all(weight.sum() == pytest.approx(1) for weight in spots.weight.values())
    east = spots.points[:, 0]
    only = everyone.assign(need=np.where(everyone["easting_m"] < 408000, "ASD", "MLD"))
    apart = find_spots(only, homes, 3.0)
    assert apart.weight["ASD"] @ east < apart.weight["MLD"] @ east - 5000


# What is said -----------------------------------------------------------------------------------


@pytest.fixture
def town(tmp_path: Path) -> Path:
    town = write_town(tmp_path)
    (town / "new_children.csv").unlink()
    return town


def demand(town: Path, text: str) -> list[str]:
    with (town / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f"[demand]\n{text}\n")
    case, faults = read_case(town)
    assert case is not None
    return [fault.code for fault in (*faults, *check_case(case))]


def test_a_run_says_which_projection_it_used(town: Path, tmp_path: Path) -> None:
    assert demand(town, "growth_pct = 60\ngrowth_by_need_pct = { semh = 80 }") == []
    written = plan(town, tmp_path / "out", tables_only=False)
    record = written.json("run")["demand"]
    assert record["method"] == "growth"
    assert record["parameters"]["growth_by_need_pct"] == {"SEMH": 80.0}
    assert written.summary["demand"] == record["says"]
    assert written.summary["children"] == pytest.approx(4 + record["children"])
    assert "W1604" in [fault["code"] for fault in written.json("run")["findings_on_the_data"]]
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "are projected" in page


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", ["E1601"]),
        ("growth_pct = 5", ["W1602"]),
        ('growth_by_need_pct = { ASD = 5 }\nscenario = "high"', ["E1602"]),
        ("growth_by_need_pct = { ASD = 5 }\ngrowth_low_pct = 9\ngrowth_pct = 5", ["E1602"]),
        ('forecast = "none.csv"', ["E113"]),
        ('forecast = "../none.csv"', ["E114"]),
        ("growth_by_need_pct = { ASC = 5 }", ["E202"]),
        ("growth_pct = 500", ["E203"]),
    ],
)
def test_settings_that_do_not_do(town: Path, text: str, codes: list[str]) -> None:
    assert demand(town, text) == codes


def test_tables_that_do_not_do(town: Path) -> None:
    (town / "rates.csv").write_text("need,ncy,per_1000\nASD,3,4\nASD,3,4\n")
    assert demand(town, "") == ["E1603", "E1607"]
    (town / "population.csv").write_text("year,ncy,area,population\n2025,4,,9\n2026,4,west,9\n")
    case, faults = read_case(town)
    assert case is not None
    assert [fault.code for fault in (*faults, *check_case(case))] == ["E1606", "E1607"]


def test_listed_arrivals_come_first(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    assert demand(town, "growth_by_need_pct = { ASD = 5 }") == ["W1601"]
    done = invoke("demand", town)
    assert done.exit_code == 2
    assert "lists them" in done.stderr


def test_rates_of_a_year_group_without_a_population(town: Path) -> None:
    (town / "rates.csv").write_text("need,ncy,per_1000\nASD,3,4\n")
    (town / "population.csv").write_text("year,ncy,population\n2025,4,9\n")
    demand(town, "")
    with pytest.raises(CaseError) as caught:
        plan(town, town.parent / "out")
    assert "E1603" in [fault.code for fault in caught.value.faults]
    assert invoke("demand", town).exit_code == 3


def test_a_table_of_journeys_has_none_for_arrivals(town: Path) -> None:
    change(town, "case.toml", "detour_factor = 1.2", 'method = "table"')
    journeys = [f"kid-{c},{p},3,9" for c in "abcd" for p in "RHV"]
    (town / "travel.csv").write_text("\n".join(["child_id,provision_id,km,minutes", *journeys]))
    demand(town, "growth_by_need_pct = { ASD = 50 }")
    with pytest.raises(CaseError) as caught:
        plan(town, town.parent / "out")
    assert [fault.code for fault in caught.value.faults if fault.is_error] == ["E1605"]


def test_when_nobody_arrives_it_is_said(town: Path) -> None:
    demand(town, "growth_by_need_pct = { ASD = -50, SEMH = -50 }")
    assert "W1607" in invoke("check", town, "--format", "json").stdout


def test_the_command_shows_need_phase_and_year(town: Path) -> None:
    demand(town, "growth_by_need_pct = { ASD = 50 }")
    done = invoke("demand", town)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.split()[:4] == ["need", "phase", "2026", "2027"]
    answer = json.loads(invoke("demand", town, "--format", "json").stdout)
    assert answer["demand"]["method"] == "growth"
    assert {row["need"] for row in answer["arrivals"]} <= {"ASD", "SEMH"}


# Back-test --------------------------------------------------------------------------------------


def history(folder: Path, rows: list[tuple[Any, ...]], header: str = "year,need,plans") -> Path:
    path = folder / "history.csv"
    path.write_text(
        "\n".join([header, *(",".join(map(str, row)) for row in rows)]), encoding="utf-8"
    )
    return path


def test_steady_growth_is_projected_exactly(tmp_path: Path) -> None:
    rows = [
        (2020 + t, need, round(n * 1.1**t, 6))
        for t in range(5)
        for need, n in (("ASD", 100), ("HI", 10))
    ]
    found = back_test(read_history(history(tmp_path, rows)))
    scores = found.scores.set_index("method")
    assert found.held_out == 2024
    assert scores.loc["average growth", "mape_pct"] == pytest.approx(0, abs=1e-4)
    assert scores.loc["same growth", "total_pct"] == pytest.approx(0, abs=1e-4)
    assert scores.loc["same as last year", "total_pct"] == pytest.approx(100 * (1 / 1.1 - 1))


def test_cohorts_are_rolled_forward_where_year_groups_are_known(tmp_path: Path) -> None:
    rows = [
        (year, "ASD", ncy, 50 if ncy - (year - 2020) == 3 else 5)
        for year in range(2020, 2024)
        for ncy in range(3, 8)
    ]
    found = back_test(read_history(history(tmp_path, rows, "year,need,ncy,plans")))
    assert "cohorts" in set(found.rows["method"])


def test_two_years_allow_only_the_naive_one(tmp_path: Path) -> None:
    found = back_test(read_history(history(tmp_path, [(2023, "ASD", 5), (2024, "ASD", 6)])))
    assert list(found.scores["method"]) == ["same as last year"]


def test_a_history_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two years"):
        read_history(history(tmp_path, [(2024, "ASD", 5)]))
    with pytest.raises(UsageError, match="columns"):
        read_history(history(tmp_path, [(2024, 5)], "year,people"))
    with pytest.raises(CaseError):
        read_history(history(tmp_path, [(2023, "ASC", 5), (2024, "ASD", 6)]))


def test_the_command_tests_the_growth_of_the_case_too(town: Path) -> None:
    demand(town, "growth_pct = 10\ngrowth_by_need_pct = { ASD = 25 }")
    path = history(town.parent, [(2023, "ASD", 80), (2024, "ASD", 100), (2025, "ASD", 125)])
    done = invoke("demand", town, "--back-test", path, "--format", "json")
    scores = {row["method"]: row["total_pct"] for row in json.loads(done.stdout)["scores"]}
    assert scores["the case's growth, central"] == pytest.approx(0)
    assert "same growth" in invoke("demand", town, "--back-test", path).stdout


def published(open_data: Path, council: str) -> pd.DataFrame:
    """Return the DfE's plans and new plans of a council (or England): totals, for by need there is one year only."""
    found = []
    for name, column in (("caseload", "ehcplans"), ("newplans", "new_ehc_plans")):
        rows = pd.read_csv(open_data / "dfe_stats" / f"ehcp_2025_{name}.csv", dtype=str)
        whole = rows["breakdown"].isin(["All EHC plans", "New EHC plans"])
        mine = rows["la_name"].eq(council) | (
            rows["geographic_level"].eq("National") & (council == "England")
        )
        year = rows["time_period"].str[:4].astype(int) + 1
        found.append(
            pd.Series(rows[column][whole & mine].astype(int).to_numpy(), index=year[whole & mine])
        )
    table = pd.DataFrame({"plans": found[0], "new_plans": found[1]})
    return table.rename_axis("year").reset_index().assign(need="", ncy=np.nan)


@pytest.mark.parametrize(
    ("council", "most"),
    [
        ("Bath and North East Somerset", 2.0),
        ("Wiltshire", 4.0),
        ("Bournemouth, Christchurch and Poole", 4.5),
        ("England", 1.0),
    ],
)
def test_published_plans_of_2025_from_the_years_before(
    open_data: Path, council: str, most: float
) -> None:
    found = back_test(published(open_data, council))
    scores = found.scores[found.scores["measure"] == "plans"].set_index("method")["total_pct"].abs()
    assert found.held_out == 2025
    assert scores["average growth"] < most
    assert scores["average growth"] < scores["same as last year"]
