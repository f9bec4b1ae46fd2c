"""Many futures: drawn by rule, planned exactly, and one programme for all that trying every one confirms."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from models import solve
from models.benders import with_schemes_open
from models.robust import MEAN, REGRET
from models.solution import opens_of
from sufficiency.errors import CaseError, UsageError
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.folder import read_evidence
from sufficiency.evidence.futures.draws import P95, Draws, between, growth_factor
from sufficiency.evidence.futures.draws import draw as draw_futures
from sufficiency.evidence.futures.find import (
    FOR_MEAN,
    FOR_REGRET,
    NOTHING,
    PLAN,
    Futures,
    futures,
)
from sufficiency.evidence.futures.sources import Asked, drawn
from sufficiency.evidence.futures.tables import PERCENTILES, percentiles
from sufficiency.evidence.futures.words import evidence
from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from tests.drawn import draw
from tests.plans import invoke, prepare
from tests.test_robust import every_choice
from tests.tested import SETTINGS, write_tested

SEEDS = [28, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (4, 44, 56, 65))]
STEADY = {"growth": 0.0, "needs": 0.0, "fees": 0.0, "transport": 0.0}


def make(case: Path, kept: Path, **asked: Any) -> Futures:  # noqa: ANN401
    wanted = replace(Asked(count=6, seed=3, workers=1), **asked)
    return futures(Study(prepare(case)), kept, wanted, Silent())


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Futures:
    folder = tmp_path_factory.mktemp("futures")
    return make(write_tested(folder), folder / "kept")


def test_the_same_seed_draws_the_same_and_a_longer_sample_begins_alike() -> None:
    first, again = (draw_futures(5, 7, 3, np.array([0.5, 1.0])) for _ in range(2))
    longer, other = draw_futures(9, 7, 3, np.array([0.5, 1.0])), draw_futures(5, 8, 3, np.ones(2))
    for name in ("growth", "needs", "fees", "transport", "homes"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
        assert np.array_equal(getattr(first, name), getattr(longer, name)[:5])
    assert not np.array_equal(first.growth, other.growth)
    more = draw_futures(5, 7, 4, np.zeros(0), {"fees": 6.0})
    assert np.array_equal(more.needs[:, :3], first.needs)
    assert more.fees == pytest.approx(2 * first.fees)


def test_draws_have_the_spread_they_say() -> None:
    many = draw_futures(4000, 1, 1, np.array([0.25]))
    assert many.growth.mean() == pytest.approx(0, abs=0.2)
    assert many.growth.std() == pytest.approx(3, rel=0.05)
    assert np.log(many.transport).std() == pytest.approx(0.1, rel=0.05)
    assert (many.homes > 0).mean() == pytest.approx(0.25, abs=0.03)
    assert np.abs(many.growth).max() <= 9


def test_growth_and_scenarios_by_hand() -> None:
    draws = Draws(
        seed=1,
        growth=np.array([10.0, -10.0]),
        needs=np.array([[0.0, 10.0], [0.0, -95.0]]),
        level=np.array([P95, -P95 / 2]),
        fees=np.array([10.0, 0.0]),
        transport=np.ones(2),
        homes=np.zeros((2, 0)),
    )
    factor = growth_factor(draws, np.array([0, 1]), np.array([2, 1]))
    assert factor == pytest.approx(np.array([[1.21, 1.2], [0.81, 0.0]]))
    assert draws.fee_factor(0, 3) == pytest.approx([1, 1.1, 1.21])
    levels = between(draws, np.array([0.5]), np.array([1.0]), np.array([2.0]))
    assert levels == pytest.approx(np.array([[2.0], [0.75]]))


def test_a_future_is_the_case_with_its_numbers(tmp_path: Path) -> None:
    """Fees a tenth and transport a fifth dearer: as if the tables of the case said so."""
    settings = SETTINGS.replace("gbp_per_day = 0", "gbp_per_day = 10")
    study = Study(prepare(_with_v_away(write_tested(tmp_path, settings=settings))))
    assert study.accounts.rows.transport_gbp.max() > 900
    *_, payload, _ = drawn(study.prepared, Asked(count=2, spreads=STEADY), Silent())
    years = payload.problem.periods
    payload = replace(
        payload,
        fees=np.full((2, years), 1.1),
        transport=np.full(2, 1.2),
        chance=np.zeros(len(payload.state), bool),
    )
    problem, accounts = payload.world(1)
    assert problem.states.supply == pytest.approx(study.problem.states.supply)
    dearer = settings.replace("gbp_per_day = 10", "gbp_per_day = 12")
    other = _with_v_away(write_tested(tmp_path / "dearer", settings=dearer))
    prices = (other / "prices.csv").read_text("utf-8").replace("60000", "66000")
    (other / "prices.csv").write_text(prices, "utf-8")
    wanted = prepare(other)
    assert problem.stays.cost == pytest.approx(wanted.basis.problem.stays.cost)
    journeys = wanted.travel.journeys
    theirs = Accounts.of(wanted.basis, journeys.km, journeys.minutes)
    plan = solve(problem)
    assert accounts.account(problem, plan).ledger == pytest.approx(
        theirs.account(problem, plan).ledger
    )


def _with_v_away(case: Path) -> Path:
    """Move the independent school ten kilometres off, so that journeys cost something."""
    file = case / "provisions.csv"
    text = file.read_text("utf-8")
    assert "independent,374000" in text
    file.write_text(text.replace("independent,374000", "independent,384000"), encoding="utf-8")
    return case


@pytest.mark.parametrize("seed", SEEDS)
def test_the_programmes_are_those_of_trying_every_one(seed: int, tmp_path: Path) -> None:
    draft = draw(seed)
    draft.tables["new_children"] += [
        row | {"child_id": f"more-{n}", "start_year": 2025, "children": 2, "status": ""}
        for n, row in enumerate(draft.tables["children"][:2])
    ]
    for row in draft.tables["new_children"]:
        for name in ("current_provision", "status"):
            row.pop(name, None)
    if draft.settings["travel"]["method"] == "table":
        draft.settings["travel"]["method"] = "straight"
        draft.tables.pop("travel", None)
    case = draft.write(tmp_path / "case")
    spreads = {"growth": 40.0, "needs": 30.0, "fees": 30.0, "transport": 30.0}
    found = make(case, tmp_path / "kept", spreads=spreads)
    payload = drawn(prepare(case), found.asked, Silent())[3]
    worlds = [payload.world(n)[0] for n in range(6)]
    choices = list(every_choice(payload.problem))
    costs = np.array(
        [
            [
                solve(with_schemes_open(world, opens), whole=True).objective
                + float((world.schemes.cost * opens).sum())
                for world in worlds
            ]
            for opens in choices
        ]
    )
    best, size = costs.min(axis=0), costs.mean()
    assert found.known.costs == pytest.approx(best, rel=2e-6, abs=0.02)
    wanted = {MEAN: costs.mean(axis=1).min(), REGRET: (costs - best).max(axis=1).min()}
    for aim, least in wanted.items():
        assert found.robust[aim].value == pytest.approx(least, abs=4e-6 * size + 0.05)
        assert found.robust[aim].bound <= least + 2e-6 * size + 0.05
        assert found.robust[aim].gap <= 1e-6 + 0.05 / size
    at = {opens.tobytes(): n for n, opens in enumerate(choices)}
    for programme in found.programmes.values():
        opens = opens_of(programme.opening, payload.problem.periods)
        assert programme.costs == pytest.approx(costs[at[opens.tobytes()]], rel=1e-6, abs=0.02)


def test_what_no_future_changes_is_the_plan(tmp_path: Path) -> None:
    """Without spread, and with nobody whose number is a matter of chance, every future is the case."""
    case = write_tested(tmp_path)
    (case / "new_children.csv").unlink()
    children = (case / "children.csv").read_text("utf-8")
    assert children.count("\n") == 4
    (case / "children.csv").write_text(
        children + "w,4,374000,164000,ASD,5,seeking,\n", encoding="utf-8"
    )
    found = make(case, tmp_path / "kept", spreads=STEADY, count=3)
    study = Study(prepare(case))
    opening = tuple(study.plan.solution.opening().tolist())
    assert set(found.openings) == {opening} == {found.programmes[FOR_MEAN].opening}
    assert found.known.costs == pytest.approx(np.full(3, study.plan.solution.objective))
    table = percentiles(found, None)
    spread = table[[f"p{pct:02d}" for pct in PERCENTILES]]
    assert (spread.max(axis=1) - spread.min(axis=1)).max() == pytest.approx(0, abs=0.01)
    assert "differ in prices alone" in " ".join(evidence(found, {}).section.notes)


def test_percentiles_are_those_of_the_futures(found: Futures) -> None:
    table = percentiles(found, None).set_index(["figure", "programme"])
    accounts = found.programmes[PLAN].accounts
    for figure, of_each in {
        "Child-years without a place": [account.outcome("unplaced") for account in accounts],
        "Transport, all years": [account.item("transport") for account in accounts],
        "Capital, all years": [account.item("capital cash") for account in accounts],
    }.items():
        values = sorted(float(of_one.sum()) for of_one in of_each)
        for pct in PERCENTILES:
            at = pct / 100 * (len(values) - 1)
            low = values[int(at)]
            high = values[min(int(at) + 1, len(values) - 1)]
            wanted = low + (at - int(at)) * (high - low)
            assert table.loc[(figure, PLAN), f"p{pct:02d}"] == pytest.approx(wanted, abs=0.01)
    rows = table[[f"p{pct:02d}" for pct in PERCENTILES]]
    assert all((rows[a] <= rows[b] + 1e-9).all() for a, b in pairwise(rows.columns))


def test_programmes_stand_in_their_order(found: Futures) -> None:
    mean, regret = found.programmes[FOR_MEAN], found.programmes[FOR_REGRET]
    for programme in found.programmes.values():
        assert mean.costs.mean() <= programme.costs.mean() + 0.01
        most = (programme.costs - found.known.costs).max()
        assert (regret.costs - found.known.costs).max() <= most + 0.01
        assert (programme.costs >= found.known.costs - 0.01).all()
    assert found.programmes[NOTHING].opening == (-1,)
    assert found.share(0) == np.mean([opening[0] >= 0 for opening in found.openings])


HOUSING = """site,easting_m,northing_m,homes,plans_per_100_homes,from_year,to_year,chance_pct
Mill,374500,164500,100,12,2026,2027,{}
"""


def test_homes_bring_children_to_where_they_are_built(tmp_path: Path) -> None:
    case, file = write_tested(tmp_path), tmp_path / "housing.csv"
    file.write_text(HOUSING.format(100), encoding="utf-8")
    asked = Asked(count=400, housing=file, spreads=STEADY | {"yield": 0.0})
    prepared, arrivals, _, payload, _ = drawn(prepare(case), asked, Silent())
    new = prepared.everyone[prepared.everyone["table"] == "housing"]
    assert new.groupby("start_year")["children"].sum().to_dict() == pytest.approx(
        {2026: 6, 2027: 6}
    )
    assert set(zip(new["easting_m"], new["northing_m"], strict=True)) == {(374500, 164500)}
    mine = (arrivals.table["site"] >= 0).to_numpy()
    each = np.array([payload.arrivals(n)[mine].sum() for n in range(400)])
    assert each.mean() == pytest.approx(12, abs=0.6)
    assert each.std() == pytest.approx(12**0.5, rel=0.15)
    file.write_text(HOUSING.format(0), encoding="utf-8")
    payload = drawn(prepare(case), replace(asked, count=5), Silent())[3]
    assert sum(payload.arrivals(n)[mine].sum() for n in range(5)) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("site,homes\nMill,3\n", "lacks easting_m"),
        (HOUSING.format(100).replace("2027,", "2024,"), "before they begin"),
        (HOUSING.format(120), "E"),
    ],
)
def test_a_wrong_table_of_housing_is_told(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "housing.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as error:
        drawn(prepare(write_tested(tmp_path)), Asked(count=2, housing=file), Silent())
    assert words in " ".join(f"{fault.code} {fault.what}" for fault in error.value.faults)


def test_simulations_are_taken_in_turn(tmp_path: Path) -> None:
    """Arrivals are what each simulation says, not a draw: by need and year exactly."""
    case, file = write_tested(tmp_path), tmp_path / "simulations.csv"
    rows = [
        {"simulation": s, "need": need, "academic-year": ncy, "year": year, "arrivals": count}
        for s, part in enumerate(([4, 2, 0], [1, 0, 3], [7, 5, 1]))
        for (need, ncy, year), count in zip(
            [("ASD", 3, 2026), ("SEMH", 8, 2027), ("ASD", 12, 2027)], part, strict=True
        )
    ]
    pd.DataFrame(rows).to_csv(file, index=False)
    asked = Asked(count=4, simulations=file)
    prepared, arrivals, _, payload, sources = drawn(prepare(case), asked, Silent())
    assert set(prepared.everyone["table"]) == {"children", "settings"}
    assert "3 simulations" in sources[0]
    for n in range(4):
        came = arrivals.table.assign(came=payload.arrivals(n)).groupby(["need", "year"])["came"]
        mine = [row for row in rows if row["simulation"] == n % 3]
        wanted = {(row["need"], int(str(row["year"])) - 2025): row["arrivals"] for row in mine}
        assert {key: value for key, value in came.sum().items() if value > 1e-9} == pytest.approx(
            {key: value for key, value in wanted.items() if value}
        )
    file.write_text("need,ncy,year,arrivals\nASD,3,2026,4\n", encoding="utf-8")
    with pytest.raises(UsageError, match="column `simulation`"):
        drawn(prepare(case), asked, Silent())


GROWING = (
    SETTINGS
    + """[demand]
growth_pct = 20
growth_low_pct = 5
growth_high_pct = 40
"""
)


def test_a_case_with_scenarios_draws_between_them(tmp_path: Path) -> None:
    case = write_tested(tmp_path, settings=GROWING)
    (case / "new_children.csv").unlink()
    spreads = STEADY | {"growth": 3.0}
    prepared, arrivals, draws, payload, sources = drawn(
        prepare(case), Asked(count=50, spreads=spreads), Silent()
    )
    assert any("low and high scenarios" in source for source in sources)
    central = arrivals.table["children"].sum()
    high = int(draws.level.argmax())
    assert (payload.count * payload.factor[high, payload.cell]).sum() > central
    low = int(draws.level.argmin())
    assert (payload.count * payload.factor[low, payload.cell]).sum() < central
    assert prepared.projection.method == "growth"


def test_what_is_written_says_the_same_and_goes_on(tmp_path: Path) -> None:
    case, out = write_tested(tmp_path), tmp_path / "out"
    words: list[str | Path] = ["futures", case, "--out", out, "--futures", "4", "--workers", "1"]
    done = invoke(*words)
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "medians do not add up" in said
    assert "never added up" in said
    kept = {path: path.stat().st_mtime_ns for path in (out / "private/runs").iterdir()}
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert "objective" not in json.dumps(summary)
    for path in list(kept)[::2]:
        path.unlink()
    again = invoke(*words, "--format", "json")
    assert json.loads(again.stdout) == summary
    left = {path: path.stat().st_mtime_ns for path in (out / "private/runs").iterdir()}
    assert left.keys() == kept.keys()
    assert all(left[path] == kept[path] for path in list(kept)[1::2])
    each = pd.read_csv(out / "private/each_future.csv")
    assert len(each) == 4
    assert [drawing.key for drawing in read_evidence(out).section.drawings] == [
        "futures-shares",
        "futures-bands",
    ]


@pytest.mark.slow
def test_two_workers_say_what_one_does(tmp_path: Path, found: Futures) -> None:
    twice = make(write_tested(tmp_path), tmp_path / "kept", workers=2)
    assert evidence(twice, {}).found == evidence(found, {}).found


def test_there_must_be_something_to_choose(tmp_path: Path) -> None:
    case = write_tested(tmp_path)
    for name in ("schemes", "scheme_places"):
        (case / f"{name}.csv").unlink()
    with pytest.raises(UsageError, match="nothing to choose"):
        make(case, tmp_path / "kept")
