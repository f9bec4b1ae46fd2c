"""The worked example: what is real agrees with its source, what is not says so, and it reads."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.postcodes import Directory
from sufficiency.case import Case, read_case
from sufficiency.synth.draw import Pools
from tests.worked import figures

BANES = Path(__file__).resolve().parents[1] / "examples" / "banes"
COUNCIL = "E06000022"
README = (BANES / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def case() -> Case:
    found, faults = read_case(BANES)
    assert found is not None
    assert faults == []
    return found


@pytest.fixture(scope="module")
def homes(case: Case) -> pd.DataFrame:
    codes = [*case.children["postcode"], *case.new_children["postcode"]]
    return Directory.bundled(["B"]).lookup(codes)


def test_every_home_is_a_postcode_of_the_council(homes: pd.DataFrame) -> None:
    assert (homes["reason"] == "").all()
    assert (homes["district"] == COUNCIL).all()


def test_homes_lie_where_people_live(homes: pd.DataFrame) -> None:
    in_bath = (homes["easting_m"] > 371_000) & (homes["northing_m"] > 161_000)
    assert 0.40 <= in_bath.mean() <= 0.58  # Bath has about half of the council's people


def test_children_in_scope_are_counted_in_the_readme(case: Case) -> None:
    for number in (len(case.children), len(case.new_children)):
        assert f"**{number:,}**" in README
    counts = case.children["status"].value_counts()
    for status in ("placed", "seeking", "review"):
        assert f"| {counts[status]:,} |" in README


def test_children_arrive_in_every_year_and_enter_where_schools_begin(case: Case) -> None:
    arrivals = case.new_children
    years = set(range(case.settings.base_year, case.settings.last_year + 1))
    assert set(arrivals["start_year"]) == years
    by_ncy = arrivals.groupby("ncy").size()
    assert set(by_ncy.nlargest(2).index) == {0, 1}
    assert by_ncy[7] == by_ncy[2:].max()


def test_a_quarter_of_arrivals_start_school_and_a_tenth_change_to_secondary(case: Case) -> None:
    """The council's paper: plans are issued mostly at ages 4 to 5 and 10 to 11."""
    share = case.new_children["ncy"].value_counts(normalize=True)
    assert share[[0, 1]].sum() == pytest.approx(0.25, abs=0.02)
    assert share[7] == share[share.index >= 2].max() == pytest.approx(0.095, abs=0.01)
    assert "34% enter Reception, Year 1 or Year 7" in README
    assert share[[0, 1, 7]].sum() == pytest.approx(0.34, abs=0.005)


def test_those_who_wait_out_of_school_are_counted(case: Case) -> None:
    kinds = case.provisions.set_index("provision_id")["kind"]
    taught = case.children[case.children["current_provision"].map(kinds) == "alternative"]
    counts = taught["status"].value_counts()
    said = figures("banes")
    assert [counts["seeking"]] == said[
        "of compulsory school age, out of school, taught under Section 19 while they wait"
    ]
    assert [counts["placed"]] == said["tuition service, by arrangement and not waiting"]
    assert taught.loc[taught["status"] == "seeking", "ncy"].between(1, 11).all()


def test_who_is_in_it_adds_up_to_the_plans_of_30_june() -> None:
    part = (
        README.partition("## Who is in it")[2]
        .partition(
            "\n\n",
        )[2]
        .partition("\n\n")[0]
    )
    cells = [line.strip("|").split("|") for line in part.splitlines()[2:]]
    counts = {label.strip(): int(n.strip(" *").replace(",", "")) for label, n in cells}
    by = dict(enumerate(counts.values()))
    assert by[0] + by[1] - by[2] == by[3] == 2559
    assert by[3] == sum(by[n] for n in range(4, 9))
    assert by[8] == by[9] + by[10] + by[11]
    assert by[11] == sum(by[n] for n in range(12, 16))


def test_those_in_mainstream_suit_nothing_dearer(case: Case) -> None:
    kinds = case.provisions.set_index("provision_id")["kind"]
    placed = case.children["current_provision"].map(kinds)
    placed = placed.where(case.children["status"] != "seeking")
    suits = case.children.loc[placed == "mainstream", "suits"].str.split("|")
    assert {kind for row in suits for kind in row} <= {"mainstream", "college"}
    for kind in ("base", "special", "independent", "alternative", "college"):
        rows = case.children.loc[placed == kind, "suits"].str.split("|")
        assert all(kind in row for row in rows)


def test_no_pool_is_over_full_by_more_than_a_few(case: Case) -> None:
    pools = Pools.of_case(case)
    over = 0.0
    children = case.children[case.children["status"] != "seeking"]
    for q, name in enumerate(pools.provision):
        here = children[children["current_provision"] == name]
        in_range = here["ncy"].between(pools.ncy_from[q], pools.ncy_to[q])
        over += max(0.0, in_range.sum() - pools.places[q])
    assert over <= 5


def test_no_scheme_but_the_published_one_stands_at_a_real_school(case: Case) -> None:
    real = case.provisions.loc[case.provisions["urn"] != "", "provision_id"]
    at_real = case.schemes[case.schemes["provision_id"].isin(real)]
    assert at_real["provision_id"].tolist() == ["SP-ASPIRE"]
    others = case.schemes[~case.schemes["provision_id"].isin(real)]
    assert others["name"].str.contains("(illustrative)", regex=False).all()


def test_schemes_are_a_real_choice(case: Case) -> None:
    proposed = case.schemes[case.schemes["status"] == "proposed"]
    budget = case.settings.capital.budget_gbp
    assert len(case.schemes) <= 10
    assert budget is not None
    assert proposed["capital_gbp"].sum() > 1.5 * sum(budget.values())
    assert proposed["exclusive_group"].ne("").any()
    assert proposed["requires"].ne("").any()
    assert case.schemes["status"].eq("committed").any()


def test_capital_a_place_is_near_what_is_published(case: Case) -> None:
    most = case.scheme_places.groupby(["scheme_id", "years_open"])["places"].sum()
    places = most.groupby("scheme_id").max()
    each = case.schemes.set_index("scheme_id")["capital_gbp"] / places
    assert each.between(59_000, 76_000).all()


def test_bases_have_the_places_that_the_readme_says(case: Case) -> None:
    bases = case.provisions.loc[case.provisions["provision_id"].str.startswith("RB-")]
    now = case.places[case.places["provision_id"].isin(bases["provision_id"])]
    added = case.schemes[case.schemes["status"] == "committed"]["scheme_id"]
    new = case.scheme_places[case.scheme_places["scheme_id"].isin(added)]
    assert (len(bases), now["places"].sum(), new["places"].sum()) == (9, 114, 34)


def test_special_journeys_cost_near_the_published_figure(case: Case, homes: pd.DataFrame) -> None:
    by_id = case.provisions.set_index("provision_id")
    here = homes.iloc[: len(case.children)].set_index(case.children.index)
    at = case.children["current_provision"]
    special = at.map(by_id["kind"]) == "special"
    east = here["easting_m"] - at.map(by_id["easting_m"])
    north = here["northing_m"] - at.map(by_id["northing_m"])
    km = np.hypot(east, north)[special] / 1000 * case.settings.travel.detour_factor
    rate = case.settings.transport_for("special")
    daily = rate.gbp_per_day + rate.gbp_per_km * km.mean() * rate.journeys_per_day
    gbp = rate.days * daily / rate.children_per_vehicle * rate.eligible_pct / 100
    assert gbp == pytest.approx(8116, rel=0.05)
    assert f"£{round(gbp, -1):,.0f} a child" in README


def test_every_price_stands_in_the_readme(case: Case) -> None:
    for price in sorted(set(case.prices["gbp_per_child"])):
        assert f"£{price:,.0f}" in README


def test_real_places_stand_where_gias_has_them(case: Case, open_data: Path) -> None:
    extract = open_data / "gias" / "edubasealldata20231116_south_west_and_all_special.csv"
    with extract.open(encoding="cp1252", newline="") as file:
        gias = {row["URN"]: row for row in csv.DictReader(file)}
    real = case.provisions[case.provisions["urn"] != ""]
    for row in real.itertuples():
        found = gias[str(row.urn)]
        assert found["EstablishmentName"].startswith(str(row.name))
        assert (row.easting_m, row.northing_m) == (int(found["Easting"]), int(found["Northing"]))
        la = found["LA (name)"]
        assert row.la == ("home" if la == "Bath and North East Somerset" else la)


def test_special_schools_have_their_roll_of_gias_moved_on_as_places(
    case: Case, open_data: Path
) -> None:
    extract = open_data / "gias" / "edubasealldata20231116_south_west_and_all_special.csv"
    with extract.open(encoding="cp1252", newline="") as file:
        roll = {row["URN"]: row["NumberOfPupils"] for row in csv.DictReader(file)}
    places = case.places.groupby("provision_id")["places"].sum().to_dict()
    home = case.provisions[
        (case.provisions["kind"] == "special")
        & (case.provisions["la"] == "home")
        & (case.provisions["urn"] != "")
    ]
    for row in home.itertuples():
        assert places[str(row.provision_id)] == round(int(roll[str(row.urn)]) * 630 / 593)


def test_published_counts_are_those_of_the_release(open_data: Path) -> None:
    recipe = tomllib.loads((BANES / "synth.toml").read_text(encoding="utf-8"))
    needs = [f"number_{code.lower()}" for code in recipe["source"]["needs"]]
    frame = pd.read_csv(open_data / "dfe_stats" / "ehcp_2025_sen_needs_all_plans.csv", dtype=str)
    frame = frame[frame["new_la_code"] == COUNCIL]
    by_age = frame[frame["breakdown_topic"] == "Child or young persons age"]
    for _, row in by_age.iterrows():
        age = "2" if "under" in row["breakdown"] else row["breakdown"].removeprefix("age ")
        assert recipe["plans_by_age_and_need"][age] == [int(row[name]) for name in needs]
    by_placement = frame.set_index("breakdown")
    for group, label in {"mainstream": "Mainstream - total", "college": "FE - total"}.items():
        counts = [int(str(by_placement.loc[label, name])) for name in needs]
        assert recipe["plans_by_placement_and_need"][group] == counts
    caseload = pd.read_csv(open_data / "dfe_stats" / "ehcp_2025_caseload.csv", dtype=str)
    mine = caseload[(caseload["new_la_code"] == COUNCIL) & (caseload["time_period"] == "202425")]
    whole = mine[mine["breakdown_topic"] == "All EHC plans"].iloc[0]
    assert recipe["source"]["plans"] == int(whole["ehcplans"])
