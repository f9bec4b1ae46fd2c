"""What is said of the frontier: a sentence, tables, charts, and the same for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.frontier import nested as frontier_nested
from sufficiency.evidence.frontier import travel as frontier_travel
from sufficiency.evidence.frontier.budgets import case_budget
from sufficiency.evidence.plain import plain_rows
from sufficiency.pounds import less_or_more, pounds
from sufficiency.report.parts import Cell, Drawing, Section, Table, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.frontier.find import Frontier, Point
    from sufficiency.steps import Prepared

#: Raised when a field of the summary changes its meaning.
SCHEMA = 2
TITLES = {
    "frontier": "The best programme at each capital budget",
    "frontier_nested": "Nested programmes at each capital budget, and the price of nesting",
    "frontier_travel": "Cost against travel, by the value of an hour",
}


def table(found: Frontier) -> pd.DataFrame:
    """Return a row a budget; children without a place are blank where they are too few to tell."""
    rows = []
    before: Point | None = None
    for point in found.points:
        years = point.years
        was = before.years if before else {}
        rows.append(
            {
                "budget_gbp": point.budget_gbp,
                "capital_gbp": point.answer["capital_gbp"],
                "schemes": len(years),
                "cost_gbp": point.answer["cost_gbp"],
                "unplaced_child_years": point.unplaced,
                "opens": _named(years),
                "added": "|".join(sorted(years.keys() - was.keys())) if before else "",
                "dropped": "|".join(sorted(was.keys() - years.keys())),
                "moved": "|".join(
                    f"{name} {was[name]} to {years[name]}"
                    for name in sorted(years.keys() & was.keys())
                    if was[name] != years[name]
                ),
                "gap_pct": point.answer["gap_pct"],
            }
        )
        before = point
    return pd.DataFrame(rows)


def _named(years: Mapping[str, int]) -> str:
    return "|".join(f"{name} {year}" for name, year in sorted(years.items()))


def evidence(found: Frontier) -> Evidence:
    """Say what was found."""
    from sufficiency.evidence.frontier.chart import draw, words_of
    from sufficiency.evidence.frontier.travel_chart import travel_drawing

    said, words = sentences(found), words_of(found)
    drawings = [Drawing("frontier", words.title, words.alt, draw(found), kind="chart")]
    shown, listed = [_as_table(found)], {"frontier": table(found)}
    for key, part, module in (
        ("frontier_nested", found.nested, frontier_nested),
        ("frontier_travel", found.travel, frontier_travel),
    ):
        if part is not None:
            shown.append(module.as_table(part))
            listed[key] = module.table(part)
            said[-1:-1] = module.sentences(part)
    if found.travel is not None:
        drawings += travel_drawing(found.travel, found.prepared.case.settings.title)
    return Evidence(
        about=about(found.prepared, "frontier", found.asked),
        answer=headline(found),
        section=Section("frontier", "What more capital buys", said[:1], shown, said[1:], drawings),
        found=summarise(found),
        tables=listed,
        titles={key: TITLES[key] for key in listed},
        exit_code=found.exit_code,
    )


def headline(found: Frontier) -> str:
    """Say in a sentence what the biggest budget buys against the smallest."""
    first, last = found.points[0], found.points[-1]
    less = less_or_more(first.answer["cost_gbp"], last.answer["cost_gbp"])
    few = f"{_children(first)} without a place become {_children(last)}"
    if _children(first) == _children(last):
        few = f"{_children(first)} are without a place in either"
    return (
        f"From {pounds(first.budget_gbp)} to {pounds(last.budget_gbp)} of capital, real cost over the plan is "
        f"{less}, and {few}."
    )


def _children(point: Point) -> str:
    count = point.few if point.unplaced is None else f"{point.unplaced:,}"
    return f"{count} child-years"


def summarise(found: Frontier) -> dict[str, object]:
    """Return what `summary.json` holds of it: every point, and what lasts, is dropped or never comes."""
    prepared, settings = found.prepared, found.prepared.case.settings
    return {
        "schema": SCHEMA,
        "base_year": settings.base_year,
        "years": settings.years,
        "budget_spread": how_spread(prepared),
        "case_budget_gbp": case_budget(prepared),
        "points": [_point(point) for point in found.points],
        "lasting": [
            {"scheme_id": scheme.scheme_id, "name": scheme.name, "from_budget_gbp": gbp}
            for scheme, gbp in found.lasting()
        ],
        "dropped": [
            {
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "in_at_budget_gbp": before,
                "out_at_budget_gbp": after,
            }
            for scheme, before, after in found.dropped()
        ],
        "never": [scheme.scheme_id for scheme in found.never()],
        **_parts(found),
        "threshold": settings.disclosure.threshold,
        "proved": found.proved,
        "verified": True,
        "travel": prepared.travel.journeys.method,
        "demand": prepared.projection.says,
    }


def _parts(found: Frontier) -> dict[str, object]:
    """Return nested programmes, and cost against travel, where somebody asked."""
    parts: dict[str, object] = {}
    if found.nested is not None:
        rows = frontier_nested.table(found.nested)
        parts["nested"] = {"way": found.nested.way, "points": plain_rows(rows)}
    if found.travel is not None:
        parts["cost_against_travel"] = plain_rows(frontier_travel.table(found.travel))
    return parts


def _point(point: Point) -> dict[str, object]:
    few = {"unplaced": point.few} if point.unplaced is None else {}
    names = (
        "status",
        "gap_pct",
        "capital_gbp",
        "cost_gbp",
    )  # the objective less the cost would count children
    return {
        "budget_gbp": point.budget_gbp,
        **{name: point.answer[name] for name in names},
        "unplaced_child_years": point.unplaced,
        **few,
        "schemes": dict(point.years),
    }


def how_spread(prepared: Prepared) -> str:
    """Say how a budget is spread over the years."""
    if case_budget(prepared) is None:
        return "all of it from the first year on"
    return "by year in the proportions of the case's own budget"


def _as_table(found: Frontier) -> Table:
    """Return the points as people read them."""
    heads = ["Budget", "Spent", "Real cost", "Child-years without a place", "Opens"]
    rows: list[Sequence[Cell]] = [
        [
            heading(pounds(point.budget_gbp)),
            *numbers(
                [
                    pounds(point.answer["capital_gbp"]),
                    pounds(point.answer["cost_gbp"]),
                    point.few if point.unplaced is None else f"{point.unplaced:,}",
                ]
            ),
            Cell(", ".join(f"{n} {year}" for n, year in sorted(point.years.items())) or "nothing"),
        ]
        for point in found.points
    ]
    return Table("The best programme at each capital budget", heads, rows, frozenset({1, 2, 3}))


def sentences(found: Frontier) -> list[str]:
    """Say what the table does not: what lasts, what is dropped, how sure it is."""
    said = [
        "Real cost is discounted and has no priority in it; children are counted beside it: never add up the two.",
        f"Each budget is spread over the years: {how_spread(found.prepared)}.",
    ]
    lasting = [f"{s.scheme_id} (from {pounds(gbp)})" for s, gbp in found.lasting()]
    if lasting:
        said.append(f"Once in, in at every bigger budget here: {', '.join(lasting)}.")
    said += [
        f"A bigger budget drops {scheme.scheme_id}: in at {pounds(before)}, out at {pounds(after)}."
        for scheme, before, after in found.dropped()
    ]
    if found.short:
        said.append(
            f"No programme keeps to the rules at {pounds(found.short[-1])} or less: schemes that must open cost more."
        )
    if found.never():
        said.append(f"At no budget here: {', '.join(s.scheme_id for s in found.never())}.")
    worst = max(point.answer["gap_pct"] for point in found.points)
    said.append(
        f"Every programme is proved within {max(worst, 1e-4):.2g}% of the best there can be."
    )
    said.append(found.points[0].counts.note)
    return said
