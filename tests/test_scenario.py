"""Scenarios: files of differences from a case, planned by name, refused where they do not fit, put together again."""

from __future__ import annotations

import dataclasses
import tomllib
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sufficiency import run
from sufficiency.again import again
from sufficiency.errors import CaseError, UsageError
from sufficiency.faults import errors
from sufficiency.pools import blank
from sufficiency.progress import Silent
from sufficiency.scenario import Scenario, from_plain, parse, read_scenario, to_toml
from tests.drawn import draw
from tests.plans import invoke, plan, prepare
from tests.town import as_workbook, change, write_town

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.steps import Prepared

SHUT = '[changed.schemes.S1]\nchoice = "shut"\n'


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def keep(case: Path, name: str, text: str) -> None:
    folder = (case if case.is_dir() else case.parent) / "scenarios"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def refused(town: Path, text: str) -> list[str]:
    """Return the codes and places of the errors that a scenario is refused for."""
    keep(town, "wrong", text)
    with pytest.raises(CaseError) as refusal:
        plan(town, town.parent / "out", scenario="wrong")
    return [f"{fault.code} {fault.column}" for fault in errors(refusal.value.faults)]


def test_a_scenario_is_planned_and_named_in_what_is_written(town: Path) -> None:
    keep(town, "without", f'title = "Without the extension"\n{SHUT}')
    found = plan(town, town.parent / "out", scenario="without", baseline=False)
    before = plan(town, town.parent / "before", baseline=False)
    assert [scheme["year"] for scheme in before.summary["schemes"]] == [2026]
    assert [scheme["year"] for scheme in found.summary["schemes"]] == [None]
    scenario = found.summary["scenario"]
    assert scenario["title"] == "Without the extension"
    assert scenario["differences"] == ["schemes S1: choice = shut"]
    assert "scenario" not in before.summary
    record = found.json("run")
    assert record["asked"]["scenario"] == "without"
    assert "scenarios/without.toml" in record["inputs_sha256"]
    assert record["run_id"] != before.json("run")["run_id"]


def test_how_many_children_come_or_go_is_not_said(town: Path) -> None:
    """A plan and the term after it would tell of one child by the difference."""
    keep(town, "summer", '[removed]\nchildren = ["kid-a"]\n')
    found = plan(town, town.parent / "out", scenario="summer", baseline=False)
    assert found.summary["scenario"]["differences"] == ["children: rows left out"]


def test_the_command_names_the_scenario(town: Path) -> None:
    keep(town, "without", SHUT)
    done = invoke(
        "plan", town, "--out", town.parent / "out", "--tables-only", "--scenario", "without"
    )
    assert done.exit_code == 0
    assert "scenario  without (without)" in done.stdout
    gone = invoke("plan", town, "--out", town.parent / "other", "--scenario", "elsewhere")
    assert gone.exit_code == 2
    assert "there is without" in gone.stderr


def test_a_scheme_that_must_open_does_though_it_does_not_pay(town: Path) -> None:
    change(town, "schemes.csv", "proposed,400000", "proposed,590000")
    change(town, "scheme_places.csv", "S1,0,*,0,14,2,", "S1,0,*,0,14,2,40000")
    assert plan(town, town.parent / "free").summary["schemes"][0]["year"] is None
    keep(town, "must", '[changed.schemes.S1]\nchoice = "open"\n')
    found = plan(town, town.parent / "must", scenario="must")
    assert found.summary["schemes"][0]["year"] is not None
    assert found.summary["baseline"]["is_plan"] is False


def test_rows_are_changed_added_and_removed(town: Path) -> None:
    keep(
        town,
        "base",
        """
        [[added.provisions]]
        provision_id = "N"
        name = "New base"
        kind = "base"
        easting_m = 379000
        northing_m = 164500
        [[added.schemes]]
        scheme_id = "S2"
        provision_id = "N"
        capital_gbp = 10000
        earliest_year = 2025
        lifetime_years = 20
        [[added.scheme_places]]
        scheme_id = "S2"
        years_open = 0
        needs = "SEMH"
        ncy_from = 0
        ncy_to = 14
        places = 3
        [[added.prices]]
        provision_id = "N"
        needs = "*"
        ncy_from = 0
        ncy_to = 14
        gbp_per_child = 1000
        [removed]
        schemes = ["S1"]
        scheme_places = ["S1"]
        """,
    )
    found = plan(town, town.parent / "out", scenario="base")
    assert [scheme["scheme_id"] for scheme in found.summary["schemes"]] == ["S2"]
    assert found.summary["schemes"][0]["year"] == 2025
    assert (town / "schemes.csv").read_text().count(
        "S1"
    ) == 1  # the user's own files stay as they are


def test_arrivals_are_scaled_by_need(town: Path) -> None:
    def children(text: str) -> float:
        keep(town, "growth", text)
        written = plan(town, town.parent / "out", scenario="growth", baseline=False)
        return float(written.summary["children"])

    assert children("") == 5
    assert children("[settings.demand]\narrivals_pct = 150\n") == 5.5
    by_need = "[settings.demand]\narrivals_pct = 150\narrivals_by_need_pct = { SEMH = 300 }\n"
    assert children(by_need) == 7
    assert children("[settings.demand]\narrivals_pct = 0\n") == 4


def test_projected_arrivals_are_scaled_and_said_to_be(town: Path) -> None:
    (town / "new_children.csv").unlink()
    with (town / "case.toml").open("a") as file:
        file.write("[demand]\ngrowth_pct = 50\n")
    whole = prepare(town)
    half = run.prepare(town, Silent(), scenario=Scenario(settings={"demand": {"arrivals_pct": 50}}))
    arrivals = [
        p.everyone.loc[p.everyone["table"] == "settings", "children"].sum() for p in (whole, half)
    ]
    assert arrivals[0] > 0
    assert arrivals[1] == pytest.approx(arrivals[0] / 2)
    assert "50% of them" in half.projection.says


def test_settings_are_replaced_section_by_section_and_years_as_a_whole(town: Path) -> None:
    text = "[settings.capital]\nbudget_gbp = { 2027 = 5 }\n[settings.transport.base]\ndays = 100\n"
    keep(town, "money", text)
    prepared = run.prepare(town, Silent(), scenario=read_scenario(town, "money"))
    settings = prepared.case.settings
    assert settings.capital.budget_gbp == {2027: 5}
    assert settings.transport_for("base").days == 100
    assert settings.travel.detour_factor == 1.2
    keep(town, "money", '[removed]\nsettings = ["capital.budget_gbp"]\n')
    unlimited = run.prepare(town, Silent(), scenario=read_scenario(town, "money"))
    assert unlimited.case.settings.capital.budget_gbp is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("title = 'not closed", "E121 "),
        ("[colour]\nblue = 1\n", "E122 colour"),
        ("title = 3\n", "E123 title"),
        ("[changed.school.A]\nname = 'x'\n", "E122 changed.school"),
        ("[changed.schemes.S9]\ncapital_gbp = 1\n", "E122 changed.schemes.S9"),
        ("[changed.schemes.S1]\nprice = 1\n", "E122 changed.schemes.price"),
        ("[changed.schemes.S1]\ncapital_gbp = [1]\n", "E123 changed.schemes"),
        ("[changed.places.H]\nplaces = 1\n", "E122 changed.places"),
        ("[changed.children.kid-z]\nncy = 1\n", "E122 changed.children"),
        ("[removed]\nschemes = ['S9']\n", "E122 removed.schemes.S9"),
        (
            "[[added.provisions]]\nprovision_id = 'N'\ncolour = 'x'\n",
            "E122 added.provisions.colour",
        ),
        ("[changed.schemes.S1]\ncapital_gbp = 'dear'\n", "E602 capital_gbp"),
        ("[changed.schemes.S1]\nprovision_id = 'nowhere'\n", "E704 provision_id"),
        ("[settings.travel]\nspeed = 40\n", "E201 travel.speed"),
        ("[settings.demand]\narrivals_pct = -1\n", "E203 demand.arrivals_pct"),
        ("[changed.schemes.S1]\nstatus='committed'\nchoice = 'shut'\n", "E905 choice"),
        ("[changed.schemes.S1]\nchoice = 'perhaps'\n", "E606 choice"),
        ("[changed.schemes.S1]\nearliest_year = 2030\nchoice = 'open'\n", "E907 choice"),
        ("[changed.schemes.S1]\ncapital_gbp = 4000000\nchoice = 'open'\n", "E908 choice"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(town: Path, text: str, code: str) -> None:
    assert code in refused(town, text)


def test_a_fault_says_which_scenario_it_is_of_and_quotes_no_child(town: Path) -> None:
    keep(
        town,
        "wrong",
        "[changed.schemes.S1]\ncapital_gbp = 'dear'\n[changed.children.kid-z]\nncy = 1\n",
    )
    done = invoke("plan", town, "--out", town.parent / "out", "--scenario", "wrong")
    assert done.exit_code == 3
    assert "scenarios/wrong.toml" in done.stderr
    assert "kid-z" not in done.stderr
    assert "dear" not in done.stderr


def test_two_of_one_group_cannot_both_have_to_open(town: Path) -> None:
    text = (town / "schemes.csv").read_text()
    line = text.splitlines()[1].replace("S1,", "S2,", 1)
    (town / "schemes.csv").write_text(f"{text}{line}\n".replace(",20,,", ",20,G,"))
    with (town / "scheme_places.csv").open("a") as file:
        file.write("S2,0,*,0,14,2,\n")
    both = "[changed.schemes.S1]\nchoice='open'\n[changed.schemes.S2]\nchoice='open'\n"
    assert "E906 choice" in refused(town, both)


def test_names_lead_nowhere_else(town: Path) -> None:
    keep(town, "fine", SHUT)
    (town / "outside.toml").write_text(SHUT)
    for name in ("../outside", "scenarios/fine", "fine.toml", "", "."):
        with pytest.raises(UsageError):
            read_scenario(town, name)
    assert read_scenario(town, "fine").changed == {"schemes": {"S1": {"choice": "shut"}}}


def test_a_workbook_has_its_scenarios_beside_it(town: Path) -> None:
    book = as_workbook(town)
    keep(book, "without", SHUT)
    found = plan(book, town.parent / "out", scenario="without")
    assert found.summary["schemes"][0]["year"] is None


def test_what_is_written_reads_back_the_same() -> None:
    scenario = Scenario(
        "odd",
        'A "quoted" title, with \\ and £',
        {
            "capital": {"budget_gbp": {"2026": 1.5e6}},
            "transport": {"base": {"days": 1}},
            "years": 3,
        },
        {"schemes": {"S 1": {"name": "two\nlines\x7f", "capital_gbp": 1}, "S.2": {"choice": ""}}},
        {"prices": [{"provision_id": "N", "gbp_per_child": 0.1}]},
        {"prices": ["N"], "settings": ["capital.budget_gbp"]},
    )
    text = to_toml(scenario)
    assert from_plain(tomllib.loads(text), "odd") == scenario
    assert parse(text.encode(), "odd") == (scenario, [])


def same(one: Any, other: Any, path: str = "problem") -> None:  # noqa: ANN401
    """Assert that two problems are the same, array by array, number by number."""
    if dataclasses.is_dataclass(one):
        for part in dataclasses.fields(one):
            same(getattr(one, part.name), getattr(other, part.name), f"{path}.{part.name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, path
        assert np.array_equal(one, other), path
    else:
        assert one == other, path


def differences(rng: Random, prepared: Prepared) -> Scenario:
    """Draw differences of every kind that the studio and the sweeps make."""
    case = prepared.case
    plain: dict[str, Any] = {"settings": {}, "changed": {}, "added": {}, "removed": {}}
    schemes = [str(name) for name in case.schemes["scheme_id"]]
    provisions = [str(name) for name in case.provisions["provision_id"]]
    proposed = set(case.schemes.loc[case.schemes["status"] == "proposed", "scheme_id"])
    for name in schemes:
        if rng.random() < 0.5:
            cells: dict[str, Any] = {"capital_gbp": rng.randint(0, 10**6)}
            cells |= {"choice": "shut"} if name in proposed and rng.random() < 0.5 else {}
            plain["changed"].setdefault("schemes", {})[name] = cells
    for table, column in (("places", "places"), ("prices", "gbp_per_child")):
        owner = rng.choice(provisions)
        rows = case.table(table)[case.table(table)["provision_id"] == owner].to_dict("records")
        known = [
            {str(k): _value(v) for k, v in row.items() if not (blank(v) or v == "")} for row in rows
        ]
        if known and rng.random() < 0.5:
            plain["removed"][table] = [owner]
            plain["added"][table] = [row | {column: rng.randint(1, 9)} for row in known]
    if case.settings.travel.method != "table" and rng.random() < 0.5:
        at = {"easting_m": rng.randint(370000, 380000), "northing_m": rng.randint(160000, 170000)}
        nothing: dict[str, Any] = {"postcode": "", "lat": "", "lon": ""}
        plain["changed"]["provisions"] = {rng.choice(provisions): at | nothing}
    wishes = [
        ("demand", {"arrivals_pct": rng.choice([0, 50, 120])}),
        ("travel", {"gbp_per_child_hour": rng.choice([0, 7])}),
        ("capital", {"budget_gbp": {str(case.settings.base_year): rng.randint(0, 10**7)}}),
        ("years", case.settings.years + 1),
        ("leaving", {"last_ncy": 15}),
        ("transport", {"special": {"days": 100}}),
    ]
    plain["settings"] = dict(rng.sample(wishes, rng.randint(0, 3)))
    return from_plain(plain)


def _value(value: Any) -> Any:  # noqa: ANN401
    return value.item() if hasattr(value, "item") else value


def codes(prepared: Prepared) -> list[str]:
    return sorted(fault.code for fault in prepared.faults)


def fresh_or_refused(case: Path, scenario: Scenario) -> Prepared | None:
    """Prepare from nothing; None where the case's checks refuse the differences."""
    try:
        return run.prepare(case, Silent(), scenario=scenario)
    except CaseError:
        return None


def compared(folder: Path, seed: int) -> bool:
    """Compare `again` with preparing from nothing; return whether the differences were allowed."""
    case = draw(seed).write(folder / f"case-{seed}")
    prepared, rng = prepare(case), Random(seed)
    scenario = differences(rng, prepared)
    fresh = fresh_or_refused(case, scenario)
    if fresh is None:
        with pytest.raises(CaseError):
            again(prepared, scenario)
        return False
    kept = again(prepared, scenario)
    same(kept.basis.problem, fresh.basis.problem)
    assert codes(kept) == codes(fresh)
    same(again(kept, Scenario()).basis.problem, fresh.basis.problem)
    return True


def test_again_is_what_preparing_from_nothing_gives(tmp_path: Path) -> None:
    assert sum(compared(tmp_path, seed) for seed in range(4)) >= 2


@pytest.mark.slow
def test_again_is_so_for_many(tmp_path: Path) -> None:
    assert sum(compared(tmp_path, seed) for seed in range(4, 50)) >= 31


def test_again_keeps_rows_left_out(town: Path) -> None:
    change(
        town, "children.csv", "kid-c,1,379000,164000,SEMH,,,7", "kid-c,1,379000,164000,SEMHH,,,7"
    )
    prepared = run.prepare(town, Silent(), skip_bad_rows=True)
    scenario = from_plain(tomllib.loads(SHUT))
    fresh = run.prepare(town, Silent(), skip_bad_rows=True, scenario=scenario)
    kept = again(prepared, scenario)
    same(kept.basis.problem, fresh.basis.problem)
    assert kept.left_out == prepared.left_out != ()


def test_a_scheme_that_stays_shut_keeps_the_structure(town: Path) -> None:
    from models.warm import Warm

    prepared = prepare(town)
    shut = again(prepared, from_plain(tomllib.loads(SHUT)))
    assert Warm(prepared.basis.problem).takes(shut.basis.problem)
    assert not shut.basis.problem.schemes.may_open.any()
