"""Charts: whatever the figures, the drawing is whole, honest about what is withheld, and readable without colour."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.charts.canvas import (
    CATEGORIES,
    INK,
    WIDTH,
    Words,
    ink_on,
    spread,
    ticks,
    untitled,
    width,
)
from sufficiency.charts.columns import Columns, Series, draw_columns
from sufficiency.charts.either_way import Balance, Part, Ranges, draw_balance, draw_ranges
from sufficiency.charts.rows import Bars, Heat, Span, Timeline, draw_bars, draw_heat, draw_timeline
from sufficiency.maps.lettering import names_that_fit

NS = "{http://www.w3.org/2000/svg}"
WORDS = Words("chart-a", "Fewer <wait> & “more” 🌈", "Children, by year", "Run 1", "What is shown")
YEARS = ["2025/26", "2026/27", "2027/28"]


def columns(
    values: Sequence[Sequence[float | None]],
    places: list[str] | None = None,
    *,
    stacked: bool = False,
) -> str:
    series = [Series(f"Series {n}", row) for n, row in enumerate(values)]
    names = places or [str(2025 + n) for n in range(len(values[0]))]
    return draw_columns(Columns(WORDS, names, series, stacked=stacked))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(f"{NS}text")]


def blocks(svg: str, n: int) -> list[dict[str, float]]:
    """Return x, y, width and height of every rectangle in the fill of a category."""
    return [
        {name: float(element.get(name, "nan")) for name in ("x", "y", "width", "height")}
        for element in ET.fromstring(svg).iter(f"{NS}rect")
        if element.get("fill") == CATEGORIES[n]
    ]


DRAWN = [
    columns([[3, 4, 5], [1, 2, 3]], YEARS),
    columns([[3, None, 5], [1, 2, 0]], YEARS, stacked=True),
    draw_heat(Heat(WORDS, ["Hill"], YEARS, [[12.0, None, math.nan]])),
    draw_timeline(Timeline(WORDS, YEARS, [Span("S", 1, "16 places"), Span("T", None, "8")], [])),
    draw_bars(Bars(WORDS, ["Shorter", "Longer"], [12.0, None], [0, 2])),
    draw_balance(
        Balance(
            WORDS,
            ["All", "ASD"],
            [Part("Longer", 3, [5.0, None])],
            [Part("Shorter", 0, [20.0, 15.0])],
            ("lose", "gain"),
        )
    ),
    draw_ranges(Ranges(WORDS, ["2025/26", "2026/27"], [(-3.0, 8.0), None])),
]


@pytest.mark.parametrize("svg", DRAWN)
def test_a_chart_is_an_image_with_a_name_and_a_description(svg: str) -> None:
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    labels = str(root.get("aria-labelledby")).split()
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert [named[label] for label in labels] == [WORDS.title, WORDS.alt]
    assert WORDS.title in texts(svg)
    assert WORDS.source in texts(svg)


@pytest.mark.parametrize("svg", DRAWN)
def test_a_chart_needs_no_style_sheet_and_nothing_from_outside(svg: str) -> None:
    assert not re.search(r"<style|class=|style=|href|url\((?!#)", svg)
    root = ET.fromstring(svg)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)
    assert all(str(ident).startswith("chart-a") for ident in ids)


@pytest.mark.parametrize("svg", DRAWN)
def test_nothing_stands_outside_the_drawing(svg: str) -> None:
    root = ET.fromstring(svg)
    high = float(str(root.get("height")))
    for element in root.iter():
        if element.get("x"):
            assert -1 <= float(str(element.get("x"))) <= WIDTH + 1
            assert -1 <= float(str(element.get("y"))) <= high + 1


@pytest.mark.parametrize("svg", DRAWN)
def test_a_chart_without_its_title_is_the_same_drawing_but_lower(svg: str) -> None:
    """A caption says the title; what else is written stays, and the ground still covers all of it."""
    bare = untitled(svg)
    assert WORDS.title in texts(svg)
    assert texts(bare) == [words for words in texts(svg) if words != WORDS.title]
    high = [float(ET.fromstring(one).get("viewBox", "").split()[3]) for one in (svg, bare)]
    (cut,) = re.findall(r"translate\(0 -(\d+)\)", bare)
    assert high[0] - high[1] == int(cut) > 20
    assert untitled(bare) == bare


def test_rows_go_out_from_the_line_on_the_side_they_belong() -> None:
    svg = DRAWN[5]
    drawn = [[block for block in blocks(svg, n) if block["width"] != 14] for n in (3, 0)]  # no key
    (longer,), (first, second) = drawn
    zero = first["x"]
    assert longer["x"] + longer["width"] == pytest.approx(zero, abs=0.11)
    assert first["width"] == pytest.approx(4 * longer["width"], rel=0.02)
    assert first["width"] == pytest.approx(20 / 15 * second["width"], rel=0.02)
    assert texts(svg).count("[c]") == 1


def test_a_range_runs_from_its_low_end_to_its_high_one() -> None:
    (bar,) = blocks(DRAWN[6], 0)
    assert "-3 to 8" in texts(DRAWN[6])
    lines = [float(e.get("x1", "nan")) for e in ET.fromstring(DRAWN[6]).iter(f"{NS}line")]
    step = (max(lines) - min(lines)) / (len(lines) - 1)
    marks = ticks(-3, 8, 6)
    assert bar["width"] == pytest.approx(11 * step / (marks[1] - marks[0]), abs=0.2)
    assert "[c]" in texts(DRAWN[6])


def test_withheld_values_are_marked_and_never_drawn() -> None:
    svg = columns([[7, None, 5]], YEARS)
    assert len(blocks(svg, 0)) == 3  # two columns and the key
    assert texts(svg).count("[c]") == 1
    assert "[c]" in texts(DRAWN[2])
    assert "[c]" in texts(DRAWN[4])


values = st.lists(st.integers(-500, 500).map(float), min_size=1, max_size=9)


@given(values)
def test_columns_are_as_long_as_their_values(row: list[float]) -> None:
    svg = columns([row])
    drawn = blocks(svg, 0)[1:]  # the first is the key's
    scale = {
        round(block["height"] / abs(value), 1)
        for block, value in zip(drawn, row, strict=True)
        if abs(value) > max(map(abs, row)) / 2
    }
    assert len(scale) <= 1 or max(scale) - min(scale) <= 0.11
    heights = [block["height"] for block in drawn]
    order = sorted(range(len(row)), key=lambda n: abs(row[n]))
    assert all(heights[a] <= heights[b] + 0.11 for a, b in pairwise(order))


@given(st.lists(st.integers(0, 900), min_size=2, max_size=6))
def test_a_stack_is_as_high_as_its_sum(row: list[int]) -> None:
    parts: list[list[float | None]] = [[float(v), float(v)] for v in row[:4]]
    drawn = [blocks(columns(parts, stacked=True), n) for n in range(len(parts))]
    high = sum(
        block["height"]
        for found in drawn
        for block in found
        if block["x"] == 93.8  # the first column's edge; values stand within it
    )
    whole = sum(row[:4])
    most = ticks(0.0, max(float(whole), 1e-9))[-1]
    assert high == pytest.approx(260 * whole / most, abs=0.5)


@given(st.floats(-1e7, 1e7), st.floats(0, 1e7))
def test_ticks_hold_every_value_in_few_steps(low: float, span: float) -> None:
    found = ticks(low, low + span)
    dust = 1e-6 * max(1.0, abs(low), span)
    assert found[0] <= low + dust
    assert found[-1] >= low + span - dust
    assert 2 <= len(found) <= 11
    assert found == sorted(found)


@given(st.lists(st.floats(0, 200), min_size=1, max_size=5))
def test_labels_keep_apart_and_within(wanted: list[float]) -> None:
    placed = sorted(spread(wanted, 20, 0, 200))
    assert all(b - a >= 20 - 1e-9 for a, b in pairwise(placed))
    assert placed[-1] <= 200 + 1e-9


def test_the_ink_is_read_on_every_fill() -> None:
    assert ink_on("#12436D") == "#ffffff"
    assert ink_on("#F46A25") == INK
    assert ink_on("#ffffff") == INK


def test_categories_differ_by_more_than_colour() -> None:
    svg = columns([[30.0, 30.0]] * 4, stacked=True)
    assert {f"chart-a-marks-{n}" for n in (1, 2, 3)} <= set(re.findall(r'id="([^"]+)"', svg))
    assert {f"Series {n}" for n in range(4)} <= set(texts(svg))


def test_a_chart_of_nothing_is_still_a_chart() -> None:
    assert "2025" in texts(columns([[0.0]]))
    assert "2025" in texts(columns([[None]], stacked=True))
    ET.fromstring(draw_bars(Bars(WORDS, [], [], [])))


def test_names_lose_their_bracket_first_and_all_of_them() -> None:
    names = [
        "Linnet base, 16 places (illustrative)",
        "Curlew primary base, 16 places (illustrative)",
    ]
    assert names_that_fit(names, 13, 400) == names
    room = width(names[1], 13) - 1  # one name fits as it is, yet none keeps what the other lost
    assert names_that_fit(names, 13, room) == [
        "Linnet base, 16 places",
        "Curlew primary base, 16 places",
    ]


def test_names_end_at_a_comma_only_where_no_other_begins_alike() -> None:
    names = [
        "Curlew nurture base, 8 places beside the large base (illustrative)",
        "Orchard post-16 site, the first twenty-four places",
        "Orchard post-16 site, thirty more",
        "A place, with (one) bracket",
    ]
    short = names_that_fit(names, 13, width(names[2], 13) + 1)
    assert short[0] == "Curlew nurture base"
    assert short[1].startswith("Orchard post-16 site, the")
    assert short[1].endswith("…")
    assert short[2:] == names[2:]
    alike = [
        "Hill (primary), the long name of a school",
        "Hill school (north)",
        "Hill school (south)",
    ]
    assert names_that_fit(alike, 13, width(alike[1], 13) + 1)[1:] == alike[1:]


@given(st.lists(st.text("ab, ()", min_size=1, max_size=40), max_size=6, unique=True))
def test_short_names_fit_and_those_that_are_not_cut_stay_apart(names: list[str]) -> None:
    plain = list(dict.fromkeys(" ".join(name.split()) for name in names))
    short = names_that_fit(plain, 13, 60)
    assert all(width(name, 13) <= 60 for name in short)
    whole = [name for name in short if not name.endswith("…")]
    assert len(set(whole)) == len(whole)


def test_a_change_of_nothing_has_no_number() -> None:
    words = ["a", "b", "c"]
    chart = Columns(
        WORDS,
        words,
        [Series("Change", [0.0, 20.0, -10.0])],
        changes=True,
        write=lambda value: f"{value:.0f}".replace("-", "−"),
    )
    assert texts(draw_columns(chart)).count("0") == 1  # of the scale
    plain = replace(chart, changes=False)
    assert texts(draw_columns(plain)).count("0") == 2
