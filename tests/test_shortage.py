"""The transport cost of shortage on a street one can draw: a full near school whose lack costs so many miles.

::

    kilometre   0        2              12
              homes    Near: 10       Far: room for all

17 children with SEMH: ten are at Near, seven go on to Far because Near is full. Eight with ASD pass Dear, which has
room but costs more: that is no shortage.
"""

from __future__ import annotations

import csv
import json
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sufficiency import needs
from sufficiency.evidence.journey_savings import MILE_KM
from sufficiency.evidence.nearest import NOWHERE, Schools
from sufficiency.evidence.shortage.find import Shortage, find, table
from sufficiency.evidence.study import Study
from sufficiency.evidence.whereabouts import local_schools, side_by_side, whereabouts
from sufficiency.pools import covers
from sufficiency.progress import Silent
from tests.drawn import draw
from tests.plans import invoke
from tests.street import DAYS, child, pool, price, school, transport, vehicle, write_street

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

SCHOOLS = [school("Near", 2), school("Far", 12), school("Dear", 2), school("Cheap", 12)]
PRICES = [price("Near", 20_000), price("Far", 20_000), price("Dear", 90_000), price("Cheap", 9_000)]
#: Extra journeys of a child between Near and Far: two a day over ten kilometres, in miles.
MILES = 2 * DAYS * 10 / MILE_KM


def street(
    folder: Path, *, near: float | str = 10, more: dict[str, list[list[object]]] | None = None
) -> Path:
    return write_street(
        folder,
        [child("semh", 17), child("asd", 8, need="ASD")],
        SCHOOLS,
        [
            pool("Near", near, "SEMH"),
            pool("Far", 40, "SEMH"),
            pool("Dear", 40, "ASD"),
            pool("Cheap", 40, "ASD"),
        ],
        PRICES,
        more=more,
    )


def found(case: Path) -> Shortage:
    return find(Study.begin(case, Silent()))


def one(frame: pd.DataFrame) -> dict[str, float]:
    (row,) = frame.to_dict("records")
    return {str(name): value for name, value in row.items()}


LIMIT = [
    ["provision_id", "needs", "ncy_from", "ncy_to", "children"],
    ["Near", "SEMH", 0, 14, 10],
]


@pytest.mark.parametrize(
    ("near", "more"), [(10, None), (40, {"limits": LIMIT})], ids=["places", "limit"]
)
def test_a_full_near_school_costs_exactly_so_many_miles(
    tmp_path: Path, near: float, more: dict[str, list[list[object]]] | None
) -> None:
    """Full by its places or by a limit, it is all one. Seven children: pro rata 3.5 vehicles, whole four."""
    row = one(table(found(street(tmp_path / "case", near=near, more=more)), 2025))
    for measure in ("", "_nearest"):
        assert row[f"children{measure}"] == pytest.approx(7)
        assert row[f"child_miles{measure}"] == pytest.approx(7 * MILES)
        assert row[f"child_minutes{measure}"] == pytest.approx(7 * 2 * DAYS * 10)
        assert row[f"gbp_pro_rata{measure}"] == pytest.approx(7 * (transport(12) - transport(2)))
    whole = 5 * vehicle(2) + ceil(7 / 2) * vehicle(12) - ceil(17 / 2) * vehicle(2)
    assert row["gbp_whole"] == pytest.approx(whole)
    assert row["vehicles_whole"] == 0
    assert row["vehicles_pro_rata"] == pytest.approx(0)


def test_it_is_put_down_to_the_school_that_is_full(tmp_path: Path) -> None:
    by_school = table(found(street(tmp_path / "case")), 2025, ["cause"]).set_index("cause")
    assert by_school.loc["Near", "child_miles"] == pytest.approx(7 * MILES)
    assert by_school.loc["Near", "child_miles_nearest"] == pytest.approx(7 * MILES)
    assert by_school.drop(index="Near")["child_miles"].abs().max() == pytest.approx(0)


def test_a_dear_school_with_room_is_no_shortage(tmp_path: Path) -> None:
    """Eight children pass Dear: ten kilometres each, by price; with room for all they would pass it all the same."""
    shortage = found(street(tmp_path / "case"))
    by_need = table(shortage, 2025, ["need"]).set_index("need")
    assert by_need.loc["ASD", "child_miles"] == pytest.approx(0)
    assert by_need.loc["ASD", "child_miles_nearest"] == pytest.approx(0)
    other = shortage.other.by(["need"]).set_index("need")
    assert other.loc["ASD", "child_miles"] == pytest.approx(8 * MILES)
    assert other.loc["SEMH", "child_miles"] == pytest.approx(0)


def test_no_shortage_where_there_is_room(tmp_path: Path) -> None:
    row = one(table(found(street(tmp_path / "case", near=17)), 2025))
    assert row["child_miles"] == row["child_miles_nearest"] == pytest.approx(0)
    assert row["children"] == row["moved"] == 0


def test_room_for_all_is_the_case_with_blank_places(tmp_path: Path) -> None:
    """The second solve is the plan of the same case written anew, its local schools without a limit."""
    freed = found(street(tmp_path / "case")).freed
    blank = Study.begin(street(tmp_path / "blank", near=""), Silent()).plan
    assert freed.account.outcome("km") == pytest.approx(blank.account.outcome("km"))
    assert freed.account.item("transport") == pytest.approx(blank.account.item("transport"))


def test_a_child_without_a_place_is_not_counted(tmp_path: Path) -> None:
    case = write_street(
        tmp_path / "case",
        [child("semh", 17)],
        [school("Near", 2)],
        [pool("Near", 10, "SEMH")],
        PRICES[:1],
    )
    shortage = found(case)
    assert shortage.gained == pytest.approx([7])
    assert one(table(shortage, 2025))["child_miles"] == pytest.approx(0)


def test_children_who_are_there_already_stay_there(tmp_path: Path) -> None:
    """Seven placed at Far while Near is full: no decision moves them, though Near is nearer."""
    case = write_street(
        tmp_path / "case",
        [child("new", 10), child("old", 7, status="placed", at="Far")],
        SCHOOLS,
        [pool("Near", 10, "SEMH"), pool("Far", 40, "SEMH")],
        PRICES,
    )
    row = one(table(found(case), 2025))
    assert row["child_miles"] == pytest.approx(0)
    assert row["child_miles_nearest"] == pytest.approx(7 * MILES)


@pytest.mark.parametrize("seed", [1, 2, 5, 7, 11, 14, 17, 23])
def test_nearest_by_looking_at_every_row_of_places(tmp_path: Path, seed: int) -> None:
    """Of drawn cases: the nearest suitable school again, from the tables of the case alone."""
    case = tmp_path / "case"
    draw(seed).write(case)
    study = Study.begin(case, Silent())
    basis, journeys = study.prepared.basis, study.prepared.travel.journeys
    rows = whereabouts(basis, study.plan.solution)
    every = np.ones(len(basis.provisions), bool)
    schools = Schools.of(basis, study.plan.solution, journeys)
    nearest, roomy = schools.nearest(rows, every)
    at = rows["provision"].to_numpy()
    for row, found_at, with_room in zip(rows.to_dict("records"), nearest, roomy, strict=True):
        km = _km_by_looking(study, row, schools)
        assert (found_at == NOWHERE) == (not km)
        if km:
            origin = int(basis.costs.origin(np.array([row["cohort"]]))[0])
            assert journeys.km[origin, found_at] == pytest.approx(min(km))
            assert with_room == NOWHERE or journeys.km[origin, with_room] >= min(km) - 1e-9
    assert len(at)


def _km_by_looking(study: Study, row: dict[Any, Any], schools: Schools) -> list[float]:
    """Return how far every suitable school is, pool by pool."""
    basis, journeys = study.prepared.basis, study.prepared.travel.journeys
    who = basis.cohorts.table.iloc[row["cohort"]]
    settings = basis.case.settings
    most = dict(settings.travel.max_minutes).get(needs.phase(row["ncy"]), np.inf)
    found = []
    for q, key in enumerate(basis.pools.keys):
        p = int(basis.pools.provision[q])
        minutes = journeys.minutes[int(who["origin"]), p]
        if (
            covers(key.needs, who["need"], who["need_2"])
            and key.ncy_from <= row["ncy"] <= key.ncy_to
            and (not who["suits"] or basis.costs.kinds[p] in who["suits"].split("|"))
            and minutes <= most
            and np.isfinite(minutes)
            and schools.exists[q, row["year"]]
        ):
            found.append(float(journeys.km[int(who["origin"]), p]))
    return found


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_side_by_side_keeps_everyone(tmp_path: Path, seed: int) -> None:
    case = tmp_path / "case"
    draw(seed).write(case)
    study = Study.begin(case, Silent())
    basis = study.prepared.basis
    now = whereabouts(basis, study.plan.solution)
    same = side_by_side(now, now)
    assert (same["before"] == same["after"]).all()
    assert same["children"].sum() == pytest.approx(now["children"].sum())
    assert local_schools(basis).dtype == bool


def test_the_same_figures_everywhere(tmp_path: Path) -> None:
    case, out = street(tmp_path / "case"), tmp_path / "out"
    done = invoke("shortage", case, "--out", out, "--format", "json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said == json.loads((out / "summary.json").read_text("utf-8"))
    with (out / "shortage_by_school.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    by_school = {row["cause"]: row for row in rows}
    assert float(by_school["Near"]["child_miles"]) == round(7 * MILES)
    assert said["shortage_by_school"][0]["child_miles"] == round(7 * MILES)
    page = (out / "shortage.html").read_text("utf-8")
    text = invoke("shortage", case).stdout
    for words in (said["answer"], "16,500", "Near"):
        assert words in " ".join(text.split())
        assert words in page


def test_few_children_are_not_told(tmp_path: Path) -> None:
    """Three travel further: neither how many, nor their miles, nor their school, is told outside the private folder."""
    case, out = street(tmp_path / "case", near=14), tmp_path / "out"
    assert invoke("shortage", case, "--out", out).exit_code == 0
    miles = f"{3 * MILES:.0f}"
    for path in out.iterdir():
        if path.is_file() and path.suffix in {".csv", ".json", ".html", ".svg"}:
            assert miles not in path.read_text("utf-8-sig"), path.name
            assert f"{3 * MILES:,.0f}" not in path.read_text("utf-8-sig"), path.name
    assert "3" in (out / "private" / "shortage_groups.csv").read_text("utf-8-sig")


def test_a_year_that_is_not_in_the_plan(tmp_path: Path) -> None:
    done = invoke("shortage", street(tmp_path / "case"), "--year", "2031")
    assert done.exit_code == 2
    assert "2025" in done.output
