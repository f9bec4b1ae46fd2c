"""The report against building nothing, on a valley whose figures one can work out by hand.

Thirty children of one home, in Year 7, seek a place. Hill has ten, five kilometres and ten minutes away; Vale, an
independent school an hour off, takes everybody. Twenty more places at Hill cost £300,000.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from sufficiency.compared import publish_changes
from sufficiency.findings import BANDS
from sufficiency.pounds import less_or_more
from sufficiency.report.headline import against, was
from sufficiency.report.parts import direction
from tests.pages import Page
from tests.plans import Written, plan, write_tables

SPAN: list[object] = ["provision_id", "needs", "ncy_from", "ncy_to"]
ANYONE: list[object] = ["*", 7, 11]


def write_valley(folder: Path, settings: str = "") -> Path:
    return write_tables(
        folder / "valley",
        'title = "A valley"\nbase_year = 2025\nyears = 2\ndata_date = "census of May 2025"\n'
        f'[travel]\nmethod = "table"\n{settings}',
        children=[["child_id", "children", "need", "ncy"], ["c", 30, "SEMH", 7]],
        provisions=[
            ["provision_id", "name", "kind", "la"],
            ["H", "Hill", "special", "home"],
            ["V", "Vale", "independent", "Elsewhere"],
        ],
        places=[[*SPAN, "places"], ["H", *ANYONE, 10], ["V", *ANYONE, ""]],
        prices=[[*SPAN, "gbp_per_child"], ["H", *ANYONE, 20_000], ["V", *ANYONE, 60_000]],
        schemes=[
            ["scheme_id", "name", "provision_id", "capital_gbp", "earliest_year", "lifetime_years"],
            ["S", "More of Hill", "H", 300_000, 2025, 10],
        ],
        scheme_places=[
            [
                "scheme_id",
                "years_open",
                "needs",
                "ncy_from",
                "ncy_to",
                "places",
                "place_funding_gbp",
            ],
            ["S", 0, *ANYONE, 20, 10_000],
        ],
        travel=[
            ["child_id", "provision_id", "km", "minutes"],
            ["c", "H", 5, 10],
            ["c", "V", 40, 60],
        ],
    )


@lru_cache(maxsize=1)
def valley() -> tuple[Written, Page]:
    folder = Path(mkdtemp())
    written = plan(write_valley(folder), folder / "out", tables_only=False)
    return written, Page((written.folder / "report.html").read_text("utf-8"))


#: A child's transport a year: 190 days (£10 + £1.20 a km, four ways), two to a vehicle.
HILL, VALE = 190 * (10 + 1.2 * 5 * 4) / 2, 190 * (10 + 1.2 * 40 * 4) / 2


def test_the_answer_says_what_building_saves() -> None:
    _, page = valley()
    # 10 at Hill and 20 at Vale: 2 (10 x 20,000 + 20 x 60,000); or 30 at Hill, and 20 places paid for
    assert 2 * (10 * 20_000 + 20 * 60_000) - 2 * (30 * 20_000 + 20 * 10_000) == 1_200_000
    assert (
        "Opening the one proposed scheme adds 20 places for £300k of capital; over two years high needs spending "
        "is £1.20m lower than if nothing were built, and nobody is left without a place either way."
    ) in page.text


def test_the_headline_figures_have_their_change() -> None:
    _, page = valley()
    saved = 2 * 20 * (VALE - HILL)
    for words in (
        "High needs revenue, two years £1.60m ▼ £1.20m less than if nothing is built",
        f"Transport, two years £{2 * 30 * HILL / 1e3:,.0f}k ▼ £{saved / 1e3:,.0f}k less than if nothing is built",
        "Independent fees, 2026/27 £0 ▼ £1.20m less than if nothing is built",
        "Mean journey, 2026/27 10.0 minutes ▼ down from 43.3 if nothing is built",
        "Over 45 minutes, 2026/27 0 ▼ down from 20 if nothing is built",
        "Child-years without a place 0 the same if nothing is built",
    ):
        assert words in page.text


def test_the_plan_stands_beside_building_nothing() -> None:
    written, page = valley()
    before, after = written.summary["baseline"], written.summary
    for words in (
        "High needs revenue, two years £2.80m £1.60m £1.20m less",
        "Capital cash, two years £0 £300k £300k more",
        "Children in independent places, 2026/27 20 0 lower",
        "Children over 75 minutes, 2026/27 0 0 the same",
    ):
        assert words in page.text
    assert before["ledger_gbp"]["top-up"] + before["ledger_gbp"]["independent fees"] == 2_800_000
    assert after["ledger_gbp"]["transport"] == pytest.approx(2 * 30 * HILL)
    assert before["ledger_gbp"]["transport"] == pytest.approx(2 * (10 * HILL + 20 * VALE))


def rows_of(caption: str) -> list[list[str]]:
    """Return the texts of the body of a table of the report."""
    html = (valley()[0].folder / "report.html").read_text("utf-8")
    (table,) = re.findall(rf"<caption>{re.escape(caption)}</caption>.*?</table>", html, re.DOTALL)
    body = table.partition("<tbody>")[2].partition("</tbody>")[0]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t", row) for row in body.split("</tr>")[:-1]]


def test_money_in_the_report_is_that_of_the_ledger() -> None:
    written, _ = valley()
    told: dict[str, float] = {}
    for row in written.table("ledger"):
        told[row["item"]] = told.get(row["item"], 0.0) + float(row["gbp"])
    table = rows_of("Modelled spending by budget, £ thousand at 2025 prices")
    shown = {row[-5].lower(): row[-2] for row in table if row[-5] != "Together"}
    assert shown == {item: f"{gbp / 1000:,.0f}" for item, gbp in told.items()}
    (together,) = (row for row in table if row[-5] == "Together")
    totals = written.summary["ledger_gbp"]
    revenue = ("place funding", "top-up", "independent fees", "waiting", "moves at review")
    assert together[-2] == f"{sum(totals[item] for item in revenue) / 1000:,.0f}"


def test_children_in_the_report_are_those_of_the_tables() -> None:
    written, _ = valley()
    shown = rows_of("Children by where they are placed")
    columns = ("local", "away", "independent", "unplaced")
    assert [row[1:] for row in shown] == [
        [row[name] for name in columns] for row in written.table("outcomes")
    ]
    for row in rows_of("Children by length of journey, minutes one way, all phases"):
        (of_year,) = (
            found
            for found in written.table("travel")
            if found["phase"] == "all" and row[0].startswith(found["year"])
        )
        assert row[1:] == [of_year[band] for band in BANDS]


def test_winners_and_losers() -> None:
    _, page = valley()
    assert "journeys are shorter for about 20 children, and longer for nobody" in page.text
    assert "All 20 0 0 0 10 50 –" in page.text
    assert "Secondary 20 0 0 0 10 50 –" in page.text


def test_what_the_report_says_of_them_is_a_file_too() -> None:
    written, _ = valley()
    (row,) = (
        row
        for row in written.table("changes")
        if (row["year"], row["phase"], row["need"]) == ("2026", "secondary", "all")
    )
    assert [row[name] for name in ("much_shorter", "all_shorter", "same", "longer")] == [
        "20",
        "20",
        "10",
        "0",
    ]
    assert row["method"]


def test_whom_the_scheme_serves() -> None:
    _, page = valley()
    assert "More of Hill SEMH, secondary 20" in page.text


def test_figures_are_held_against_published_ones() -> None:
    _, page = valley()
    assert f"Transport, a child a year £{round(HILL, -2):,.0f} £8,116 England, 2023-24" in page.text
    assert "Capital, a place added £15,000 £61,700" in page.text
    assert "An independent place, a child a year – £64,000" in page.text


def test_every_table_carries_the_stamps() -> None:
    written, _ = valley()
    html = (written.folder / "report.html").read_text("utf-8")
    stamp = f"Run: {written.summary['run_id']}; Data: census of May 2025; Counts withheld: under 5"
    tables = re.findall(r"<table.*?</table>", html, re.DOTALL)
    assert len(tables) > 10
    assert all(stamp in table for table in tables)
    drawings = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(drawings) >= 6
    assert all(
        "census of May 2025" in re.sub(r"\s+", " ", " ".join(Page(svg).words)) for svg in drawings
    )


def test_every_chart_is_named_once() -> None:
    written, _ = valley()
    html = (written.folder / "report.html").read_text("utf-8")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(set(ids)) == len(ids)


def test_the_sources_of_assumptions_are_given() -> None:
    _, page = valley()
    assert (
        "Real discount rate a year 3.5% default: 3.5% real, HM Treasury, the Green Book, 2026"
        in page.text
    )
    assert (
        "How journeys are measured: straight line, road network or a table table set in the case"
        in page.text
    )


def test_without_a_baseline_nothing_is_compared(tmp_path: Path) -> None:
    out = plan(write_valley(tmp_path), tmp_path / "out", baseline=False, tables_only=False).folder
    text = Page((out / "report.html").read_text("utf-8")).text
    assert "if nothing" not in text.lower()
    assert "nobody is left without a place." in text


def test_a_plan_that_builds_nothing_says_so(tmp_path: Path) -> None:
    settings = "[capital]\nbudget_gbp = { 2025 = 1000 }\n"
    out = plan(write_valley(tmp_path, settings), tmp_path / "out", tables_only=False).folder
    text = Page((out / "report.html").read_text("utf-8")).text
    assert "Of one proposed scheme none opens" in text
    assert "this is also what happens if nothing is built" in text
    assert "What building changes" not in text


def test_spending_begins_where_the_first_scheme_opens(tmp_path: Path) -> None:
    folder = write_valley(tmp_path)
    for name, now, then in (("schemes", ",2025,", ",2026,"), ("children", ",7", ",6")):
        table = folder / f"{name}.csv"
        text = table.read_text("utf-8")
        assert text.count(now) == 1
        table.write_text(text.replace(now, then), "utf-8")
    out = plan(folder, tmp_path / "out", tables_only=False).folder
    html = (out / "report.html").read_text("utf-8")
    (svg,) = re.findall(r"<svg[^>]*chart-spending-title.*?</svg>", html, re.DOTALL)
    words = Page(svg).text
    assert "Nothing changes before 2026/27, when the first proposed scheme opens" in words
    assert "£ thousand at 2025 prices" in words
    assert (
        "All who are modelled without a place are so in 2025/26, before any of these"
        in Page(html).text
    )
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "2025/26" not in drawn
    assert {"2026/27", "−600", "300"} <= set(drawn)
    assert not {"0.0", "−0.0", "−0"} & set(re.findall(r">([^<]*)<", html))


def test_changes_are_in_words_and_signs() -> None:
    assert less_or_more(2e6, 1e6) == "£1.00m less"
    assert less_or_more(1e6, 1.25e6) == "£250k more"
    assert less_or_more(1e6, 1e6 + 100) == "the same"
    assert against(1e6, 2e6) == "▲ £1.00m more than if nothing is built"
    assert [direction(*pair) for pair in ((2, 1), (1, 2), (3, 3), ("[c]", 3), (3, None))] == [
        "lower",
        "higher",
        "the same",
        "",
        "",
    ]
    assert was(20, 0, "20") == "▼ down from 20 if nothing is built"
    assert was(20, "[c]", "20") == "20 if nothing is built"
    assert was("[c]", 20, "[c]") == ""


def test_changes_are_rounded_to_five_and_few_are_withheld() -> None:
    import pandas as pd

    from sufficiency.changes import OUTCOMES

    counts: dict[str, Any] = dict.fromkeys(OUTCOMES, 0.0)
    counts |= {"shorter": 4.0, "much_shorter": 7.0, "longer": 2.0, "same": 101.0}
    exact = pd.DataFrame(
        [
            {
                "year": 2025,
                "phase": "all",
                "need": "all",
                **counts,
                "minutes_shorter": 12.4,
                "minutes_longer": 3.0,
            }
        ]
    )
    row, strict = publish_changes(exact).iloc[0], publish_changes(exact, 10).iloc[0]
    assert [row[name] for name in ("shorter", "much_shorter", "longer", "same", "all_shorter")] == [
        "[c]",
        5.0,
        "[c]",
        100.0,
        10.0,
    ]
    assert (row["minutes_shorter"], row["minutes_longer"]) == (12.0, "[c]")
    assert (strict["much_shorter"], strict["all_shorter"]) == ("[c]", 10.0)
    assert strict["minutes_shorter"] == "[c]"
