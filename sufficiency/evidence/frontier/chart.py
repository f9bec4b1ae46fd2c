"""The frontier as a picture: two plots over one axis of budgets, as pounds and children are never added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.charts.canvas import Words
from sufficiency.charts.panels import Panel, Panels, Trace, draw_panels, measured
from sufficiency.pounds import briefly, money

if TYPE_CHECKING:
    from sufficiency.evidence.frontier.find import Frontier, Point


def draw(found: Frontier) -> str:
    """Draw children without a place, and real cost, by budget."""
    unplaced = [point.unplaced for point in found.points]
    cost = [point.answer["cost_gbp"] / 1e6 for point in found.points]
    few = f"<{found.points[0].counts.threshold}"
    panels = [
        Panel("Child-years without a place", [Trace("", unplaced)], few=few),
        Panel("Real cost, £ million, discounted", [Trace("", cost, 1)], from_nought=False),
    ]
    budgets = measured([point.budget_gbp for point in found.points], briefly)
    return draw_panels(Panels(words_of(found), budgets, panels))


def words_of(found: Frontier) -> Words:
    """Return what stands round the picture."""
    first, last = found.points[0], found.points[-1]
    worst = max(point.answer["gap_pct"] for point in found.points)
    title = "What more capital buys: children placed, and real cost"
    each = "; ".join(
        f"{money(point.budget_gbp)}: {len(point.years)} schemes,"
        f" {_children(point)} without a place,"
        f" real cost {money(point.answer['cost_gbp'])}"
        for point in found.points
    )
    span = f"{money(first.budget_gbp)} to {money(last.budget_gbp)}"
    return Words(
        key="frontier",
        title=title,
        subtitle=f"Best programme at each capital budget from {span}; one mark a budget",
        source=f"{found.prepared.case.settings.title}. Modelled; each programme is proved within"
        f" {max(worst, 1e-4):.2g}% of the best there can be.",
        alt=f"Two plots by capital budget. {each}.",
    )


def _children(point: Point) -> str:
    count = point.few if point.unplaced is None else f"{point.unplaced:,}"
    return f"{count} child-years"
