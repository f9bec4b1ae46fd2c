"""The frontier as a picture: two plots over one axis of budgets, as pounds and children are never added up."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from sufficiency.charts.canvas import (
    CATEGORIES,
    GRID,
    INK,
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
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.evidence.frontier.find import Frontier, Point

HIGH, GAP, LEFT = 170.0, 62.0, 74.0
#: What a scale from nought reaches at least, so that few children look few.
LEAST = 10.0


def draw(found: Frontier) -> str:
    """Draw children without a place, and real cost, by budget."""
    words = words_of(found)
    canvas = Canvas(words.key)
    budgets = [point.budget_gbp / 1e6 for point in found.points]
    unplaced = [point.unplaced for point in found.points]
    cost = [point.answer["cost_gbp"] / 1e6 for point in found.points]
    top, few = top_of(words) + 26, f"<{found.points[0].counts.threshold}"
    _plot(
        canvas, "Child-years without a place", budgets, unplaced, top, 0, few=few, from_nought=True
    )
    second = top + HIGH + GAP
    _plot(canvas, "Real cost, £ million, discounted", budgets, cost, second, 1)
    return frame(canvas, words, second + HIGH + 40)


def _plot(
    canvas: Canvas,
    name: str,
    budgets: Sequence[float],
    values: Sequence[float | None],
    top: float,
    category: int,
    *,
    few: str = "",
    from_nought: bool = False,
) -> None:
    known = [value for value in values if value is not None]
    up = ticks(0.0, max([LEAST, *known]), 5) if from_nought else ticks(min(known), max(known), 5)
    across = ticks(0.0, max(*budgets, 1e-6), 8)
    right, bottom = WIDTH - MARGIN - 24, top + HIGH

    def x(budget: float) -> float:
        return LEFT + (right - LEFT) * budget / across[-1]

    def y(value: float) -> float:
        return bottom - HIGH * (value - up[0]) / (up[-1] - up[0])

    canvas.text(name, MARGIN, top - 12, SMALL + 1, bold=True)
    for tick in up:
        canvas.line(LEFT, y(tick), right, y(tick))
        canvas.text(f"{tick:,.6g}", LEFT - 8, y(tick) + 4, SMALL, "end", ink=PALE)
    canvas.line(LEFT, bottom, right, bottom, LINE)
    for tick in across:
        canvas.text(f"£{tick:,.6g}m", x(tick), bottom + 18, SMALL, "middle", ink=PALE)
    at = [(x(b), y(v)) for b, v in zip(budgets, values, strict=True) if v is not None]
    for (x1, y1), (x2, y2) in pairwise(at):
        canvas.line(x1, y1, x2, y2, CATEGORIES[category], 2)
    for here, value in zip(budgets, values, strict=True):
        if value is None:
            canvas.text(few, x(here), bottom - 6, SMALL, "middle", ink=INK)
            continue
        canvas.rect(x(here) - 4, y(value) - 4, 8, 8, CATEGORIES[category], GRID)


def words_of(found: Frontier) -> Words:
    """Return what stands round the picture."""
    first, last = found.points[0], found.points[-1]
    worst = max(point.answer["gap_pct"] for point in found.points)
    title = "What more capital buys: children placed, and real cost"
    each = "; ".join(
        f"£{point.budget_gbp / 1e6:,.2f} million: {len(point.years)} schemes,"
        f" {_children(point)} without a place,"
        f" real cost £{point.answer['cost_gbp'] / 1e6:,.1f} million"
        for point in found.points
    )
    span = f"£{first.budget_gbp / 1e6:,.1f} million to £{last.budget_gbp / 1e6:,.1f} million"
    return Words(
        key="frontier",
        title=title,
        subtitle=f"Best programme at each capital budget from {span}; one square a budget",
        source=f"{found.prepared.case.settings.title}. Modelled; each programme is proved within"
        f" {max(worst, 1e-4):.2g}% of the best there can be.",
        alt=f"Two plots by capital budget. {each}.",
    )


def _children(point: Point) -> str:
    count = point.few if point.unplaced is None else f"{point.unplaced:,}"
    return f"{count} child-years"
