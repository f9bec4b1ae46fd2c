"""What a place is worth: in towns whose figures are known by hand, and against writing the place into the case."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from models import Status
from models.warm import Warm
from sufficiency.errors import UsageError
from sufficiency.evidence.study import Study
from sufficiency.evidence.value.drawings import heat, value_map
from sufficiency.evidence.value.find import Asked, Valued, Worth, amounts, find
from sufficiency.evidence.value.told import evidence
from sufficiency.evidence.value.worth import Worker, payload_of
from sufficiency.findings import find as findings
from sufficiency.progress import Silent
from tests import drafts, drawn
from tests.plans import invoke, prepare
from tests.schools import HOME, three_schools
from tests.town import write_town

if TYPE_CHECKING:
    from tests.drafts import Draft
    from tests.schools import Rows


def valued(case: Path, places: tuple[int, ...] = (1,), **asked: Any) -> Valued:  # noqa: ANN401
    study = Study(prepare(case))
    return find(study, Asked(places, **asked), {"workers": 1}, Silent())


def worth(found: Valued, provision: str, first: int = 0, places: int = 1) -> Worth:
    keys = found.basis.pools.keys
    (only,) = [w for w in found.at(first, places) if keys[w.pool].provision_id == provision]
    return only


def test_a_full_school_is_worth_the_fee_and_an_empty_one_nothing(tmp_path: Path) -> None:
    found = valued(three_schools(tmp_path / "t"), (1, 8))
    full, late, eight = (worth(found, "A", *at) for at in ((0, 1), (1, 1), (0, 8)))
    assert (full.saved, full.placed, full.lost) == pytest.approx((50e3, 0, 50e3))
    assert full.more.money_gbp == pytest.approx([-50e3, -50e3])
    # One year later the child is at V until it leaves: nobody comes who could take the place.
    assert (late.saved, late.years) == (0, 1)
    assert eight.saved == pytest.approx(8 * 50e3)
    assert eight.fewer is None
    empty = worth(found, "E")
    assert empty.more.is_none
    assert empty.fewer is not None
    assert empty.fewer.is_none
    assert {found.basis.pools.keys[w.pool].provision_id for w in found.worths} == {"A", "E"}
    assert found.funding[full.pool].tolist() == [6000, 6000]


def test_where_nobody_else_takes_them_a_place_is_worth_children_and_money(tmp_path: Path) -> None:
    places: Rows = [["A", "*", 0, 14, 2, 6000]]
    found = valued(three_schools(tmp_path / "t", places=places))
    one = worth(found, "A")
    # Two years at £10,000 instead of waiting at £30,000: the priority of £1,000,000 is in neither.
    assert (one.saved, one.placed) == pytest.approx((20e3, 2))
    assert one.fewer is not None
    assert (one.lost, one.fewer.child_years) == pytest.approx((20e3, 2))
    assert one.more.objective_gbp == pytest.approx(-2 * (1_030_000 - 10_000))
    assert one.more.independent.tolist() == [0, 0]


def test_no_place_helps_against_a_limit_or_too_long_a_journey(tmp_path: Path) -> None:
    limits: Rows = [["A", "ASD", 0, 14, 2]]
    limited = worth(valued(three_schools(tmp_path / "limit", limits=limits)), "A")
    assert limited.more.is_none
    assert limited.lost == pytest.approx(50e3)
    far = "[travel]\nmax_minutes = { primary = 1 }\n"
    assert not [
        w for w in valued(three_schools(tmp_path / "far", far)).worths if not w.more.is_none
    ]


def test_in_an_over_full_school_the_first_place_more_seats_those_who_are_there(
    tmp_path: Path,
) -> None:
    there: list[object] = ["h", "North", 3, *HOME, "ASD", 5, "placed", "A"]
    seeks: list[object] = ["g", "North", 12, *HOME, "ASD", 5, "seeking", ""]
    found = valued(three_schools(tmp_path / "t", children=[there, seeks]), (1, 2))
    assert worth(found, "A").more.is_none
    two = worth(found, "A", places=2)
    assert two.saved == pytest.approx(50e3)
    assert two.fewer is not None
    assert two.fewer.is_none


@pytest.mark.parametrize(
    "seed", [*range(6), *(pytest.param(n, marks=pytest.mark.slow) for n in range(6, 60))]
)
def test_a_place_more_or_fewer_is_what_writing_it_into_the_case_comes_to(
    seed: int, tmp_path: Path
) -> None:
    """The case is made anew with the place in its table of places, and assigned with the schemes of the first plan."""
    draft, random = drawn.draw(seed), Random(seed)
    study = Study(prepare(draft.write(tmp_path / "case")))
    basis, opens = study.prepared.basis, study.plan.solution.opens
    worker, base = Worker(payload_of(study, study.plan)), drawn.BASE
    assert worker.payload.space.room(np.zeros_like(basis.pools.places)) == pytest.approx(
        worker.payload.problem.room
    )
    rows = [
        row
        for row in draft.tables["places"]
        if row["places"] not in {"", 0} and row["from_year"] == row["to_year"] == ""
    ]
    last = study.problem.periods - 1
    for row in rows:
        pool = _pool_of(basis, row)
        first = random.randint(0, last)
        # A pool without places ends the stays in it, by the contract: that is another question than one place fewer.
        for change in (1.0, 8.0, -1.0 if row["places"] > 1 else 0.0):
            told = worker.with_places(pool, first, last, change)
            again = drafts.build(_with_places(draft, row, base + first, change))
            found = Warm(again.problem).assign(opens)
            now = Warm(basis.problem).assign(opens)
            assert told.objective_gbp == pytest.approx(found.objective - now.objective, abs=0.02)
            money = [
                findings(b, s, study.prepared.travel.journeys, 1.0).cost_gbp
                for b, s in ((basis, now), (again, found))
            ]
            assert told.cost_gbp == pytest.approx(money[1] - money[0], abs=0.02)
            waits = [float(s.unplaced.sum()) for s in (now, found)]
            assert told.child_years == pytest.approx(waits[1] - waits[0], abs=1e-4)


def _pool_of(basis: Any, row: dict[str, Any]) -> int:  # noqa: ANN401
    from sufficiency.pools import pool_key

    key: int = basis.pools.keys.index(pool_key(row["provision_id"], row))
    return key


def _with_places(draft: Draft, row: dict[str, Any], from_year: int, change: float) -> Draft:
    """Return a draft whose pool has so many places more from a year on."""
    changed, at = draft.copy(), draft.tables["places"].index(row)
    after = row | {"from_year": from_year, "places": row["places"] + change}
    before = [] if from_year == draft.settings["base_year"] else [row | {"to_year": from_year - 1}]
    changed.tables["places"][at : at + 1] = [*before, after]
    return changed


def test_the_same_figures_are_told_everywhere(tmp_path: Path) -> None:
    case, out = three_schools(tmp_path / "t"), tmp_path / "out"
    done = invoke(
        "value", case, "--out", out, "--places", "1,8", "--workers", "1", "--format", "json"
    )
    assert done.exit_code == 0, done.stderr
    summary = json.loads(done.stdout)
    table = pd.read_csv(out / "value.csv", encoding="utf-8-sig")
    (row,) = [
        r
        for r in summary["worths"]
        if (r["provision"], r["from_year"], r["places"]) == ("A", 2025, 1)
    ]
    (told,) = table[
        (table["provision"] == "A") & (table["from_year"] == 2025) & (table["places"] == 1)
    ].to_dict("records")
    assert row["saving_a_year_gbp"] == told["saving_a_year_gbp"] == 50_000
    assert row["fewer_cost_a_year_gbp"] == told["fewer_cost_a_year_gbp"] == 50_000
    assert json.loads((out / "summary.json").read_text("utf-8")) == summary
    text = invoke("value", case, "--workers", "1", "--from-year", "2025").stdout
    page = (out / "value.html").read_text("utf-8")
    assert "£50,000" in text
    assert "A school, Reception to Year 14" in text
    assert "A school, Reception to Year 14" in page
    assert (out / "value-heat.svg").exists()
    exact = pd.read_csv(out / "private" / "value.csv", encoding="utf-8-sig")
    assert list(exact["saving_a_year_gbp"]) == list(table["saving_a_year_gbp"])


def test_schemes_that_are_not_proved_best_are_said_to_be_so(tmp_path: Path) -> None:
    found = valued(three_schools(tmp_path / "t"))
    said = evidence(found, {}, [])
    assert (said.summary["proved"], said.exit_code) == (True, 0)
    plan = found.study.plan
    short = replace(plan, solution=replace(plan.solution, status=Status.FEASIBLE))
    found.study.__dict__["plan"] = short
    said = evidence(found, {}, [])
    assert (said.summary["proved"], said.exit_code) == (False, 5)
    assert "not proved the best" in " ".join(said.section.notes)


def test_years_that_few_children_gain_are_told_exactly_in_private_alone(tmp_path: Path) -> None:
    places: Rows = [["A", "*", 0, 14, 2, 6000]]
    found = valued(three_schools(tmp_path / "t", places=places), (1, 8))
    said = evidence(found, {}, [])
    public, exact = said.tables["value"], said.private["value"]
    assert set(public["child_years_placed"]) == {10, "[c]", 15}
    assert set(exact["child_years_placed"]) == {1, 2, 8, 16}
    assert "who has none" in said.answer + " ".join(said.section.lead)


def test_pounds_of_one_place_are_told_to_a_hundred(tmp_path: Path) -> None:
    """A place more moves one child: to the penny its worth would measure that child's journey."""
    found = valued(write_town(tmp_path))
    told = evidence(found, {}, []).tables["value"]
    for column in ("saving_a_year_gbp", "saving_discounted_gbp", "fewer_cost_a_year_gbp"):
        amounts = told[column].dropna().astype(float)
        assert (amounts[amounts.abs() >= 1000] % 100 == 0).all()
    assert told["saving_a_year_gbp"].max() > 1000


def test_one_year_alone_and_fewer_questions(tmp_path: Path) -> None:
    children: Rows = [["g", "North", 12, *HOME, "ASD", 14, "seeking", ""]]
    found = valued(
        three_schools(tmp_path / "t", children=children),
        one_year=True,
        from_year=2025,
        provision="A",
    )
    (only,) = found.worths
    assert (only.first, only.last) == (0, 0)
    assert only.saved == pytest.approx(50e3)
    with pytest.raises(UsageError, match="no provision X"):
        valued(tmp_path / "t", provision="X")
    with pytest.raises(UsageError, match="none has a worth"):
        valued(tmp_path / "t", from_year=2031)
    assert amounts("1, 8,1") == (1, 8)
    for wrong in ("0", "-1", "x", "", "1.5", "9999"):
        with pytest.raises(UsageError, match="whole numbers"):
            amounts(wrong)


def test_pictures_show_where_a_place_is_worth_most(tmp_path: Path) -> None:
    chart = heat(valued(three_schools(tmp_path / "t")), {})
    assert chart is not None
    assert ">50<" in chart.svg
    drawn_map = value_map(valued(tmp_path / "t", from_year=2025), {})
    assert drawn_map is not None
    assert "A school: £50,000" in drawn_map.svg
    assert "E school: £" not in drawn_map.svg


def test_of_places_that_go_those_of_schemes_go_last(tmp_path: Path) -> None:
    scheme: Rows = [["S", "Base", "A", "proposed", 2e6, 2025, 20, "", ""]]
    rows: Rows = [["S", 0, "*", 0, 14, 5]]
    case = three_schools(tmp_path / "t", schemes=scheme, scheme_places=rows)
    six = worth(valued(case, (6,)), "A", places=6)
    # Five of the scheme and two of its own, all taken: of seven one is left.
    assert six.lost == pytest.approx(6 * 50e3)
    assert six.saved == pytest.approx(5 * 50e3)  # five are still elsewhere
    assert worth(valued(case, (8,)), "A", places=8).fewer is None
