"""The plan beside building nothing, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.pounds import less_or_more, money
from sufficiency.report.headline import NONE, at_least, of_all
from sufficiency.report.parts import academic, by_budget, counted, direction, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sufficiency.report.parts import Plan

#: The change where either figure is withheld.
UNTOLD = "not told"
#: A line: what it is, if nothing is built, with the plan, the change in words.
Line = tuple[str, str, str, str]


def rows(plan: Plan) -> Iterator[Line]:
    """Yield the lines of the comparison."""
    yield from _spending(plan)
    yield from _children(plan)


def _spending(plan: Plan) -> Iterator[Line]:
    if plan.before is None:
        return
    years = counted(plan.summary["years"], "year")
    kinds = {"ledger_gbp": "", "ledger_gbp_discounted": ", discounted"}
    for kind, note in kinds.items():
        before, after = by_budget(plan.before[kind]), by_budget(plan.summary[kind])
        for budget, label in LABELS.items():
            yield (
                f"{label}, {years}{note}",
                money(before[budget]),
                money(after[budget]),
                less_or_more(before[budget], after[budget]),
            )


LABELS = {REVENUE: "High needs revenue", TRANSPORT: "Transport", CAPITAL: "Capital cash"}


def _children(plan: Plan) -> Iterator[Line]:
    """Yield what becomes of children; no count is subtracted from another."""
    if plan.before is None or plan.compared is None:
        return
    last = academic(plan.last_year)
    waits = [found["unplaced_child_years"] for found in (plan.before, plan.summary)]
    then, now = (at_least(count, plan) for count in waits)
    same = then == now or max(waits) < NONE
    yield "Child-years without a place", then, now, "the same" if same else direction(*waits)
    sides = plan.compared.baseline, plan.published
    before, after = (side.outcomes["independent"].iloc[-1] for side in sides)
    label = f"Children in independent places, {last}"
    yield label, figure(before), figure(after), direction(before, after) or UNTOLD
    for column, words, digits in JOURNEYS:
        before, after = (of_all(side, column).get(plan.last_year) for side in sides)
        shown = figure(before, digits), figure(after, digits)
        yield f"{words}, {last}", *shown, direction(before, after) or UNTOLD


JOURNEYS = (
    ("mean_minutes", "Mean journey one way, minutes", 1),
    ("p95_minutes", "95% of journeys are within, minutes", 1),
    ("over_45", "Children over 45 minutes", 0),
    ("over_75", "Children over 75 minutes", 0),
)
