"""Nested programmes: a bigger budget has all schemes of the smaller, as money in parts must; and what that costs.

Two chains are solved. *Up*: each budget's programme is the best that has all schemes of the budget before it. *Down*:
each is the best of schemes that the next bigger budget has. The chain whose budgets cost less together is told. Its
price at a budget is what it costs more than the best programme there, which may be any: so no chain costs less than
nothing more, and one whose price is nothing is proved best.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency.evidence import choices, runs
from sufficiency.evidence.frontier.budgets import spread
from sufficiency.pounds import pounds
from sufficiency.report.parts import Cell, Table, heading, numbers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.counts import Counts

UP, DOWN = "up", "down"
WAYS = {
    UP: "from the smallest budget up, each programme keeping all schemes of the one before",
    DOWN: "from the biggest budget down, each programme taking from the schemes of the one above",
}


def chain(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best programme at each budget, from the smallest on, that is nested with the one solved before it."""
    budgets = [float(gbp) for gbp in task["budgets"]]
    up = task["way"] == UP
    answers: dict[float, dict[str, Any]] = {}
    before: list[int] | None = None
    for budget in budgets if up else reversed(budgets):
        problem = _nested(worker.payload.problem, before, up=up)
        money = spread(worker.payload.problem, budget)
        found = runs.plan(
            worker, problem.with_numbers(schemes=replace(problem.schemes, budget=money))
        )
        answers[budget] = found
        before = [k for k, t in enumerate(found["opens"]) if t >= 0]
    return {"programmes": [answers[budget] for budget in budgets]}


def _nested(problem: Any, before: list[int] | None, *, up: bool) -> Any:  # noqa: ANN401 - Problem
    if before is None:
        return problem
    if up:
        return choices.with_choice(problem, before, [])
    others = set(range(len(problem.schemes))) - set(before) - set(problem.schemes.must)
    return choices.with_choice(problem, [], sorted(others))


def tasks(budgets: Sequence[float]) -> list[dict[str, Any]]:
    """Return what is asked: both chains."""
    return [{"way": way, "budgets": list(budgets)} for way in WAYS]


@dataclass(frozen=True)
class Nested:
    """The cheaper chain.

    Attributes
    ----------
    budgets, best, programmes
        Capital; the best programme at each, whatever its schemes; the nested one: as `runs.plan` tells them.
    years
        Opening year of each scheme that opens, by id, for each of the nested.
    """

    way: str
    budgets: tuple[float, ...]
    best: tuple[Mapping[str, Any], ...]
    programmes: tuple[Mapping[str, Any], ...]
    years: tuple[Mapping[str, int], ...]
    counts: Counts

    @property
    def proved(self) -> bool:
        """Whether each step is proved best to the gap asked for."""
        return all(runs.proved(dict(programme)) for programme in self.programmes)

    @property
    def price_gbp(self) -> list[float]:
        """Real money that each costs more than the best at its budget."""
        pairs = zip(self.programmes, self.best, strict=True)
        return [float(mine["cost_gbp"]) - float(best["cost_gbp"]) for mine, best in pairs]

    @property
    def price_children(self) -> list[int | None]:
        """Child-years without a place more than in the best, as may be told."""
        name = "unplaced_child_years"
        pairs = zip(self.programmes, self.best, strict=True)
        return [self.counts.change(float(best[name]), float(mine[name])) for mine, best in pairs]


def cheaper(
    answers: Sequence[Mapping[str, Any]],
    budgets: Sequence[float],
    best: Sequence[Mapping[str, Any]],
    named: Any,  # noqa: ANN401 - from an answer to years by id
    counts: Counts,
) -> Nested:
    """Return the chain that costs less, of the answers to `tasks`."""
    found = [
        Nested(
            way,
            tuple(budgets),
            tuple(best),
            tuple(answer["programmes"]),
            tuple(named(programme) for programme in answer["programmes"]),
            counts,
        )
        for way, answer in zip(WAYS, answers, strict=True)
    ]
    return min(found, key=lambda n: round(sum(p["objective_gbp"] for p in n.programmes)))


def table(found: Nested) -> pd.DataFrame:
    """Return a row a budget; children are blank where there are too few to tell."""
    return pd.DataFrame(
        [
            {
                "budget_gbp": budget,
                "capital_gbp": mine["capital_gbp"],
                "cost_gbp": mine["cost_gbp"],
                "unplaced_child_years": found.counts.shown(float(mine["unplaced_child_years"])),
                "price_gbp": price,
                "price_unplaced_child_years": children,
                "opens": "|".join(f"{name} {year}" for name, year in sorted(years.items())),
                "gap_pct": mine["gap_pct"],
            }
            for budget, mine, price, children, years in zip(
                found.budgets,
                found.programmes,
                found.price_gbp,
                found.price_children,
                found.years,
                strict=True,
            )
        ]
    )


def as_table(found: Nested) -> Table:
    """Return the chain as people read it."""
    heads = ("Budget", "Real cost", "More than the best", "Without a place", "Opens")
    rows = [
        [
            heading(pounds(row["budget_gbp"])),
            *numbers(
                [
                    pounds(row["cost_gbp"]),
                    pounds(row["price_gbp"]),
                    found.counts.text(float(mine["unplaced_child_years"])),
                ]
            ),
            Cell(row["opens"].replace("|", ", ")),
        ]
        for row, mine in zip(table(found).to_dict("records"), found.programmes, strict=True)
    ]
    return Table("Nested programmes, and what nesting costs", heads, rows, frozenset({1, 2, 3}))


def sentences(found: Nested) -> list[str]:
    """Say what nesting costs, and what is proved of it."""
    price = found.price_gbp
    dearest = max(range(len(price)), key=lambda n: price[n])
    if price[dearest] < 1:
        cost = "Nested programmes cost nothing more: at every budget here the best is one of them."
    else:
        cost = (
            f"Nesting costs {pounds(price[dearest])} of real money at most, at a budget of "
            f"{pounds(found.budgets[dearest])}, and nothing or less at "
            f"{sum(gbp < 1 for gbp in price)} of {len(price)} budgets."
        )
    told = [n for n in found.price_children if n]
    children = f" It leaves up to {max(told)} child-years more without a place." if told else ""
    proved = (
        f"Nested {WAYS[found.way]}; every step is proved best, given the one before it. The other way costs as much "
        "or more. That no other chain costs less is not proved, unless it costs nothing more."
    )
    return [cost + children, proved]
