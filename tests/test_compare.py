"""Plans side by side: on a valley worked out by hand, and against what each plan says of itself.

In the valley thirty children of one home seek a place: Hill has ten, Vale takes everybody an hour off, and a scheme
adds twenty places to Hill (`test_report_compared`).
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sufficiency.changes import OUTCOMES
from sufficiency.errors import UsageError
from sufficiency.evidence.compare.find import sides_of
from sufficiency.evidence.compare.finished import named_apart, read_plan, unbuilt
from sufficiency.evidence.compare.told import Comparison, counts_of
from sufficiency.evidence.compare.words import (
    less,
    ranged,
    scenario_words,
    setting_name,
    signed,
    takes,
)
from sufficiency.pounds import money
from tests.drawn import draw
from tests.plans import invoke, plan
from tests.test_report_compared import HILL, VALE, write_valley

if TYPE_CHECKING:
    from sufficiency.evidence.compare.finished import Finished

BUDGET = "[capital]\nbudget_gbp = { 2025 = 1000 }\n"


@lru_cache(maxsize=1)
def valleys() -> tuple[Path, Path]:
    """Plan the valley with its scheme, and without the money for it."""
    folder = Path(mkdtemp())
    built = plan(write_valley(folder / "a"), folder / "built").folder
    poor = plan(write_valley(folder / "b", BUDGET), folder / "poor", baseline=False).folder
    return built, poor


def compared(*plans: Finished) -> Comparison:
    counts = counts_of(plans)
    return Comparison(tuple(plans), tuple(sides_of(plans, counts)), counts)


def of(*folders: Path) -> Comparison:
    return compared(*named_apart([read_plan(folder) for folder in folders]))


def asked(*words: str | Path) -> dict[str, Any]:
    done = invoke("compare", *words, "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_worth_by_hand() -> None:
    """Twenty children go to Hill and not to Vale: no vehicle is half empty, so both ends of the range agree."""
    built, poor = valleys()
    found = asked(poor, built)
    (option,) = found["options"]
    assert option["change_gbp"] == {
        "high needs revenue": -1_200_000,
        "transport": pytest.approx(-2 * 20 * (VALE - HILL), abs=0.01),
        "capital": 300_000,
    }
    saved = option["travel_saved_a_year"]
    assert saved["gbp_low"] == saved["gbp_high"] == round(20 * (VALE - HILL), -2)
    assert saved["child_miles"] == round(20 * 35 * 2 * 190 / 1.609344, -2)
    assert saved["child_hours"] == pytest.approx(20 * 50 * 2 * 190 / 60, abs=5)
    assert (saved["vehicles_low"], saved["vehicles_high"]) == (0, 0)
    assert saved["tonnes_co2_low"] == pytest.approx(10 * 35 * 4 * 190 * 0.173 / 1000, abs=0.05)
    before, after = found["plans"]
    assert (before["independent"], after["independent"]) == (20, 0)
    assert (before["over_45"], after["over_45"]) == (20, 0)
    assert (before["mean_minutes"], after["mean_minutes"]) == (43, 10)


def test_a_plan_alone_stands_beside_building_nothing() -> None:
    built, poor = valleys()
    alone, two = asked(built), asked(poor, built)
    assert alone["baseline"] == "nothing built"
    for key in ("change_gbp", "travel_saved_a_year"):
        assert alone["options"][0][key] == two["options"][0][key]


def test_a_plan_beside_itself_is_all_noughts(tmp_path: Path) -> None:
    built, _ = valleys()
    again = tmp_path / "again"
    shutil.copytree(built, again)
    found = of(built, again)
    assert not found.money["change_gbp"].any()
    numbers = found.savings.drop(columns=["transported_before", "transported_after"])
    assert not numbers.select_dtypes("number").drop(columns=["option", "year"]).any().any()
    assert not found.savings["hidden"].any()
    assert not found.changes[[name for name in OUTCOMES if name != "same"]].any().any()
    (side,) = found.sides
    assert not side.settings
    assert not side.inputs
    said = asked(built, again)["answer"]
    assert "real cost is the same" in said
    assert "transport takes the same a year" in said


@lru_cache(maxsize=4)
def drawn(seed: int) -> Path:
    folder = Path(mkdtemp())
    return plan(draw(seed).write(folder / "case"), folder / "out").folder


@pytest.mark.parametrize("seed", [7, 8, 19])
def test_figures_are_those_of_the_two_plans(seed: int) -> None:
    """What a plan says of itself and of building nothing, in its own files, made without this comparison."""
    folder = drawn(seed)
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    after = read_plan(folder)
    found = compared(unbuilt(after), after)
    for n, side in enumerate((summary["baseline"], summary)):
        told = found.measures[n]
        assert told["cost_gbp"] == pytest.approx(side["cost_gbp"])
        assert told["transport_gbp"] == pytest.approx(side["ledger_gbp"]["transport"], abs=0.01)
        assert told["capital_gbp"] == pytest.approx(side["ledger_gbp"]["capital cash"], abs=0.01)
        pro_rata = sum(plan_.transport["gbp_pro_rata"].sum() for plan_ in (found.plans[n],))
        assert pro_rata == pytest.approx(side["ledger_gbp"]["transport"], abs=0.01)
    gap = pd.read_csv(folder / "private" / "gap.csv", encoding="utf-8-sig")
    last = gap[gap["year"] == found.last_year]
    for measure in ("unplaced", "independent", "out_of_area"):
        assert found.measures[1][measure] == pytest.approx(last[measure].sum(), abs=1e-6)
    travel = pd.read_csv(folder / "private" / "travel.csv", encoding="utf-8-sig")
    whole = travel[(travel["phase"] == "all") & (travel["year"] == found.last_year)]
    for measure in ("over_45", "over_75", "mean_minutes"):
        if len(whole):
            assert found.measures[1][measure] == pytest.approx(whole[measure].iloc[0], abs=1e-6)


@pytest.mark.parametrize("seed", [7, 8, 19])
def test_gains_and_losses_are_those_that_the_plan_found(seed: int) -> None:
    """The plan pairs children from the solver's answer, the comparison from the folder."""
    folder = drawn(seed)
    after = read_plan(folder)
    found = compared(unbuilt(after), after).changes
    exact = pd.read_csv(folder / "private" / "changes.csv", encoding="utf-8-sig")
    for by, other in (("need", "phase"), ("phase", "need"), ("all", "")):
        mine = found[found["by"] == by].set_index(["year", "group"])[list(OUTCOMES)]
        if by == "all":
            rows = exact[(exact["phase"] == "all") & (exact["need"] == "all")]
            theirs = rows.assign(group="all")
        else:
            theirs = exact[(exact[other] == "all") & (exact[by] != "all")]
            theirs = theirs.assign(group=theirs[by])
        theirs = theirs.set_index(["year", "group"])[list(OUTCOMES)]
        assert mine.sort_index().index.equals(theirs.sort_index().index)
        assert (mine.sort_index() - theirs.sort_index()).abs().max().max() < 1e-6


def test_a_difference_of_one_child_is_not_told(tmp_path: Path) -> None:
    """With 21 places more, and not 20, one child more leaves Vale: what that saves is nobody's business."""
    case = write_valley(tmp_path)
    places = case / "places.csv"
    places.write_text(places.read_text("utf-8").replace("H,*,7,11,10", "H,*,7,11,9"), "utf-8")
    fewer = plan(case, tmp_path / "fewer", baseline=False).folder
    built, poor = valleys()
    found = asked(built, fewer)
    saved = found["options"][0]["travel_saved_a_year"]
    assert {value for key, value in saved.items() if key not in ("year", "children_before")} >= {
        "[c]"
    }
    assert all(saved[key] == "[c]" for key in saved if key.startswith(("gbp", "child_m", "tonnes")))
    assert "what transport saves is not told" in found["answer"]
    three = asked(poor, built, fewer)["options"]
    assert three[0]["travel_saved_a_year"]["gbp_low"] != "[c]"
    assert three[1]["travel_saved_a_year"]["gbp_low"] == "[c]"  # or the first would give it away


def test_plans_of_other_children_are_said_to_be(tmp_path: Path) -> None:
    case = write_valley(tmp_path)
    children = case / "children.csv"
    children.write_text(children.read_text("utf-8").replace("c,30", "c,40"), "utf-8")
    more = plan(case, tmp_path / "more", baseline=False).folder
    found = asked(valleys()[0], more)
    (option,) = found["options"]
    assert not option["same_children"]
    assert "children.csv" in option["inputs_that_differ"]
    assert "is not of the same children" in " ".join(found["cautions"])
    assert of(valleys()[0], more).sides[0].changes.empty


def test_what_differs_is_listed() -> None:
    built, poor = valleys()
    (side,) = of(poor, built).sides
    assert ("capital.budget_gbp.2025", "1,000", "not set") in side.settings
    assert side.inputs == [("case.toml", "differs")]
    said = " ".join(invoke("compare", poor, built).stdout.split())
    assert "(capital.budget_gbp.2025)" in said
    assert "1,000 not set" in said
    assert setting_name("transport.base.days") == "School days (transport.base.days)"
    assert setting_name("of no meaning") == "of no meaning"


def test_what_a_scenario_does_otherwise_is_listed() -> None:
    poor, built = named_apart([read_plan(folder) for folder in valleys()])
    words = ["setting capital.budget_gbp.2025 = 1000", "schemes S1: choice = open"]
    scenario = {"name": "all", "title": "Everything", "differences": words}
    asked = replace(built, summary={**built.summary, "scenario": scenario})
    (side,) = compared(poor, asked).sides
    assert side.scenarios == [("schemes S1: choice = open", False, True)]
    assert not compared(asked, asked).sides[0].scenarios
    assert scenario_words(asked).endswith("is of the scenario all: Everything.")
    assert not scenario_words(poor)


def test_schemes_are_set_side_by_side() -> None:
    built, poor = valleys()
    said = " ".join(invoke("compare", poor, built).stdout.split())
    assert "Proposed scheme poor built More of Hill not built 2025/26" in said


def test_a_case_is_planned_first() -> None:
    built, poor = valleys()
    assert (
        asked(poor, built.parent / "a" / "valley")["options"][0]["change_gbp"]
        == (asked(poor, built)["options"][0]["change_gbp"])
    )


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    built, poor = valleys()
    old = tmp_path / "old"
    shutil.copytree(built, old)
    (old / "private" / "whereabouts.csv").unlink()
    for folder, words in (
        (tmp_path, "no finished plan"),
        (old, "plan it again"),
    ):
        with pytest.raises(UsageError, match=words):
            read_plan(folder)
    with pytest.raises(UsageError, match="--no-baseline"):
        unbuilt(read_plan(poor))
    with pytest.raises(UsageError, match="twice"):
        named_apart([read_plan(built), read_plan(built)])
    assert invoke("compare", built, built).exit_code == 2


def test_folders_alike_in_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("old", "new"):
        shutil.copytree(valleys()[0], tmp_path / name / "plan")
    plans = named_apart([read_plan(tmp_path / name / "plan") for name in ("old", "new")])
    assert [found.name for found in plans] == ["old/plan", "new/plan"]


def test_ranges_in_words() -> None:
    assert less(1_150_000, 1_376_000) == "£1.15m to £1.38m less"
    assert less(-660_000, -496_000) == "£496k to £660k more"
    assert less(-3_000, 5_000) == "between £3k more and £5k less"
    assert less(5_000, 5_000) == "£5k less"
    assert less(0, 0) == "the same"
    assert takes({"gbp_low": "[c]"}).startswith("what transport saves is not told")
    assert ranged(-2.0, 14.0, "{:,.1f}".format) == "−2.0 to 14.0"
    assert ranged(5, 5, money) == "£5"
    assert ranged("[c]", "[c]", money) == "[c]"
    assert signed(-0.01, "{:,.1f}".format) == "0.0"


@pytest.mark.slow
def test_command_report_and_workbook_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    from openpyxl import load_workbook

    built, poor = valleys()
    out = tmp_path / "found"
    monkeypatch.setattr("cli.width", lambda: 400)  # so that no label is wrapped
    said = invoke("compare", poor, built, "--out", out)
    assert said.exit_code == 0, said.stderr
    other = tmp_path / "found too"
    assert invoke("compare", built, "--out", other).exit_code == 0
    case = built.parent / "a" / "valley"
    written = plan(case, tmp_path / "plan", tables_only=False, evidence=[out, other])
    section = json.loads((out / "section.json").read_text("utf-8"))["section"]
    report = (written.folder / "report.html").read_text("utf-8")
    with zipfile.ZipFile(written.folder / "paper.docx") as paper:
        word = paper.read("word/document.xml").decode()
    text = " ".join(said.stdout.split())
    for table in section["tables"]:
        for row in table["rows"]:
            for cell in row:
                assert cell["text"] in report
                assert cell["text"] in word
                assert table["folded"] or cell["text"] in text
    answers = [json.loads((f / "summary.json").read_text("utf-8"))["answer"] for f in (out, other)]
    assert all(answer in report and answer in word for answer in answers)
    ids = re.findall(r'\sid="([^"]+)"', report)
    assert len(set(ids)) == len(ids)
    saved = pd.read_csv(out / "travel-savings.csv", encoding="utf-8-sig")
    book = load_workbook(written.folder / "tables.xlsx", read_only=True)
    sheet, _ = [
        book[name] for name in book.sheetnames if "travel-savings" in name.replace(" ", "-")
    ]
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    rows = [row for row in cells if row and row[0] == "built"]
    assert len(rows) == len(saved)
    assert [int(str(row[3])[:4]) for row in rows] == saved["year"].tolist()
    low = saved.columns.get_loc("gbp_low")
    assert [str(row[low]) for row in rows] == [str(v).removesuffix(".0") for v in saved["gbp_low"]]
