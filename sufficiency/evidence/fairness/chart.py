"""Fairness as pictures: what shorter journeys cost, and whose longest journeys are longest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    CATEGORIES,
    LINE,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Canvas,
    Words,
    frame,
    spread,
    ticks,
    top_of,
)
from sufficiency.charts.rows import Bars, draw_bars
from sufficiency.evidence.fairness.find import PLAN
from sufficiency.evidence.fairness.solve import AREAS, CAP, HOURS
from sufficiency.pounds import money
from sufficiency.report.parts import Drawing, academic, stamp_line

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.evidence.answer import About
    from sufficiency.evidence.fairness.find import Fairness

LEFT, HIGH, NAMES = 74.0, 280.0, 210.0
#: What stands by a point.
CALLED = {PLAN: "The plan", AREAS: "No area worse than today", CAP: "A cap on the worst"}


def frontier_drawing(options: pd.DataFrame, said: About) -> Drawing | None:
    """Draw real cost against the mean journey, a point an option; a line joins the weights on minutes."""
    points = [
        (
            float(row["mean_minutes"]),
            float(row["price_gbp"]) / 1e6,
            str(row["option"]),
            CALLED.get(str(row["option"]), f"£{row['gbp_per_hour'] or 0:g} an hour"),
        )
        for row in options.to_dict("records")
    ]
    if len(points) < 2:
        return None
    each = "; ".join(
        f"{name}: {minutes:g} minutes, {money(1e6 * gbp)} more" for minutes, gbp, _, name in points
    )
    title = "What shorter journeys cost"
    words = Words(
        "fairness",
        title,
        "£ million over the plan, discounted, more than the plan as it is, by mean journey in minutes one way",
        _source(said),
        f"Each option by its mean journey and its price. {each}.",
    )
    return Drawing("fairness", title, words.alt, _draw(words, points), kind="chart")


def _draw(words: Words, points: list[tuple[float, float, str, str]]) -> str:
    canvas = Canvas(words.key)
    top, right = top_of(words) + 8, WIDTH - MARGIN - NAMES
    bottom = top + HIGH
    up = ticks(min(0.0, *(p[1] for p in points)), max(0.05, *(p[1] for p in points)), 6)
    across = ticks(min(p[0] for p in points), max(p[0] for p in points) + 0.05, 6)

    def at(point: tuple[float, float, str, str]) -> tuple[float, float]:
        x = LEFT + (right - LEFT) * (point[0] - across[0]) / (across[-1] - across[0])
        return x, bottom - HIGH * (point[1] - up[0]) / (up[-1] - up[0])

    for tick in up:
        y = bottom - HIGH * (tick - up[0]) / (up[-1] - up[0])
        canvas.line(LEFT, y, right, y)
        canvas.text(f"£{tick:,.6g}m", LEFT - 8, y + 4, SMALL, "end", ink=PALE)
    canvas.line(LEFT, bottom, right, bottom, LINE)
    for tick in across:
        x = LEFT + (right - LEFT) * (tick - across[0]) / (across[-1] - across[0])
        canvas.text(f"{tick:,.6g}", x, bottom + 18, SMALL, "middle", ink=PALE)
    canvas.text("mean minutes one way", right, bottom + 34, SMALL, "end", ink=PALE)
    line = sorted(at(point) for point in points if point[2] in {PLAN, HOURS})
    for (x1, y1), (x2, y2) in pairwise(line):
        canvas.line(x1, y1, x2, y2, CATEGORIES[0], 2)
    heights = spread([at(point)[1] for point in points], 17.0, top + 6, bottom - 2)
    for point, label in zip(points, heights, strict=True):
        x, y = at(point)
        canvas.line(x + 6, y, right + 12, label, LINE, 0.7)
        _mark(canvas, x, y, point[2])
        canvas.text(point[3], right + 16, label + 4.3, SMALL + 1)
    return frame(canvas, words, bottom + 40)


def _mark(canvas: Canvas, x: float, y: float, key: str) -> None:
    """Draw a square for the plan and its weights; a wide or a tall bar for the other options."""
    wide, high = {AREAS: (14.0, 6.0), CAP: (6.0, 14.0)}.get(key, (9.0, 9.0))
    category = {AREAS: 1, CAP: 2}.get(key, 0)
    canvas.rect(x - wide / 2, y - high / 2, wide, high, CATEGORIES[category], "#ffffff")


def tenth_drawing(found: Fairness, journeys: pd.DataFrame, said: About) -> Drawing | None:
    """Draw the longest tenth by need, where it may be told."""
    rows = journeys[
        journeys["by"].isin(["all", "need"]) & journeys["longest_tenth_minutes"].notna()
    ]
    if len(rows) < 2:
        return None
    rows = rows.sort_values("longest_tenth_minutes", ascending=False, kind="stable")
    names = [
        "All needs" if by == "all" else str(group)
        for by, group in zip(rows["by"], rows["group"], strict=True)
    ]
    values = [float(minutes) for minutes in rows["longest_tenth_minutes"]]
    first = next(name for name in names if name != "All needs")
    title = f"The longest tenth of journeys is longest for {first}, {academic(found.year)}"
    each = "; ".join(f"{name}: {value:.0f}" for name, value in zip(names, values, strict=True))
    words = Words(
        "fairnesstenth",
        title,
        "Mean minutes one way of the tenth of children who travel longest, where enough of them can be told of",
        _source(said),
        f"Minutes by need. {each}.",
    )
    fills = [1 if name == "All needs" else 0 for name in names]
    svg = draw_bars(Bars(words, names, values, fills))
    return Drawing("fairnesstenth", title, words.alt, svg, kind="chart")


def _source(said: About) -> str:
    return f"{said.title}. Modelled. {said.notice} {stamp_line(said.stamps)}"
