"""The report: the answer first, nothing withheld in it, nothing from outside, whatever the names."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from models import solve
from sufficiency.disclosure import Published, publish
from sufficiency.findings import find
from sufficiency.maps.draw import untitled_map
from sufficiency.maps.plan_map import own_districts, reported
from sufficiency.maps.sources import told_by_run
from sufficiency.maps.typeset import without_fonts
from sufficiency.pounds import money
from sufficiency.products import summarise
from sufficiency.report.documents import documents
from sufficiency.report.drawings import fullness
from sufficiency.report.headline import explained
from sufficiency.report.page import render_report
from sufficiency.report.parts import Context, Plan, academic, counted, figure
from sufficiency.run import Run
from tests.pages import Page
from tests.plans import prepare
from tests.town import write_town

HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'single' </title>",
    "{{ 7 * 7 }} {% raw %}",
    "Ysgol 🌈 Café",
    "St Aldhelm's " * 16,
]


@lru_cache(maxsize=1)
def planned() -> tuple[Run, Published, dict[str, Any]]:
    """Plan the town, once."""
    prepared = prepare(write_town(Path(mkdtemp())))
    solution = solve(prepared.basis.problem)
    found = find(prepared.basis, solution, prepared.travel.journeys, prepared.basis.children)
    run = Run(prepared, solution, found, {})
    return run, publish(found), summarise(run)


def context(**changes: Any) -> Context:  # noqa: ANN401
    run, _, _ = planned()
    case = run.prepared.case
    names = dict(zip(case.provisions["provision_id"], case.provisions["name"], strict=True))
    basic = Context(case.settings, names, run.prepared.faults, "0.1.0", "HiGHS")
    return replace(basic, **changes)


def report(**changes: Any) -> str:  # noqa: ANN401
    _, published, summary = planned()
    return render_report(published, summary, context(**changes))


@lru_cache(maxsize=1)
def whole() -> dict[str, Any]:
    """Return all documents of the town, which stands near Bath."""
    return dict(documents(*planned()))


def test_the_page_is_well_formed_and_opens_with_the_answer() -> None:
    page = Page(whole()["report.html"])
    assert re.search(r"Opening the one proposed scheme adds \d+ places? for £400k", page.text)
    headings = [tag for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}
    assert ("html", {"lang": "en-GB"}) in page.tags


def test_it_asks_for_nothing_from_outside() -> None:
    html = whole()["report.html"]
    assert "default-src 'none'" in Page(html).tags[3][1]["content"].__str__()
    loaded = {"src", "srcset", "poster", "data", "action", "background"}
    for tag, attributes in Page(html).tags:
        assert not loaded & set(attributes), tag
        assert tag not in {"script", "iframe", "link", "object", "embed", "img", "form"}
        assert str(attributes.get("href", "#")).startswith("#")
    assert not re.search(r"url\((?!#|data:font/woff2;base64,)|@import", html)


def test_every_table_has_a_caption_and_headings_with_scope() -> None:
    page = Page(whole()["report.html"])
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") > 5
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_every_row_fills_its_table() -> None:
    """A heading over several rows counts in each of them."""
    for table in re.findall(r"<table>.*?</table>", whole()["report.html"], re.DOTALL):
        wide = len(re.findall(r"<t[hd][ >]", table.partition("</thead>")[0]))
        over: list[int] = []
        for row in re.findall(
            r"<tr.*?</tr>", table.partition("<tbody>")[2].partition("</tbody>")[0], re.DOTALL
        ):
            over = [left - 1 for left in over if left > 1]
            cells = len(re.findall("<t[hd]", row))
            assert cells + len(over) == wide
            over += [int(span) for span in re.findall(r'rowspan="(\d+)"', row)]


def test_the_objective_is_nowhere() -> None:
    _, _, summary = planned()
    text = Page(whole()["report.html"]).text.replace(",", "")
    for name in ("objective_gbp", "bound_gbp"):
        assert str(round(summary[name])) not in text
    assert "objective" not in text.lower()


def test_small_counts_are_withheld_on_the_page_and_on_the_map() -> None:
    """The town has a handful of children, each alone in need and phase."""
    run, published, summary = planned()
    assert (published.gap["children"] == "[c]").any()
    page = Page(whole()["report.html"])
    assert "[c]" in page.text
    told = told_by_run(run, published, summary)
    assert told is not None
    gap = reported(told)["gap"]
    assert all(area.withheld and area.value is None for area in gap.areas)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    _, published, summary = planned()
    tables = replace(published, schemes=published.schemes.assign(name=name))
    provisions = dict.fromkeys(["R", "H", "V"], name)
    words = {**summary, "title": name, "run_id": name, "travel": name}
    html = render_report(
        tables, words, context(provisions=provisions, notice=name, solver=name, postcodes=name)
    )
    page = Page(html)
    assert "script" not in {tag for tag, _ in page.tags}
    assert page.text.count(" ".join(name.split())) >= 6


def test_the_notice_comes_before_the_answer() -> None:
    text = Page(report(notice="All children are synthetic.")).text
    assert text.index("All children are synthetic.") < text.index("Opening the one")


def test_a_plan_not_proved_best_says_so() -> None:
    _, published, summary = planned()
    stopped = {**summary, "status": "feasible", "gap_pct": 1.25}
    text = Page(render_report(published, stopped, context())).text
    assert "at most 1.25%" in text
    assert text.index("provisional") < text.index("These are places needed")
    asked = {**summary, "status": "optimal", "gap_pct": 0.5}
    text = Page(render_report(published, asked, context())).text
    assert (
        "as near to the best as was asked for: another plan might do better by at most 0.5%" in text
    )
    assert "proved best" not in text


def test_nothing_opens_and_nothing_is_proposed() -> None:
    _, published, summary = planned()
    shut = published.schemes.assign(decision="not chosen", year=None)
    none = replace(published, schemes=shut)
    assert "none opens" in render_report(none, summary, context())
    empty = replace(published, schemes=published.schemes.iloc[:0])
    assert "With the places there are" in render_report(empty, summary, context())


def test_the_faults_are_listed() -> None:
    run, _, _ = planned()
    text = Page(report()).text
    assert all(fault.what in text for fault in run.prepared.faults)


def test_the_settings_are_listed_with_what_was_changed() -> None:
    text = Page(report()).text
    assert (
        "Road kilometres to a straight one 1.2 (ratio) set in the case travel.detour_factor" in text
    )
    assert "School days (base) 180 (days a year) set in the case transport.base.days" in text
    assert (
        "Capital for schemes, by year; unspent money carries forward; absent = no limit 2025: 300,000; 2026: "
        "300,000 (£) set in the case capital.budget_gbp"
    ) in text
    assert "Primary: 30; Secondary: 75; Post-16: 75" in text


def test_totals_that_differ_are_explained() -> None:
    text = Page(report()).text
    assert "children are modelled in all, each counted once" in text
    assert "Some come later and some leave, so a year has fewer" in text
    assert "the two are not like for like" in text


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert documents(*planned()) == whole()


def test_every_map_is_a_file_of_its_own_too_with_its_letters() -> None:
    maps = [name for name in whole() if name.startswith("maps/") and name.endswith(".svg")]
    for name in maps:
        drawn = str(whole()[name])
        assert "@font-face" in drawn
        bare = without_fonts(untitled_map(drawn)).replace("<style></style>", "").rstrip()
        assert bare != without_fonts(drawn)  # the page has the title as a caption
        assert bare in str(whole()["report.html"])


def test_the_council_is_where_most_homes_are() -> None:
    from sufficiency.locate import bundled

    run, _, _ = planned()
    assert own_districts(bundled(None), run.prepared.located.homes) == ["E06000022"]
    assert own_districts(bundled(None), run.prepared.located.homes * float("nan")) == []


def test_words_and_figures() -> None:
    assert academic(2029) == "2029/30"
    assert academic(2099) == "2099/00"
    assert [counted(n, "scheme") for n in (0, 1, 2, 12)] == [
        "no schemes",
        "one scheme",
        "two schemes",
        "12 schemes",
    ]
    assert [money(value) for value in (950, 61_250, 999_600, 5_910_000, 162_460_000)] == [
        "£950",
        "£61k",
        "£1.00m",
        "£5.91m",
        "£162.5m",
    ]
    assert [figure(value) for value in ("[c]", None, 1234.4, float("nan"))] == [
        "[c]",
        "–",
        "1,234",
        "–",
    ]


def test_few_children_are_counted_nowhere_in_the_answer() -> None:
    _, published, summary = planned()
    few = {**summary, "children": 1.0, "unplaced_child_years": 4.0, "threshold": 5}
    text = Page(render_report(published, few, context())).text
    assert "fewer than 5 child-years without a place remain" in text
    assert "fewer than 5 children are modelled" in text
    assert "4 child-years" not in text
    many = {**summary, "unplaced_child_years": 12.3, "threshold": 5}
    text = Page(render_report(published, many, context())).text
    assert "about 12 child-years without a place remain" in text


def test_a_plan_of_one_year_is_not_compared_with_itself() -> None:
    _, published, summary = planned()
    first = summary["base_year"]
    assert f" in {academic(first)}; one way" in Page(report()).text
    text = Page(render_report(published, {**summary, "years": 1}, context())).text
    assert f" in {academic(first)}; one way" not in text


def test_a_mean_journey_that_is_withheld_has_no_unit() -> None:
    _, published, summary = planned()
    travel = published.travel.assign(mean_minutes="[c]")
    text = Page(render_report(replace(published, travel=travel), summary, context())).text
    assert "[c] minutes" not in text


def groups_of(use: list[object]) -> str:
    """Return what the report says of how full groups of places are in the last year."""
    plan = Plan(*planned()[1:], context())
    drawn = fullness(plan, [(f"Pool {n}", 10.0, {plan.last_year: c}) for n, c in enumerate(use)])
    assert drawn is not None
    return drawn.caption.partition(", ")[2]


def test_full_groups_are_of_those_that_can_be_told() -> None:
    hidden: list[object] = ["[c]"] * 3
    assert groups_of([100.0, 97, 80]) == "two of three groups of places are 95% full or more"
    assert groups_of([100.0, 80, *hidden]) == (
        "one of the two groups of places that can be told is 95% full or more; the other three, of five, are withheld"
    )
    every: list[object] = [100.0] * 30
    assert "30 of the 30 groups" in groups_of([*every, "[c]"])  # not of the 20 that are drawn
    assert groups_of([*every, "[c]"]).endswith("the other one, of 31, is withheld")


def test_who_waits_before_anything_opens_is_said_to() -> None:
    _, published, summary = planned()
    first = int(published.outcomes["year"].min())
    opens = published.schemes.head(1).assign(decision="opens", year=first + 1)
    waits = [5.0] + [0.0] * (len(published.outcomes) - 1)
    for unplaced, said in ((waits, True), (waits[::-1], False), ([0.0] * len(waits), False)):
        outcomes = published.outcomes.assign(unplaced=unplaced)
        plan = Plan(replace(published, outcomes=outcomes, schemes=opens), summary, context())
        assert (f"so in {academic(first)}, before any of these" in explained(plan)) is said


def test_a_minus_is_a_minus_and_nought_has_none() -> None:
    assert [figure(-5.0), figure(-0.04, 1), figure(-0.06, 1), figure(-1234.5, 1)] == [
        "−5",
        "0.0",
        "−0.1",
        "−1,234.5",
    ]


def test_a_budget_that_is_the_same_every_year_is_written_once() -> None:
    settings = context().settings
    capital = settings.capital.model_copy(
        update={"budget_gbp": dict.fromkeys(range(2026, 2030), 5e5)}
    )
    changed = settings.model_copy(update={"capital": capital})
    assert "2026 to 2029: 500,000 each (£)" in Page(report(settings=changed)).text
