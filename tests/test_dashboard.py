"""The dashboard says what the run published: the same numbers, the same withheld, and no child between two reviews."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from sufficiency.errors import UsageError
from sufficiency.evidence.commands import COMMANDS
from sufficiency.evidence.dashboard.card import card, recorded
from sufficiency.evidence.dashboard.draw import spark
from sufficiency.evidence.dashboard.find import evidence
from sufficiency.evidence.dashboard.lines import BY_KEY, LINES, Room
from sufficiency.evidence.dashboard.published import read_run, told_together
from sufficiency.evidence.dashboard.said import _full
from sufficiency.evidence.dashboard.tables import beside, costs, figures
from sufficiency.evidence.dashboard.view import columns, view
from sufficiency.evidence.dashboard.words import against, answer, at_colleges, at_least, travel
from sufficiency.ledger import ITEMS, REVENUE
from sufficiency.progress import Silent
from tests.pages import Page
from tests.plans import Written, invoke, plan
from tests.test_report_compared import write_valley
from tests.town import write_town

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from sufficiency.evidence.answer import Evidence
    from sufficiency.evidence.dashboard.published import Run

HIDDEN = "[c]"
EVIL = '"><script>alert(1)</script>'
QUOTED = EVIL.replace('"', '""')
CARD = f"""measure,part_of,period,value,unit,aim,target,source,note
Awaiting a place,,2024-Q3,143,children,down,100,Scrutiny paper,
Awaiting a place,,spring 2024,270,children,down,,Scrutiny paper,
of primary age,Awaiting a place,2024-Q3,50,%,,,Scrutiny paper,half of them
"=cmd()|{QUOTED}",,2024-Q3,3,plans,,,,"{QUOTED}"
Bases,,2025/26 Q1,9,number,up,,,
Bases,,2024/25 Q1,7,number,up,,,
Against budget,,2024-Q3,-5,£,,,,
"""


@lru_cache(maxsize=1)
def valley() -> Written:
    """Thirty children, a scheme and a scorecard: names that mean harm among them."""
    folder = Path(mkdtemp())
    case = write_valley(folder, f"[kinds.hub]\ntitle = {json.dumps(EVIL)}\ncounts_as = 'base'\n")
    (case / "scorecard.csv").write_text(CARD, "utf-8")
    schemes = case / "schemes.csv"
    schemes.write_text(
        schemes.read_text("utf-8").replace("More of Hill", f"'More {EVIL[2:]}"), "utf-8"
    )
    return plan(case, folder / "out")


@lru_cache(maxsize=1)
def town() -> Written:
    """Five children: everything is of too few; neither scorecard nor areas, nothing compared."""
    folder = Path(mkdtemp())
    return plan(write_town(folder), folder / "out", baseline=False)


def shown(*folders: Path) -> Evidence:
    row = next(row for row in COMMANDS if row.name == "dashboard")
    return row.find({"plans": folders}, Silent())


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def number(text: str) -> float | str:
    return HIDDEN if text == HIDDEN else float(text)


def test_every_figure_is_one_of_the_runs_own() -> None:
    """Worked out again from the files of the run, without anything of the dashboard's."""
    run = valley()
    told = {
        (row["key"], int(row["year"])): row["value"]
        for row in shown(run.folder).tables["figures"].to_dict("records")
    }
    for row in run.table("outcomes"):
        year = int(row["year"])
        for key in ("local", "away", "independent"):
            assert told[key, year] == float(row[key])
        placed = sum(float(row[key]) for key in ("local", "away", "independent"))
        assert told["without", year] == float(row["unplaced"])
        assert told["needing", year] == placed + float(row["unplaced"])
        assert told["local_pct", year] == round(100 * float(row["local"]) / placed)
    spent: dict[tuple[str, int], float] = defaultdict(float)
    for row in run.table("ledger"):
        spent[row["item"], int(row["year"])] += float(row["gbp"])
    for year in (2025, 2026):
        revenue = sum(spent[item, year] for item, budget in ITEMS.items() if budget == REVENUE)
        assert told["revenue", year] == round(revenue, -3)
        assert told["transport", year] == round(spent["transport", year], -3)
        assert told["capital", year] == spent["capital cash", year]
        state = (spent["place funding", year] + spent["top-up", year]) / float(told["local", year])
        assert told["state_cost", year] == round(state, -2)
    for row in run.table("travel"):
        if row["phase"] == "all":
            assert told["minutes", int(row["year"])] == float(row["mean_minutes"])
            assert told["over_45", int(row["year"])] == float(row["over_45"])
            assert told["within_45", int(row["year"])] == 100
    hill = [row for row in run.table("use") if row["provision"] == "H"]
    for year in (2025, 2026):
        mine = [row for row in hill if row["year"] == str(year)]
        assert told["places", year] == sum(float(row["places"]) for row in mine) == 30
        assert told["taken", year] == sum(float(row["used"]) for row in mine) == 30
        assert told["full", year] == 1


def changed(**tables: str) -> Run:
    """Return the valley's run with other tables, each as text: its columns, then its rows."""
    read = {
        name: pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
        for name, text in tables.items()
    }
    run = read_run(valley().folder)
    return replace(run, tables={**run.tables, **read})


def with_colleges(away: str, use: str) -> Run:
    """Another council's places: a school's, a college's, and those of a kind that counts as one."""
    run = changed(
        provisions=(
            "provision,name,kind,independent,out_of_area\nS,School,special,False,True\n"
            "C,College,college,False,True\nD,Other,skills,False,True\nE,Own,college,False,False\n"
        ),
        outcomes=f"year,local,away,independent,unplaced\n2025,90,10,0,0\n2026,80,{away},0,0\n",
        use=f"provision,needs,ncy_from,ncy_to,year,places,used,use_pct\n{use}",
    )
    record = json.loads(json.dumps(run.record))
    record["settings"]["kinds"] = {"skills": {"title": "Skills", "counts_as": "college"}}
    return replace(run, record=record)


def test_a_need_that_is_withheld_is_not_said_to_be_of_few() -> None:
    """It may be of many, withheld so that those of another need cannot be worked out."""
    run = changed(
        gap=(
            "need,phase,year,children,unplaced,independent,out_of_area\n"
            "ASD,primary,2026,30,0,0,0\nSEMH,primary,2026,[c],0,0,0\nVI,primary,2026,[c],0,0,0\n"
        )
    )
    text = " ".join(Page(evidence([run]).page).text.split())
    assert "so that few cannot be worked out: social, emotional and mental health, vision" in text
    assert "Too few" not in text


def test_students_at_colleges_elsewhere_are_told_apart() -> None:
    first = "S,*,0,11,2025,,4,\nC,*,12,14,2025,,6,\nE,*,12,14,2025,,50,\n"
    run = with_colleges("20", f"{first}C,*,12,14,2026,,7,\nD,*,12,14,2026,,9.5,\n")
    assert BY_KEY["colleges"].of(run) == {2025: 6.0, 2026: 16.5}
    assert "Of the 20 in another council’s places in 2026/27, 16 are students" in answer(run)
    few = with_colleges("40", f"{first}C,*,12,14,2026,,7,\n")
    assert "students" not in answer(few)
    assert at_colleges(few).startswith("Of the 40 in another council’s places in 2026/27, 7 are")
    assert BY_KEY["colleges"].of(read_run(valley().folder)) == {}
    assert "colleges" not in Page(shown(valley().folder).page).text


def test_what_is_withheld_of_colleges_is_told_no_closer_than_its_told_parts() -> None:
    run = with_colleges("20", "C,*,12,14,2026,,12.9,\nD,*,12,14,2026,,[c],[c]\n")
    line = BY_KEY["colleges"]
    assert line.of(run)[2026] == HIDDEN
    assert line.least(run) == {2026: 12.0}
    assert line.cell(HIDDEN, 12.0) == "≥\u202f12"
    assert "at least 12 are students at colleges" in answer(run)
    assert at_least(line, 4.0, 12.0).text == "▲ at least 8 more"
    assert at_least(line, 12.0, 12.0).text == at_least(line, HIDDEN, 12.0).text == "not told"
    rows = {row.label: row for row in view(run, [], []).panels[1].rows}
    assert rows[line.label].travel.text == "▲ at least 12 more"
    hidden = with_colleges("20", "C,*,12,14,2026,,[c],[c]\n")
    assert line.least(hidden) == {}
    assert line.cell(HIDDEN, 0.0) == HIDDEN
    assert "students" not in answer(hidden)
    assert "students" not in answer(with_colleges(HIDDEN, "C,*,12,14,2026,,12,\n"))


@pytest.mark.parametrize(
    ("other", "least", "share"),
    [("10", 99.0, 99.0), ("20", 0.0, 99.0), ("150", 0.0, HIDDEN)],
)
def test_places_taken_are_told_at_least_where_most_are_told(
    other: str, least: float, share: float | str
) -> None:
    """Of a hundred places 99.6 are taken, and how many of the `other` ones is withheld."""
    run = changed(
        provisions=(
            "provision,name,kind,independent,out_of_area\nS,A,special,False,False\n"
            "B,B,base,False,False\n"
        ),
        use=(
            "provision,needs,ncy_from,ncy_to,year,places,used,use_pct\n"
            f"S,*,0,11,2025,100,99.6,\nB,*,0,11,2025,{other},[c],[c]\n"
        ),
    )
    line = BY_KEY["taken"]
    assert line.of(run)[2025] == HIDDEN
    assert line.least(run)[2025] == least
    assert BY_KEY["taken_pct"].of(run)[2025] == share
    shown = [row for row in figures(run).to_dict("records") if row["key"] == "taken"]
    assert shown[0]["value"] == HIDDEN
    assert (shown[0]["at_least"] == least) == bool(least)


def test_the_finding_says_what_is_withheld_in_words() -> None:
    def of(first: str, last: str) -> str:
        head = "year,local,away,independent,unplaced"
        return answer(changed(outcomes=f"{head}\n2025,{first},0,0,0\n2026,{last},0,0,0\n"))

    assert of("20", "30").startswith("20 children need a place in 2025/26, 30 in 2026/27; 100%")
    assert of(HIDDEN, "30").startswith("30 children have a place in 2026/27 (2025/26 withheld).")
    assert of("20", HIDDEN).startswith("20 children have a place in 2025/26 (2026/27 withheld).")
    assert of(HIDDEN, HIDDEN).startswith(
        "How many children have a place in 2025/26 and 2026/27 is withheld."
    )


def test_journeys_are_set_against_building_nothing() -> None:
    head = "year,phase,need,all_shorter,all_longer\n2026,all,ASD,10,5\n2026,primary,all,10,5\n"
    run = changed(changes=f"{head}2026,all,all,25,10\n")
    run = replace(run, summary={**run.summary, "baseline": {"is_plan": False}})
    told = "Against building nothing about 25 journeys are shorter in 2026/27, 10 longer."
    assert against(run) == told
    assert against(changed(changes=f"{head}2026,all,all,25,{HIDDEN}\n")) == ""
    same = replace(run, summary={**run.summary, "baseline": {"is_plan": True}})
    assert against(same) == ""


@pytest.mark.slow
def test_what_is_withheld_stays_withheld_and_so_does_what_would_tell_it() -> None:
    run = town()
    found = shown(run.folder)
    told = {
        (row["key"], row["year"]): row["value"]
        for row in found.tables["figures"].to_dict("records")
    }
    hidden = 0
    for row in run.table("outcomes"):
        year = int(row["year"])
        for key in ("local", "away", "independent"):
            assert told[key, year] == number(row[key])
        if row["independent"] == HIDDEN:
            hidden += 1
            for key in ("needing", "placed", "local_pct", "fee", "fees", "state_cost"):
                assert told[key, year] == HIDDEN
    assert hidden
    assert found.summary["panels"]["type"]["independent"]["2025"] == HIDDEN  # type: ignore[index]
    assert "No map" not in found.page
    assert "There is no map here" in found.page


def test_nothing_private_is_read(tmp_path: Path) -> None:
    """The page of a folder without its private one is the same, to the byte."""
    bare = tmp_path / valley().folder.name
    shutil.copytree(valley().folder, bare)
    shutil.rmtree(bare / "private")
    one, other = shown(valley().folder), shown(bare)
    assert one.page == other.page
    assert one.summary == other.summary


def test_quarters_are_in_order_and_their_change_is_told() -> None:
    found = card(read_run(valley().folder))
    assert found is not None
    (group,) = found.groups
    assert [period.code for period in group.periods] == [
        "spring 2024", "2024/25 Q1", "2024-Q3", "2025/26 Q1",
    ]  # fmt: skip
    waiting, primary, evil, bases, budget = group.rows
    assert list(budget.values) == ["", "", "−£5", ""]
    assert list(waiting.values) == ["270", "", "143", ""]
    assert waiting.change.text == "▼ 127 fewer (better)"
    assert (primary.deep, list(primary.values)) == (True, ["", "", "50%", ""])
    assert list(evil.values) == ["", "", HIDDEN, ""]
    assert bases.change.text == "▲ 2 more (better)"
    assert (waiting.target, group.targets) == ("100", True)
    written = shown(valley().folder).tables["scorecard"]["value"]
    assert list(written) == [143.0, 270.0, 50.0, HIDDEN, 9.0, 7.0, -5.0]


def recorded_as(*listed: str, head: str = "measure,part_of,period,value,unit,beside") -> Run:
    """Return the valley's run with another scorecard."""
    blank = {"part_of": "", "aim": "", "target": "", "source": "", "note": "", "beside": ""}
    read = pd.DataFrame(csv.DictReader(StringIO("\n".join([head, *listed]))), dtype=str)
    run = changed()
    return replace(
        run,
        tables={
            **run.tables,
            "scorecard": pd.DataFrame(read).assign(
                **{name: text for name, text in blank.items() if name not in read}
            ),
        },
    )


def test_a_table_for_each_kind_of_period() -> None:
    """Januaries stand with Januaries; a year that is alone stands beside; what is earlier is counted."""
    months = [f"Plans,,{year}-01,{year - 1000},plans," for year in range(2012, 2026)]
    years = [f"New,,{year},{year - 1900},plans," for year in (2023, 2024)]
    mixed = ["SEMH,,2023,200,plans,", "SEMH,,2024-01,300,plans,", "SEMH,,2024,400,plans,"]
    found = card(recorded_as(*months, *years, *mixed, "Day,,2025-06-30,9,plans,"))
    assert found is not None
    by_month, by_year = found.groups
    assert (by_month.title, by_year.title) == ("By month or day", "By calendar year")
    assert [period.code for period in by_month.periods][-2:] == ["2025-01", "2025-06-30"]
    assert (len(by_month.periods), by_month.earlier) == (10, 5)
    plans, day = by_month.rows
    assert len(plans.points) == 14
    assert (plans.change.text, day.change.text) == ("▲ 1 more", "")
    new, semh = by_year.rows
    assert list(semh.values) == ["200", "400"]
    assert list(semh.besides) == ["Jan 2024: 300"]
    assert semh.change.text == "▲ 200 more"
    assert not new.besides


def test_a_measure_of_many_kinds_stands_in_each_with_its_parts() -> None:
    found = card(
        recorded_as(
            "A,,2024-01,100,plans,",
            "A,,2025-01,120,plans,",
            "A,,2026-01,130,plans,",
            "A,,2024,110,plans,",
            "A,,2025,115,plans,",
            "part,A,2025,50,%,",
            "B,,2024-Q3,7,number,",
        )
    )
    assert found is not None
    by_month, by_year = found.groups
    assert [row.measure for row in by_month.rows] == ["A", "B"]
    assert [(row.measure, row.deep) for row in by_year.rows] == [("A", False), ("part", True)]
    assert by_month.rows[0].change.text == "▲ 10 more"
    assert by_year.rows[0].change.text == "▲ 5 more"


def test_a_change_between_two_kinds_of_period_is_told_where_there_is_no_other() -> None:
    listed = ["W,,spring 2024,270,children,", "W,,2024-09,143,children,"]
    others = ["X,,2024-10,9,number,", "Y,,autumn 2024,9,number,"]
    found = card(recorded_as(*listed, *others))
    assert found is not None
    waiting = found.groups[0].rows[0]
    assert waiting.change.text == "▼ 127 fewer"
    assert len(waiting.besides) == 1


def test_what_was_recorded_stands_beside_the_figure_that_the_case_names() -> None:
    listed = ["W,,2024-09,143,children,without", "W,,spring 2024,270,children,without"]
    run = recorded_as(*listed, "Other,,2025-01,9,children,")
    assert recorded(run, "without") == "Recorded: 143 (September 2024)"
    assert recorded(run, "independent") == ""
    (tile,) = [tile for tile in view(run, [], []).tiles if tile.recorded]
    assert tile.label.startswith("Without a place")
    assert recorded(recorded_as(f"W,,2024-09,{HIDDEN},children,without"), "without") == (
        "Recorded: [c] (September 2024)"
    )
    older = recorded_as("W,,2024-09,143,children", head="measure,part_of,period,value,unit")
    bare = older.table("scorecard").drop(columns="beside")
    assert recorded(replace(older, tables={**older.tables, "scorecard": bare}), "without") == ""


def test_the_cost_by_kind_says_in_its_heading_of_how_many_children_it_is() -> None:
    run = read_run(valley().folder)
    told = {f"{share:.0f}" for share in costs(run, run.years[0])["told_pct"]}
    assert len(told) == 1
    found = shown(valley().folder)
    words = f"What a child costs a year by kind of provision (of {told.pop()}% of children)"
    assert f"<caption>{words}</caption>" in found.page
    assert any(table.caption.startswith(words) for table in found.section.tables)


def test_names_that_mean_harm_do_none() -> None:
    found = shown(valley().folder)
    page = Page(found.page)
    assert not [tag for tag, _ in page.tags if tag in ("script", "img", "iframe", "object", "link")]
    assert EVIL in page.text
    policies = [attrs["content"] for _, attrs in page.tags if "http-equiv" in attrs]
    assert [str(policy)[:18] for policy in policies] == ["default-src 'none'"]
    assert not re.search(r"(?:href|src)=[\"'](?!#|data:)", found.page)


@pytest.mark.slow
def test_the_page_says_the_aim_and_section_19_where_somebody_waits(tmp_path: Path) -> None:
    page = Page(shown(valley().folder).page).text
    for words in (
        "1 The right number of places", "2 Of the right type", "3 At value for money",
        "4 In the right location", "5 Now and in the future", "Run: ", "census of May 2025",
    ):  # fmt: skip
        assert words in page
    assert "section 19" not in page
    case = write_valley(tmp_path, "[waiting]\ngbp_per_child_year = 1000\n")
    places = case / "places.csv"
    places.write_text(places.read_text("utf-8").replace("V,*,7,11,", "V,*,7,11,6"), "utf-8")
    (case / "schemes.csv").unlink()
    (case / "scheme_places.csv").unlink()
    made = shown(plan(case, tmp_path / "out").folder)
    assert made.answer == (
        "30 children need a place in 2025/26, 30 in 2026/27; 62% of those with a place have one of this council’s own. "
        "14 are without a place in 2025/26, 14 in 2026/27."
    )
    assert "section 19 of the Education Act 1996" in made.page
    assert "No schemes are in the plan" in made.page


@pytest.mark.slow
def test_an_earlier_plan_that_was_not_known_to_be_public_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there twice"):
        shown(valley().folder, valley().folder)
    other = plan(write_valley(tmp_path, "[review]\ngbp_per_move = 1\n"), tmp_path / "later")
    with pytest.raises(UsageError, match="--published out"):
        told_together([read_run(other.folder), read_run(valley().folder)])
    done = invoke("dashboard", other.folder, valley().folder, "--out", tmp_path / "new" / "page")
    assert done.exit_code == 2
    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_no_plan_or_was_changed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no finished plan"):
        read_run(tmp_path)
    bent = tmp_path / "bent"
    shutil.copytree(valley().folder, bent)
    (bent / "outcomes.csv").write_text("year,local,away,independent,unplaced\n2025,1,0,0,0\n")
    with pytest.raises(UsageError, match="was changed after the plan was written"):
        read_run(bent)
    (bent / "outcomes.csv").unlink()
    with pytest.raises(UsageError, match="plan it again"):
        read_run(bent)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("use.csv", "used", "taken"),
        ("scorecard.csv", "aim,target", "aim,aimed_for"),
        ("outcomes.csv", "year,local", "year,here"),
        ("run.json", '"data_date"', '"dated"'),
        ("run.json", '"inputs_sha256"', '"inputs"'),
        ("summary.json", '"travel"', '"journeys"'),
    ],
)
def test_a_plan_of_another_version_is_refused(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    bent = tmp_path / "bent"
    shutil.copytree(valley().folder, bent)
    text = (bent / name).read_text("utf-8")
    assert old in text
    (bent / name).write_text(text.replace(old, new), "utf-8")
    record = json.loads((bent / "run.json").read_text("utf-8"))
    if name in record["files"]:
        record["files"][name] = hashlib.sha256((bent / name).read_bytes()).hexdigest()
        (bent / "run.json").write_text(json.dumps(record), "utf-8")
    with pytest.raises(UsageError, match="as this version writes it"):
        read_run(bent)


@pytest.mark.parametrize(
    ("full", "told", "many", "says"),
    [
        (3, 3, 3, "All 3 are full in 2025/26."),
        (3, 3, 5, "3 of 3 are full in 2025/26; of two more that is withheld."),
        (0, 3, 4, "None of 3 are full in 2025/26; of one more that is withheld."),
        (1, 1, 1, "The one whose use is told is full in 2025/26."),
        (0, 0, 2, "How many are full in 2025/26 is withheld."),
    ],
)
def test_full_schools_are_of_those_that_are_told(
    full: int, told: int, many: int, says: str
) -> None:
    assert _full(Room(100.0, 90.0, full, told, many, 100.0, 90.0), "2025/26") == says


def test_small_drawings_and_columns() -> None:
    assert spark([1.0, None, 3.0]).count("<circle") == 2
    assert not spark([2.0, 2.0])
    assert not spark([None, 2.0])
    level = BY_KEY["fee"].points(
        {2025: 49_000.0, 2026: 49_000.4, 2027: 48_999.7}, [2025, 2026, 2027]
    )
    assert not spark(level)
    assert columns(range(2025, 2032)) == list(range(2025, 2032))
    assert columns(range(2025, 2045))[::6] == [2025, 2043]
    assert columns(range(2025, 2045))[-1] == 2044


@pytest.mark.parametrize(
    ("key", "first", "last", "says"),
    [
        ("without", 143.0, 0.0, "▼ 143 fewer (better)"),
        ("local_pct", 66.4, 53.0, "▼ 13 points fewer (worse)"),
        ("fee", 49_000.0, 49_020.0, "■ no change"),
        ("transport", 13.1e6, 20.6e6, "▲ £7.50m more"),
        ("minutes", 19.2, 18.7, "▼ 0.5 shorter"),
        ("miles", 4.1, 5.2, "▲ 1.1 longer"),
        ("independent", HIDDEN, 9.0, "not told"),
        ("away", 5.0, 9.0, "▲ 4 more"),
    ],
)
def test_the_direction_of_travel(
    key: str, first: float | str, last: float | str, says: str
) -> None:
    assert travel(BY_KEY[key], first, last).text == says


def test_every_line_has_a_name_of_its_own() -> None:
    assert len({line.key for line in LINES}) == len({line.label for line in LINES}) == len(LINES)


@pytest.mark.slow
def test_the_command_in_full(tmp_path: Path) -> None:
    out = tmp_path / "out"
    said = json.loads(invoke("dashboard", valley().folder, "--out", out, "--format", "json").stdout)
    assert said == json.loads((out / "summary.json").read_text("utf-8"))
    assert {path.name for path in out.iterdir()} == {
        "dashboard.html", "figures.csv", "need-by-phase.csv", "cost-by-kind.csv", "schemes.csv",
        "scorecard.csv", "section.json", "summary.json", "tables.xlsx", "private",
    }  # fmt: skip
    assert any(row["measure"].startswith("'=cmd()") for row in rows(out / "scorecard.csv"))
    console = invoke("dashboard", valley().folder).stdout
    assert "What the council recorded and published" in console
    assert "▼ 127" in console
    planned = invoke("dashboard", write_valley(tmp_path), "--format", "json")
    assert json.loads(planned.stdout)["panels"]["number"] == said["panels"]["number"]


# Two terms


@lru_cache(maxsize=1)
def terms() -> list[Path]:
    """The worked example's autumn, and the spring planned knowing that the autumn is public; latest first."""
    from sufficiency import worked_examples

    folder = Path(mkdtemp())
    case = worked_examples.find("bucks-year-groups")
    autumn = plan(case, folder / "autumn").folder
    spring = plan(case, folder / "spring", scenario="spring-2018", published=[autumn]).folder
    return [spring, autumn]


@pytest.mark.slow
def test_no_difference_between_two_terms_tells_of_a_child() -> None:
    """An attacker has both folders of the dashboard, and subtracts."""
    found = shown(*terms())
    packs = found.tables["packs"]
    children = packs[packs["unit"] == "children"]
    assert set(children["pack"]) == {"autumn 2017", "spring 2018"}
    for _, both in children.groupby(["key", "year"]):
        told = [value for value in both["value"] if value not in (HIDDEN, None)]
        assert all(value % 5 == 0 for value in told)
    whole = packs[packs["unit"] == "minutes"]["value"]
    assert all(value == round(value) for value in whole)
    # what either run withholds is in neither column, and its own figures are as its report has them
    runs = {one.dated: one for one in map(read_run, terms())}
    for row in children.to_dict("records"):
        exact = BY_KEY[row["key"]].of(runs[row["pack"]])[row["year"]]
        few = exact == HIDDEN or 0 < float(exact or 0) < 5
        assert (row["value"] == HIDDEN) == few
    latest = runs["spring 2018"]
    for row in found.tables["need-by-phase"].to_dict("records"):
        written = [
            own
            for own in latest.table("gap").to_dict("records")
            if (own["need"], own["phase"], own["year"])
            == (row["need"], row["phase"], str(row["year"]))
        ]
        assert str(row["children"]).removesuffix(".0") == written[0]["children"]


@pytest.mark.slow
def test_reviews_stand_oldest_first_with_what_changed() -> None:
    runs = [read_run(folder) for folder in terms()]
    found = {(one.line.key, one.year): one for one in beside(runs[::-1])}
    one = found["independent", 2019]
    assert list(one.values) == [15.0, 20.0]
    assert one.change.text == "▲ 5 more (worse)"
    page = Page(shown(*terms()).page).text
    assert page.index("autumn 2017 spring 2018 Since the last") > 0
    assert "Children are rounded to five here" in page


# In a browser


def dashboard(tmp_path: Path) -> Path:
    assert invoke("dashboard", valley().folder, "--out", tmp_path / "page").exit_code == 0
    return tmp_path / "page" / "dashboard.html"


@pytest.mark.browser
@pytest.mark.parametrize("wide", [1280, 640, 320])
def test_the_page_opens_by_itself(chromium: Browser, tmp_path: Path, wide: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = dashboard(tmp_path)
    page = chromium.new_page(viewport={"width": wide, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(file.as_uri())
    assert not [url for url in asked if not url.startswith(("data:", file.as_uri()))]
    assert not said
    assert page.evaluate("document.documentElement.scrollWidth") <= wide
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    across = "document.querySelector('table.card').scrollWidth"
    before = page.evaluate(across)
    name = "document.querySelector('table.card tbody th').textContent = 'x'.repeat(300)"
    assert page.evaluate(f"{name}, {across}") == before
    page.close()


@pytest.mark.browser
def test_it_prints_on_a4_landscape(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.goto(dashboard(tmp_path).as_uri())
    made = page.pdf(prefer_css_page_size=True)
    boxes = {tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", made)}
    assert all(
        wide > high and abs(wide - 842) < 2 and abs(high - 595) < 2 for _, _, wide, high in boxes
    )
    assert 1 <= made.count(b"/Type /Page\n") + made.count(b"/Type /Page ") <= 4
    page.close()


@pytest.mark.browser
def test_a_wide_scorecard_overflows_neither_a_phone_nor_a4(
    chromium: Browser, tmp_path: Path
) -> None:
    """Six years of quarters and a long name; A4 landscape is 279 mm wide between its margins."""
    name = "Children with a plan whose annual review was held within the time that the law sets"
    quarters = [f"{year}-Q{quarter}" for year in range(2020, 2026) for quarter in (1, 2, 3, 4)]
    run = recorded_as(*(f"{name},,{quarter},101203,children," for quarter in quarters))
    file = tmp_path / "dashboard.html"
    file.write_text(evidence([run]).page, "utf-8")
    for wide, printed in ((390, False), (1054, True)):
        page = chromium.new_page(viewport={"width": wide, "height": 800})
        page.emulate_media(media="print" if printed else "screen")
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= wide
        page.close()
