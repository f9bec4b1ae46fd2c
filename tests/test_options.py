"""The league table of schemes: worth known by hand, and against plans solved alone."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models import Problem, solve
from sufficiency import run
from sufficiency.evidence import choices, runs
from sufficiency.evidence.accounts import OUTCOMES, Account
from sufficiency.evidence.choices import Asker
from sufficiency.evidence.options.find import League, Place, find_league
from sufficiency.evidence.options.pairs import APART, COMPETE, EITHER, NEED, ONLY_AFTER, UNKNOWN
from sufficiency.evidence.options.scheme_worth import Worth
from sufficiency.evidence.study import Study
from sufficiency.ledger import ITEMS
from sufficiency.progress import Silent
from sufficiency.scenario import read_scenario
from tests.plans import invoke, prepare
from tests.sites import RELAY, THREE, Row, write_sites
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(EXPECTED) or ["absent"]
#: A scenario in which the large scheme costs ten times as much.
DEAR = """title = "Dear"
[changed.schemes.LARGE]
capital_gbp = 3000000
"""


def found(study: Study, kept: Path, pairs: int = 10) -> League:
    return find_league(Asker(study, kept, 1, None, Silent()), pairs, {})


def league_of(case: Path, kept: Path, pairs: int = 10) -> League:
    return found(Study(prepare(case)), kept, pairs)


def by_id(league: League) -> dict[str, Place]:
    return {place.scheme.scheme_id: place for place in league.places}


def verdicts(league: League) -> dict[tuple[str, str], Any]:
    ids = [scheme.scheme_id for scheme in choices.schemes_of(league.study)]
    return {(ids[p.first], ids[p.second]): (p.verdict, p.cost_gbp) for p in league.pairs}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> League:
    folder = tmp_path_factory.mktemp("three")
    return league_of(write_sites(folder), folder / "kept")


def test_a_scheme_is_worth_what_the_next_best_programme_costs_more(three: League) -> None:
    places = by_id(three)
    assert three.best.years == {"LARGE": 2025}
    # £585,000 a year saved by LARGE; £439,000 by SMALL and MIDDLE together. Beside LARGE, SMALL costs its charge,
    # as late as it may.
    worth = {name: place.worth.cost_gbp for name, place in places.items()}
    assert worth == pytest.approx({"LARGE": 292e3, "SMALL": -5e3, "MIDDLE": -292e3})
    assert [place.scheme.scheme_id for place in three.places] == ["LARGE", "SMALL", "MIDDLE"]
    assert [places["LARGE"].chosen, places["SMALL"].chosen] == [True, False]
    assert {places["LARGE"].best.study.problem.periods} == {2}
    assert len(places["LARGE"].instead) == 2


def test_its_own_business_case_knows_no_rivals(three: League) -> None:
    places = by_id(three)
    large, small, middle = (places[name] for name in ("LARGE", "SMALL", "MIDDLE"))
    assert large.itself.cost_gbp == pytest.approx(2 * (12 * 50e3 - 15e3))
    assert large.itself.payback == pytest.approx(0.5)
    assert large.itself.lifetime_gbp == pytest.approx(20 * 585e3)
    assert not large.itself.beyond
    assert small.itself.running == pytest.approx([0, 0])
    assert small.itself.payback is None
    assert small.itself.cost_gbp == pytest.approx(-5e3)
    assert middle.itself.cost_gbp == pytest.approx(2 * (5 * 50e3 - 6e3))
    assert large.served.filled == pytest.approx([12, 12])
    assert small.served.filled.sum() + small.having.account.outcome("independent").sum() < 24 + 1e-6


def test_schemes_that_do_each_others_work_compete(three: League) -> None:
    found = verdicts(three)
    assert found["LARGE", "MIDDLE"] == (EITHER, None)
    # Where LARGE is not, SMALL's four places save £200,000 a year; where it is, its charge is lost.
    assert found["LARGE", "SMALL"] == (COMPETE, pytest.approx(-395e3))
    # With MIDDLE on its site LARGE cannot come, and SMALL's places are wanted.
    assert found["MIDDLE", "SMALL"] == (NEED, pytest.approx(395e3))
    assert three.left == 0


def test_schemes_that_are_worthless_alone_need_each_other(tmp_path: Path) -> None:
    league = league_of(write_sites(tmp_path, RELAY), tmp_path / "kept")
    assert league.best.years == {"EARLY": 2025, "LATE": 2026}
    assert verdicts(league) == {("EARLY", "LATE"): (NEED, pytest.approx(400e3))}
    places = by_id(league)
    assert places["EARLY"].worth.cost_gbp == pytest.approx(400e3 - 15e3)
    assert places["EARLY"].itself.cost_gbp == pytest.approx(400e3 - 10e3)
    assert places["EARLY"].along == (1,)


def test_schemes_for_others_are_independent_of_each_other(tmp_path: Path) -> None:
    rows: list[Row] = [THREE[0], ("OTHER", "B", 120e3, 2025, "", "", "", {0: 5})]
    league = league_of(write_sites(tmp_path, rows), tmp_path / "kept")
    assert verdicts(league) == {("OTHER", "SMALL"): (APART, pytest.approx(0, abs=1e-6))}


def test_what_the_gap_leaves_open_is_not_called_anything(three: League) -> None:
    (pair,) = (p for p in three.pairs if p.verdict == COMPETE)
    loose = {
        state: replace(p, answer={**p.answer, "bound_gbp": p.objective - 150e3})
        for state, p in pair.programmes.items()
    }
    assert replace(pair, programmes=loose).verdict == UNKNOWN


def test_what_requires_another_goes_with_it(tmp_path: Path) -> None:
    rows: list[Row] = [THREE[0], ("MORE", "A", 40e3, 2025, "", "", "SMALL", {0: 2})]
    league = league_of(write_sites(tmp_path, rows), tmp_path / "kept")
    small = by_id(league)["SMALL"]
    assert small.falling == (0,)
    assert small.worth.cost_gbp == pytest.approx(2 * (6 * 50e3 - 7e3))
    assert verdicts(league)["MORE", "SMALL"] == (ONLY_AFTER, None)


def test_what_cannot_be_afforded_has_no_worth(tmp_path: Path) -> None:
    case = write_sites(tmp_path, settings="[capital]\nbudget_gbp = { 2025 = 130000 }\n")
    out = tmp_path / "out"
    done = invoke("options", case, "--out", out, "--workers", "1", "--format", "json")
    assert done.exit_code == 0, done.stderr
    rows = {row["scheme_id"]: row for row in json.loads(done.stdout)["options"]}
    assert rows["LARGE"]["could_open"] == "no"
    assert rows["LARGE"]["saved_gbp"] is None
    assert rows["MIDDLE"]["saved_gbp"] == pytest.approx(2 * (50e3 - 1e3))
    text = (out / "options.html").read_text("utf-8")
    assert "decides otherwise on LARGE" in text


def test_console_json_csv_and_page_say_the_same(tmp_path: Path) -> None:
    case, out = write_sites(tmp_path), tmp_path / "out"
    done = invoke("options", case, "--out", out, "--workers", "1")
    assert done.exit_code == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    with (out / "options.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["scheme_id"]: row for row in csv.DictReader(file)}
    for told in summary["options"]:
        assert float(rows[told["scheme_id"]]["saved_gbp"]) == pytest.approx(told["saved_gbp"])
    page = (out / "options.html").read_text("utf-8")
    for words in ("saves £292k", "costs £5k more", "SMALL opens 2025"):
        assert words in done.stdout
        assert words in page
    drawn = (out / "options.svg").read_text("utf-8")
    assert "£292k" in drawn
    assert "−£5k" in drawn
    assert summary["options"][0]["independent_avoided"] == 5
    again = invoke("options", case, "--out", out, "--workers", "1")
    assert again.stdout == done.stdout


def test_few_children_are_not_told(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = invoke("options", write_town(tmp_path), "--out", out, "--workers", "1")
    assert done.exit_code == 0, done.stderr
    with (out / "option_places.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["filled"] for row in csv.DictReader(file)} <= {"", "0"}
    told = json.loads((out / "summary.json").read_text("utf-8"))["options"][0]
    assert told["independent_avoided"] is None
    assert "[c]" in done.stdout
    with (out / "option_avoidance.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert {first[name] for name in first if name.endswith("_gbp") and "capital" not in name} == {
        ""
    }
    with (out / "option_money.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {
            row["item"]
            for row in csv.DictReader(file)
            if row["year"] == "2026" and row["saved_gbp"]
        }
    assert told == {"place funding", "capital cash", "capital annuity"}
    with (out / "private" / "option_places.csv").open(encoding="utf-8-sig", newline="") as file:
        assert max(float(row["filled"]) for row in csv.DictReader(file)) == pytest.approx(1)


def worths(league: League) -> Any:  # noqa: ANN401 - plain values
    of = {place.scheme.scheme_id: (place.chosen, place.worth.cost_gbp) for place in league.places}
    return of, verdicts(league)


@pytest.mark.slow
def test_an_interrupted_run_goes_on_and_takes_nothing_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plans that are kept are only read where scenario and gap are the same: else all are worked out afresh."""
    case, kept = write_sites(tmp_path), tmp_path / "kept"
    (case / "scenarios").mkdir()
    (case / "scenarios" / "dear.toml").write_text(DEAR, "utf-8")
    dear = run.prepare(case, Silent(), scenario=read_scenario(case, "dear"))
    asked = {"dear": Study(dear), "wide": Study(prepare(case), 0.01), "plain": Study(prepare(case))}
    alone = {name: found(study, tmp_path / name) for name, study in asked.items()}
    assert worths(alone["dear"]) != worths(alone["plain"])

    told, calls = runs.told, count(1)

    def stopped(*given: Any) -> dict[str, Any]:  # noqa: ANN401 - as `runs.told`
        if next(calls) > 3:
            raise KeyboardInterrupt
        return told(*given)

    with monkeypatch.context() as patch:
        patch.setattr(runs, "told", stopped)
        with pytest.raises(KeyboardInterrupt):
            found(asked["plain"], kept)
    assert len(list(kept.iterdir())) == 3
    for name, study in asked.items():
        before = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
        assert worths(found(study, kept)) == worths(alone[name]), name
        after = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
        assert {one: after[one] for one in before} == before
        fresh = {path.name for path in (tmp_path / name).iterdir()}
        assert set(after) - set(before) == (fresh - set(before) if name == "plain" else fresh)
    assert set(after) == {path.name for name in asked for path in (tmp_path / name).iterdir()}


@pytest.mark.parametrize("name", NAMES[7::47])
def test_worths_are_those_of_plans_solved_alone(
    name: str, shared_cases: Path, tmp_path: Path
) -> None:
    prepared = prepare(shared_cases / name)
    problem = prepared.basis.problem
    if not problem.schemes.may_open.any():
        return
    league = find_league(Asker(Study(prepared, 1e-9), tmp_path / "kept", 1, None, Silent()), 3, {})
    assert league.best.objective == pytest.approx(solve(problem, gap=1e-9).objective, abs=0.02)
    for place in league.places:
        k = place.position
        must, shut = ([], [k]) if place.chosen else ([k], [])
        alone = solve(choices.with_choice(problem, must, shut), gap=1e-9)
        assert place.known == alone.status.has_values
        if place.known:
            assert place.other.objective == pytest.approx(alone.objective, abs=0.02)
            assert place.other.objective >= league.best.objective - 0.02
            gone = opened_without(problem, place)
            assert place.held.objective == pytest.approx(gone, abs=0.02)


def opened_without(problem: Problem, place: Place) -> float:
    """Return the cost of the programme with a scheme, less it and what requires it, from `models.solve` alone."""
    opens = place.having.solution.opens.copy()
    gone = {place.position}
    for _ in problem.schemes.requires:
        gone |= {k for k, other in problem.schemes.requires if other in gone}
    opens[list(gone)] = False
    must = tuple(np.flatnonzero(opens.any(axis=1)).tolist())
    fixed = replace(problem.schemes, may_open=opens, must=must)
    return solve(replace(problem, schemes=fixed), gap=1e-9).objective


def account(fees: list[float], capital: list[float], annuity: float) -> Account:
    years = len(fees)
    ledger = np.zeros((len(ITEMS), years))
    ledger[list(ITEMS).index("independent fees")] = fees
    ledger[list(ITEMS).index("capital cash")] = capital
    ledger[list(ITEMS).index("capital annuity")] = annuity
    return Account(ledger, np.zeros((len(OUTCOMES), years)), np.zeros(1, np.int64), 0.0, 0.0)


#: Fees saved and capital by year, opening, lifetime, years to pay back.
PAID: dict[str, tuple[list[float], list[float], int, float, float | None]] = {
    "at the end of the first year": ([100, 100], [100, 0], 0, 20, 1.0),
    "in the middle of the second": ([100, 100], [150, 0], 0, 20, 1.5),
    "after the plan": ([100, 100], [500, 0], 0, 20, 5.0),
    "after its lifetime": ([100, 100], [500, 0], 0, 4, None),
    "counted from the opening": ([0, 100], [0, 50], 1, 20, 0.5),
    "never": ([0, 0], [100, 0], 0, 20, None),
    "a loss": ([-5, -5], [0, 0], 0, 20, None),
    "at once": ([100, 100], [-10, 0], 0, 20, 0.0),
    "paid back and owed again": ([100, -150], [50, 0], 0, 20, None),
}


@pytest.mark.parametrize("case", PAID)
def test_payback(case: str) -> None:
    fees, capital, opening, lifetime, years = PAID[case]
    nothing = account([0] * 2, [0] * 2, 0)
    having = account([-x for x in fees], list(capital), 0)
    worth = Worth(having, nothing, opening, lifetime, 0.0)
    found: Any = worth.payback
    assert found == (None if years is None else pytest.approx(years))


def test_the_value_over_a_lifetime_is_that_of_the_charge() -> None:
    nothing, having = account([0] * 2, [0] * 2, 0), account([-100, -100], [0, 0], 30)
    worth = Worth(having, nothing, 0, 4, 0.1)
    assert worth.lifetime_gbp == pytest.approx(sum(70 / 1.1**t for t in range(4)))
