"""Whose money, and when: the ledger of the plan, and of building nothing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.ledger import ITEMS
from sufficiency.report.parts import Cell, Section, Table, academic, figure, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.report.parts import Plan


def ledger(plan: Plan) -> Section:
    """Lay out real money by budget, item and year."""
    settings = plan.context.settings
    unit = f"£ thousand at {settings.money.price_base} prices"
    tables = [_table(plan.published.ledger, f"Modelled spending by budget, {unit}")]
    if plan.compared:
        title = f"Modelled spending by budget if nothing is built, {unit}"
        tables.append(_table(plan.compared.baseline.ledger, title, folded=True))
    return Section(
        "money",
        "Whose money, and when",
        [
            (
                "High needs revenue, transport and capital are different budgets, so they are never added "
                "up. Children who stay where they are, existing places and committed schemes are included."
            )
        ],
        tables,
        [
            (
                "The capital charge spreads the capital of schemes over their lifetimes. It is the same "
                "money as the capital cash, seen another way: do not add the two."
            ),
            (
                f"The last column discounts each year to {academic(settings.base_year)} at "
                f"{settings.money.discount_rate_pct:g}% a year."
            ),
        ],
    )


def _table(table: pd.DataFrame, title: str, *, folded: bool = False) -> Table:
    years = sorted(int(year) for year in table["year"].unique())
    rows: list[list[Cell]] = []
    for budget, items in groupby(ITEMS, key=lambda item: ITEMS[item]):
        names = list(items)
        total = len(names) > 1
        for n, item in enumerate(names):
            span = len(names) + total
            first = [heading(budget.capitalize(), "rowgroup", span)] if n == 0 else []
            amounts = _amounts(table[table["item"] == item], years)
            rows.append([*first, heading(item.capitalize()), *numbers(amounts)])
        if total:
            sums = _amounts(table[table["budget"] == budget], years)
            rows.append([Cell("Together", "row", is_total=True), *numbers(sums, is_total=True)])
    heads = ["Budget", "Item", *map(academic, years), "All years", "Discounted"]
    return Table(title, heads, rows, frozenset(range(2, len(heads))), folded)


def _amounts(rows: pd.DataFrame, years: Sequence[int]) -> list[str]:
    by_year = rows.groupby("year")[["gbp", "gbp_discounted"]].sum()
    figures = [
        *by_year["gbp"].reindex(pd.Index(years)),
        by_year["gbp"].sum(),
        by_year["gbp_discounted"].sum(),
    ]
    return [figure(value / 1000) for value in figures]
