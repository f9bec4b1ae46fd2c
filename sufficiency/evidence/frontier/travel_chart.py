"""Cost against travel as a picture: a point a value of an hour."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    CATEGORIES,
    GRID,
    LINE,
    MARGIN,
    PALE,
    SMALL,
    WIDTH,
    Canvas,
    Words,
    frame,
    ticks,
    top_of,
    width,
)
from sufficiency.pounds import money
from sufficiency.report.parts import Drawing

if TYPE_CHECKING:
    from sufficiency.evidence.frontier.travel import Travelled

HIGH, LEFT, SIDE = 230.0, 80.0, 8.0
#: Pixels by which what is written at two points must be apart.
APART = 16.0


def travel_drawing(found: Travelled, title: str) -> list[Drawing]:
    """Return real cost by hours of travel, or nothing where the hours may not be told."""
    known = [
        (value, hours, float(answer["cost_gbp"]) / 1e6)
        for value, answer in zip(found.values, found.answers, strict=True)
        if (hours := found.hours(answer)) is not None
    ]
    if not known:
        return []
    each = "; ".join(
        f"£{value:,.6g} an hour: {hours:,} hours a year, {money(1e6 * cost)}"
        for value, hours, cost in known
    )
    words = Words(
        key="frontier-travel",
        title="What less travel costs",
        subtitle="Best plan at each value of an hour of a child's travelling: real cost, by child-hours a year",
        source=f"{title}. Modelled; every point is proved the best at its value of an hour.",
        alt=f"A plot of real cost by hours of travel. {each}.",
    )
    return [Drawing("frontier-travel", words.title, words.alt, _draw(words, known), kind="chart")]


def _draw(words: Words, known: list[tuple[float, int, float]]) -> str:
    canvas = Canvas(words.key)
    top = top_of(words) + 30
    right, bottom = WIDTH - MARGIN - 60, top + HIGH
    across = ticks(min(h for _, h, _ in known), max(h for _, h, _ in known), 6)
    up = ticks(min(c for _, _, c in known), max(c for _, _, c in known), 5)

    def x(hours: float) -> float:
        return LEFT + (right - LEFT) * (hours - across[0]) / (across[-1] - across[0])

    def y(cost: float) -> float:
        return bottom - HIGH * (cost - up[0]) / (up[-1] - up[0])

    canvas.text("Real cost, £ million, discounted", MARGIN, top - 14, SMALL + 1, bold=True)
    for tick in up:
        canvas.line(LEFT, y(tick), right, y(tick))
        canvas.text(f"{tick:,.6g}", LEFT - 8, y(tick) + 4, SMALL, "end", ink=PALE)
    canvas.line(LEFT, bottom, right, bottom, LINE)
    for tick in across:
        canvas.text(f"{tick:,.6g}", x(tick), bottom + 18, SMALL, "middle", ink=PALE)
    canvas.text("Child-hours of travel a year", right, bottom + 36, SMALL, "end", ink=PALE)
    at = [(x(hours), y(cost)) for _, hours, cost in known]
    for (x1, y1), (x2, y2) in pairwise(at):
        canvas.line(x1, y1, x2, y2, CATEGORIES[1], 2)
    written: list[tuple[float, float, float]] = []
    for (px, py), (value, _, _) in zip(at, known, strict=True):
        canvas.rect(px - SIDE / 2, py - SIDE / 2, SIDE, SIDE, CATEGORIES[1], GRID)
        text = f"£{value:,.6g} an hour"
        clear = all(
            abs(py - b) > APART or px > a + w or px + width(text, SMALL) < a for a, b, w in written
        )
        if clear:
            canvas.text(text, px + SIDE, py - SIDE, SMALL)
            written.append((px, py, width(text, SMALL) + SIDE))
    return frame(canvas, words, bottom + 40)
