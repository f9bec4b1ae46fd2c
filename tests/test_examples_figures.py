"""What the READMEs of the worked examples say comes out, against a fresh run."""

from __future__ import annotations

import functools
import re

import pandas as pd
import pytest

from sufficiency.evidence.choices import with_choice
from sufficiency.evidence.explain import pathways
from sufficiency.evidence.explain.explained import Explained
from sufficiency.schemes import proposed
from tests.worked import NEAR, figures, planned, readme, scheme_places, table

pytestmark = pytest.mark.slow

REVENUE = "high needs revenue"
MILES = "miles they travel out of the area a day, there and back"
KM_PER_MILE = 1.609344


@pytest.mark.parametrize(("scenario", "at"), [("", 0), ("all-bids", 1), ("steady-state", 2)])
def test_bcp(scenario: str, at: int) -> None:
    plan, said = planned("bcp", scenario), {label: row[at] for label, row in figures("bcp").items()}
    schemes = set(plan.opened())
    assert len(schemes) == said["bids that open"]
    assert scheme_places("bcp", schemes, 0) == said["places in the opening year, 2025/26"]
    assert scheme_places("bcp", schemes, 1) == said["places from the second year on"]
    assert plan.account.capital_gbp == said["capital"]
    for year in (2025, 2028):
        label = f"high needs spending avoided in {year}/{year - 1999}"
        assert plan.avoided(REVENUE)[year] == pytest.approx(said[label], rel=NEAR)
    waiting = plan.outcome("unplaced")
    assert waiting[2024] == pytest.approx(said["children waiting in 2024/25"])
    assert sum(waiting.values()) == pytest.approx(143)


def test_bcp_has_a_scorecard_of_what_awaited_a_place() -> None:
    rows = table("bcp", "scorecard").set_index(["measure", "period"])["value"]
    before, now = (
        int(rows["Children awaiting a specialist place", period])
        for period in ("spring 2024", "2024-09")
    )
    assert (before, now) == (270, 143)
    assert planned("bcp").outcome("unplaced")[2024] == pytest.approx(now)
    assert f"{before - now} fewer" in readme("bcp")


def test_bcp_pays_less_a_place_in_a_steady_state() -> None:
    one, later = planned("bcp"), planned("bcp", "steady-state")
    assert later.opened() == one.opened()
    assert later.avoided(REVENUE)[2025] == pytest.approx(27 * 31_000, rel=1e-4)
    assert later.avoided(REVENUE)[2028] == pytest.approx(42 * 35_000, rel=1e-4)
    assert one.avoided(REVENUE)[2028] == pytest.approx(42 * 31_000, rel=1e-4)
    paid = later.avoided(REVENUE)
    assert paid[2025] + paid[2026] < 2_800_000 < paid[2025] + paid[2026] + paid[2027]


def test_bcp_needs_every_bid_for_the_upper_bound() -> None:
    bound, each = 70 * 31_000, 31_000
    fund, every = (planned("bcp", name).avoided(REVENUE) for name in ("", "all-bids"))
    assert all(fund[year] < 0.65 * bound for year in range(2025, 2029))
    assert every[2026] < every[2028] == pytest.approx(bound, rel=NEAR)
    two_years = (fund[2025] + fund[2026]) / each
    assert two_years < 2_800_000 / each < two_years + fund[2027] / each


@pytest.mark.parametrize(
    ("scenario", "at"), [("", 0), ("growth-15", 1), ("bitham-slips", 2), ("as-named", 3)]
)
def test_wiltshire(scenario: str, at: int) -> None:
    plan = planned("wiltshire", scenario)
    said = {label: row[at] for label, row in figures("wiltshire").items() if len(row) == 4}
    near = functools.partial(pytest.approx, rel=NEAR)
    assert plan.outcome("children")[2029] == near(
        said["children wanting a specialist place in 2029/30"]
    )
    assert plan.outcome("independent")[2029] == near(said["of them in independent schools"])
    bare = plan.outcome("independent", unbuilt=True)[2029]
    assert bare == near(said["in independent schools in 2029/30 if nothing were built"])
    assert plan.account.capital_gbp == said["council capital spent"] <= 10e6
    assert plan.opened()["P5"] == said["year Bitham Park opens"]
    assert plan.account.cost_gbp / 1e6 == near(
        said["real cost of the plan's decisions, £ million, discounted"]
    )
    assert sum(scheme.startswith("E2") for scheme in plan.opened()) == 1


def test_wiltshire_builds_the_same_in_either_growth_and_loses_by_a_slip() -> None:
    plan, fast, slip = (planned("wiltshire", name) for name in ("", "growth-15", "bitham-slips"))
    assert set(plan.opened()) == set(fast.opened()) == set(slip.opened())
    assert slip.account.cost_gbp - plan.account.cost_gbp == pytest.approx(10.5e6, rel=0.1)
    more = fast.outcome("children")[2029] - plan.outcome("children")[2029]
    most = scheme_places("wiltshire", {"P1", "P2", "P3", "P4", "E2D", "B1", "B2"}, 1)
    assert more > most + scheme_places("wiltshire", {"P5"}, 2) == 510


def test_wiltshire_dates_every_scheme_that_the_paper_names() -> None:
    plan, said = planned("wiltshire", "as-named"), figures("wiltshire")
    rows = table("wiltshire", "scheme_places").astype({"years_open": int, "places": int})
    opened = plan.opened() | {"C1": 2024, "C2": 2024}

    def places(scheme: str, year: int) -> int:
        own = rows[(rows["scheme_id"] == scheme) & (rows["years_open"] <= year - opened[scheme])]
        return int(own["places"].iloc[-1]) if len(own) else 0

    for scheme, label, before in (
        ("C1", "SAIL, in phases (60 in 2023/24)", 60),
        ("C2", "Melksham House, primary SEMH", 0),
        ("P1", "Melksham House, secondary SEMH", 0),
        ("P2", "Northwood", 0),
        ("P3", "AP free school, north", 0),
        ("P4", "AP free school, south", 0),
        ("P5", "Bitham Park, SEMH, in feasibility", 0),
        ("E2F", "Exeter House 2", 0),
    ):
        assert said[label] == [before + places(scheme, year) for year in plan.years], label
    assert not {"B1", "B2"} & opened.keys()
    extra = plan.account.cost_gbp - planned("wiltshire").account.cost_gbp
    assert extra == pytest.approx(5.2e6, rel=NEAR)
    assert "£5.2m more" in readme("wiltshire")


def test_wiltshire_is_cost_neutral_to_schools_while_its_bases_fill() -> None:
    plan, neutral = planned("wiltshire"), planned("wiltshire", "cost-neutral")
    assert neutral.account.cost_gbp == pytest.approx(plan.account.cost_gbp, rel=1e-6)
    assert neutral.opened() == plan.opened()
    somewhere, _ = neutral.study.tables(neutral.study.plan)
    inside = somewhere[somewhere["provision"] == "NB-NORTH"].groupby("year")["children"].sum()
    assert inside.tolist() == pytest.approx([20, 40, 40, 40, 40])
    paid = table("wiltshire", "prices").set_index("provision_id")["gbp_per_child"].astype(int)
    assert 6_000 + paid["NB-NORTH"] == 18_000


def test_wiltshire_chooses_among_six_sites() -> None:
    plan = planned("wiltshire")
    ids = [scheme.scheme_id for scheme in proposed(plan.study.prepared.basis.schemes)]
    rows = re.findall(
        r"\| ([A-F]), [\w ]+ \| ([\d,]+) \| ([\d.]+) \| ([\w ,]+) \|", readme("wiltshire")
    )
    assert len(rows) == 6
    costs = {}
    for letter, capital, cost, besides in rows:
        site = ids.index(f"E2{letter}")
        trial = plan.study.best(with_choice(plan.study.problem, [site], []))
        costs[letter] = trial.account.cost_gbp
        assert trial.account.cost_gbp / 1e6 == pytest.approx(float(cost), rel=0.005)
        assert (trial.account.opens[ids.index("P2")] >= 0) == ("Northwood" in besides)
        own = table("wiltshire", "schemes").set_index("scheme_id")["capital_gbp"][f"E2{letter}"]
        assert own == capital.replace(",", "")
    assert min(costs, key=costs.__getitem__) == "D"
    assert plan.account.cost_gbp == pytest.approx(costs["D"], rel=1e-5)


def test_wiltshire_steps_down_as_published() -> None:
    said, plan = figures("wiltshire"), planned("wiltshire")
    in_bases_now = 292 + 193
    kinds = plan.study.prepared.case.provisions.set_index("provision_id")["kind"]
    somewhere, _ = plan.study.tables(plan.study.plan)
    first = somewhere[somewhere["year"] == 2024]
    by_kind = first.groupby(first["provision"].map(kinds))["children"].sum()
    moved, to_bases = 352 - by_kind["independent"], by_kind["base"] - in_bases_now
    saved = moved * 62_219 - (moved - to_bases) * 25_471 - to_bases * 18_000
    ours, published = said["children who move from independent to local places"]
    assert moved == pytest.approx(ours)
    assert published == 92
    assert saved == pytest.approx(said["saved in all"][0], rel=0.001)
    for model, paper in (said["saved on each at full cost"], said["saved in all"]):
        assert model == pytest.approx(paper, rel=NEAR)
    assert saved / moved == pytest.approx(said["saved on each at full cost"][0], rel=0.001)
    special, base = 62_219 - 25_471, 62_219 - 18_000
    unfitted, fitted = 92 * special, (79 * special + 13 * base) / 92
    assert unfitted == pytest.approx(0.97 * 3_479_479, rel=0.005)
    assert fitted == pytest.approx(37_820, abs=20)
    assert all(f"£{told:,.0f}" in readme("wiltshire") for told in (unfitted, fitted))


@pytest.mark.parametrize(("scenario", "at"), [("", 0), ("pooled", 1)])
def test_bucks(scenario: str, at: int) -> None:
    name = "bucks-year-groups"
    plan, said = planned(name, scenario), {label: row[at] for label, row in figures(name).items()}
    near = functools.partial(pytest.approx, rel=NEAR)
    own = table(name, "places")
    places = own.loc[own["provision_id"] != "IN-AWAY", "places"].astype(int).sum()
    children, km = plan.outcome("children"), plan.outcome("km")
    assert places == said["places in the five schools"]
    assert children[2019] == said["children in 2019/20"] < places
    for year in (2017, 2019):
        label = f"{year}/{year - 1999}"
        away = plan.outcome("independent")[year]
        assert away == pytest.approx(
            said[f"children in independent schools out of county in {label}"]
        )
        assert km[year] / children[year] == near(said[f"mean journey one way in {label}, km"])
    assert sum(plan.budget(REVENUE).values()) == near(said["high needs spending in three years"])
    assert sum(plan.budget("transport").values()) == near(said["transport in three years"])
    assert sum(plan.outcome("unplaced").values()) == 0
    empty = places - (children[2019] - plan.outcome("independent")[2019])
    assert scenario or f"{empty:.0f} of the 270 places stand empty" in readme(name)


@pytest.mark.parametrize(
    ("scenario", "label"),
    [("", "autumn 2017"), ("spring-2018", "spring 2018"), ("summer-2018", "summer 2018")],
)
def test_bucks_term_by_term(scenario: str, label: str) -> None:
    away = planned("bucks-year-groups", scenario).outcome("independent")
    said = figures("bucks-year-groups")[f"as of {label}"]
    assert [away[2017], away[2019]] == pytest.approx(said)


def test_banes_2018() -> None:
    plan, said = planned("banes-2018"), figures("banes-2018")
    for unbuilt, trial in ((False, plan.study.plan), (True, plan.unbuilt)):
        ending = " if nothing were built" if unbuilt else ""
        somewhere, _ = plan.study.tables(trial)
        away = somewhere[somewhere["out_of_area"]]
        km = (away["km"] * away["children"]).groupby(away["year"]).sum()
        post16 = somewhere[(somewhere["ncy"] >= 12) & somewhere["independent"]]
        found = {
            f"in independent schools{ending}": list(
                plan.outcome("independent", unbuilt=unbuilt).values()
            ),
            f"post-16 in independent schools{ending}": post16.groupby("year")["children"]
            .sum()
            .tolist(),
            "in another council's area if nothing were built"
            if unbuilt
            else "in another council's area, all schools": list(
                plan.outcome("out_of_area", unbuilt=unbuilt).values()
            ),
        }
        for label, values in found.items():
            assert values == pytest.approx(said[label], abs=0.75), label
        label = "the same if nothing were built" if unbuilt else MILES
        assert (km * 2 / KM_PER_MILE).tolist() == pytest.approx(said[label], rel=NEAR)
    children = list(plan.outcome("children").values())
    assert children == pytest.approx(said["children wanting a specialist place"], abs=0.75)
    assert children == pytest.approx([523, 569, 598, 664], rel=NEAR)  # as counted by DfE


def test_banes_2018_opens_all_and_fills_bath_college() -> None:
    plan, said = planned("banes-2018"), figures("banes-2018")
    assert plan.opened() == {"S1": 2019, "S2": 2019, "S3": 2019, "S4": 2020, "S5": 2020}
    somewhere, _ = plan.study.tables(plan.study.plan)
    at_college = somewhere[somewhere["provision"] == "FE-BATH"].groupby("year")["children"].sum()
    college = [at_college.get(year, 0.0) for year in plan.years]
    assert college == pytest.approx(said["post-16 at Bath College"], abs=0.75)
    assert college[-1] == 54
    assert scheme_places("banes-2018", {"S1", "S2"}, 1) == 88
    away = plan.outcome("out_of_area")
    assert away[2020] < away[2018]
    assert plan.avoided(REVENUE)[2021] == pytest.approx(4.5e6, rel=NEAR)
    price = table("banes-2018", "prices").set_index("provision_id")["gbp_per_child"].astype(int)
    assert price["IN-FURTHER"] == 3 * (price["SP-ASPIRE"] + 10_000)


def test_banes_2018_follows_the_paths_into_bath_college() -> None:
    plan, said = planned("banes-2018"), figures("banes-2018")
    explained = Explained.of(plan.study, None)
    at = explained.basis.provisions.index("FE-BATH")
    came = pathways.came_from(explained, at).set_index("from")["children"]
    provisions = plan.study.prepared.case.provisions.assign(
        name=lambda rows: [explained.names[key] for key in rows["provision_id"]]
    )
    kinds = provisions.set_index("name")[["kind", "la"]]
    away = kinds[(kinds["kind"] == "special") & (kinds["la"] != "home")].index
    independent = kinds[kinds["kind"] == "independent"].index
    paths: dict[str, list[str]] = {
        "Three Ways School": ["Three Ways School"],
        "Fosse Way School": ["Fosse Way School"],
        "Aspire Academy": ["Aspire Academy"],
        "independent special schools": independent.tolist(),
        "other councils' special schools": away.tolist(),
        "new in the plan": [pathways.NEW],
        "all of them": came.index.tolist(),
    }
    for label, names in paths.items():
        assert came.reindex(names).sum() == pytest.approx(said[label][0], abs=0.75), label
    local = came.reindex(["Three Ways School", "Fosse Way School", "Aspire Academy"]).sum()
    assert 0.65 < local / came.sum() < 0.8


def test_banes_2018_fills_its_special_schools() -> None:
    plan = planned("banes-2018")
    somewhere, _ = plan.study.tables(plan.study.plan)
    rows = table("banes-2018", "places").astype({"ncy_from": int, "places": str})
    own = rows[rows["provision_id"].str.startswith("SP-")]
    places = own["places"].astype(int).sum()
    local = somewhere[somewhere["provision"].isin(own["provision_id"])]
    first = local.loc[local["year"] == 2018, "children"].sum()
    assert f"{first:.0f} of {places} places in 2018/19" in readme("banes-2018")
    for school, room in (("SP-THREEWAYS", 150), ("SP-FOSSEWAY", 145)):
        younger = local[(local["provision"] == school) & (local["ncy"] < 12)]
        by_year = younger.groupby("year")["children"].sum()
        assert by_year.loc[2019:].tolist() == pytest.approx([room] * 3)
    older = local[(local["provision"] == "SP-THREEWAYS") & (local["ncy"] >= 12)]
    last = older.loc[older["year"] == 2021, "children"].sum()
    assert f"{last:.0f} of 18 taken in\n  2021/22" in readme("banes-2018")


WAYS = ["", "seven-bases", "semh-growth", "independents-full"]


@pytest.mark.parametrize(("scenario", "at"), [(name, at) for at, name in enumerate(WAYS)])
def test_banes(scenario: str, at: int) -> None:
    plan, said = planned("banes", scenario), figures("banes")
    near = functools.partial(pytest.approx, rel=NEAR)
    assert len(plan.opened()) == said["proposed schemes that open"][at]
    assert plan.account.capital_gbp == said["capital, of a budget of £7.15m"][at] <= 7.15e6
    for unbuilt, ending in ((False, ""), (True, " if nothing were built")):
        waiting = plan.outcome("unplaced", unbuilt=unbuilt)
        label = "child-years of waiting" + (ending or ", 2025/26 to 2031/32")
        assert sum(waiting.values()) == pytest.approx(said[label][at], abs=0.5)
        away = plan.outcome("independent", unbuilt=unbuilt)[2031]
        assert away == near(said[f"in independent schools in 2031/32{ending}"][at])
    for label, name in (("children in scope", "children"), ("out of the area", "out_of_area")):
        assert plan.outcome(name)[2031] == near(said[f"{label} in 2031/32"][at])
    where = plan.study.prepared.case.provisions.set_index("provision_id")
    somewhere, _ = plan.study.tables(plan.study.plan)
    colleges = somewhere["provision"].map(where["kind"]) == "college"
    students = somewhere[colleges & somewhere["out_of_area"] & (somewhere["year"] == 2031)]
    assert students["children"].sum() == pytest.approx(
        said["– of them students at colleges elsewhere"][at], abs=0.75
    )
    cost, bare = plan.account.cost_gbp / 1e6, plan.unbuilt.account.cost_gbp / 1e6
    label = "real cost of the plan's decisions, £ million, discounted"
    assert cost == pytest.approx(said[label][at], abs=0.06)
    less = said["that is less than if nothing were built, £ million"][at]
    assert bare - cost == pytest.approx(less, abs=0.06)


def test_banes_year_by_year() -> None:
    plan, full, said = planned("banes"), planned("banes", "independents-full"), figures("banes")
    for label, found in {
        "children waiting": plan.outcome("unplaced"),
        "children waiting, `independents-full`": full.outcome("unplaced"),
        "the same if nothing were built": full.outcome("unplaced", unbuilt=True),
        "children in independent schools": plan.outcome("independent"),
        "children in independent schools if nothing were built": plan.outcome(
            "independent", unbuilt=True
        ),
    }.items():
        assert list(found.values()) == pytest.approx(said[label], abs=0.75), label
    assert plan.opened() == {"P2": 2026, "P3": 2027, "P5": 2027, "P7": 2028, "P1": 2030}
    assert full.opened() == plan.opened() | {"P1": 2029, "P7": 2030}
    spared = planned("banes", "seven-bases").account.cost_gbp - plan.account.cost_gbp
    assert spared == pytest.approx(12.1e6, rel=0.01)


def test_banes_the_aim_and_semh() -> None:
    plan, said = planned("banes"), figures("banes")
    somewhere, _ = plan.study.tables(plan.study.plan)
    last = somewhere[somewhere["year"] == 2031]
    bare, _ = plan.study.tables(plan.unbuilt)
    bare = bare[bare["year"] == 2031]
    for frame, km in ((last, 6.5), (bare, 7.2)):
        mean = (frame["km"] * frame["children"]).sum() / frame["children"].sum()
        assert mean == pytest.approx(km, abs=0.06)
    assert plan.outcome("out_of_area", unbuilt=True)[2031] == pytest.approx(623, abs=0.75)
    assert plan.avoided(REVENUE)[2031] == pytest.approx(4.3e6, abs=0.06e6)
    children = table("banes", "children")
    assert [(children["need"] == "SEMH").sum()] == said["SEMH as primary need, in scope"]
    growing = planned("banes", "semh-growth").study
    both = pd.concat(growing.tables(growing.plan))
    semh = both[both["need"] == "SEMH"].groupby("year")["children"].sum()
    assert (semh[2031] - semh[2025]) / 6 == pytest.approx(69, abs=0.75)


def test_banes_places_in_bases() -> None:
    opened = planned("banes").opened() | {"C1": 2025, "C2": 2025}
    own, rows = table("banes", "places"), table("banes", "scheme_places")
    now = own.loc[own["provision_id"].str.startswith("RB-"), "places"].astype(int).sum()
    found = []
    for year in range(2025, 2032):
        age = year - rows["scheme_id"].map(opened)
        there = rows[(rows["years_open"].astype(int) <= age)]
        last = there.drop_duplicates(["scheme_id", "needs", "ncy_from"], keep="last")
        in_bases = last["scheme_id"].isin(["C1", "C2", "P2", "P3", "P4", "P5"])
        found.append(now + last.loc[in_bases, "places"].astype(int).sum())
    assert found == figures("banes")["places in bases"]
