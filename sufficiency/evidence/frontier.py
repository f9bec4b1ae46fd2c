"""The best programme at each capital budget: what more money buys, which schemes last, and which a bigger budget drops.

The worth of a budget is a pair that is never added up: real money, discounted, and children without a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.accounts import Accounts
from sufficiency.evidence.answer import Evidence, about
from sufficiency.evidence.budgets import case_budget, even_budgets, spread
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import Counts
from sufficiency.report.parts import Cell, Drawing, Section, Table, heading, numbers
from sufficiency.schemes import proposed
from sufficiency.sweep import Sweep, run_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sufficiency.progress import Progress
    from sufficiency.run import Prepared
    from sufficiency.schemes import Scheme

#: Raised when a field of the summary changes its meaning.
SCHEMA = 2
#: Steps between no money and all that the schemes cost.
STEPS = 8


@dataclass(frozen=True)
class Point:
    """The best programme at one budget.

    Attributes
    ----------
    budget_gbp
        Capital over the plan.
    answer
        As `runs.plan` gives it.
    years
        Opening year of each scheme that opens, by id.
    counts
        What may be told of children.
    """

    budget_gbp: float
    answer: dict[str, Any]
    years: Mapping[str, int]
    counts: Counts

    @property
    def unplaced(self) -> int | None:
        """Years that children spend without a place, as they may be told; None where it is of too few children."""
        return self.counts.shown(float(self.answer["unplaced_child_years"]))

    @property
    def few(self) -> str:
        """What stands where there are too few to tell."""
        return self.counts.few


@dataclass(frozen=True)
class Frontier:
    """Points in order of budget, and what they say of each scheme."""

    prepared: Prepared
    points: tuple[Point, ...]
    asked: dict[str, object]

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The proposed schemes."""
        return proposed(self.prepared.basis.schemes)

    @property
    def proved(self) -> bool:
        """Whether every point is proved best to the gap asked for."""
        return all(runs.proved(point.answer) for point in self.points)

    @property
    def exit_code(self) -> int:
        """0, or 5 when a point is not proved."""
        return 0 if self.proved else NOT_PROVED

    def at(self, scheme_id: str) -> list[float]:
        """Return the budgets whose best programme has a scheme."""
        return [point.budget_gbp for point in self.points if scheme_id in point.years]

    def dropped(self) -> list[tuple[Scheme, float, float]]:
        """Return each scheme that a bigger budget drops, with the budget that has it and the next, that has not."""
        return [
            (scheme, before.budget_gbp, after.budget_gbp)
            for before, after in pairwise(self.points)
            for scheme in self.schemes
            if scheme.scheme_id in before.years and scheme.scheme_id not in after.years
        ]

    def lasting(self) -> list[tuple[Scheme, float]]:
        """Return each scheme that, from some budget on, is in every programme, with that budget."""
        gone = {scheme.scheme_id for scheme, _, _ in self.dropped()}
        return [
            (scheme, at[0])
            for scheme in self.schemes
            if (at := self.at(scheme.scheme_id)) and scheme.scheme_id not in gone
        ]

    def never(self) -> list[Scheme]:
        """Return the schemes that are in no programme."""
        return [scheme for scheme in self.schemes if not self.at(scheme.scheme_id)]


@dataclass(frozen=True)
class Asked:
    """What is asked of a frontier.

    Attributes
    ----------
    budgets
        Capital of each point; if none are given, `steps` steps up to what all schemes cost.
    gap
        Relative gap to prove at each.
    workers, cluster
        As `sufficiency.sweep.run_sweep`.
    """

    budgets: tuple[float, ...] = ()
    steps: int = STEPS
    gap: float = 1e-6
    workers: int | None = None
    cluster: str | None = None
    skip_bad_rows: bool = False


def frontier(case: Path, kept: Path, asked: Asked, progress: Progress) -> Evidence:
    """Find the best programme at each budget.

    Parameters
    ----------
    kept
        Where runs are kept: those that an earlier, interrupted command has finished are not done again, if the case
        and what was asked are the same.

    Raises
    ------
    UsageError
        When there is nothing to choose, or the cluster cannot be used.
    CaseError
        When the case has errors.
    SweepError
        When a run went wrong.
    """
    from sufficiency.run import prepare

    prepared = prepare(case, progress, skip_bad_rows=asked.skip_bad_rows)
    return evidence(find(prepared, kept, asked, progress))


def find(prepared: Prepared, kept: Path, asked: Asked, progress: Progress) -> Frontier:
    """Find the best programme at each budget; `kept` is where runs are kept."""
    problem = prepared.basis.problem
    if not problem.schemes.may_open.any():
        raise UsageError(
            "the case has no proposed scheme that could open: there is nothing to choose"
        )
    given = case_budget(prepared)
    budgets = asked.budgets or even_budgets(problem.schemes, asked.steps, given)
    journeys = prepared.travel.journeys
    accounts = Accounts.of(prepared.basis, journeys.km, journeys.minutes)
    payload = runs.Payload(replace(problem), accounts, asked.gap)
    tasks = tuple({"budget_gbp": float(gbp)} for gbp in sorted(set(budgets)))
    sweep = Sweep(runs.build, at_budget, payload, tasks, runs.key(payload, __version__, at_budget))
    answers = run_sweep(
        sweep, kept, workers=asked.workers, cluster=asked.cluster, progress=progress
    )
    base = prepared.case.settings.base_year
    ids = [scheme.scheme_id for scheme in proposed(prepared.basis.schemes)]
    points = tuple(
        Point(
            task["budget_gbp"],
            answer,
            {name: base + t for name, t in zip(ids, answer["opens"], strict=True) if t >= 0},
            Counts.of(prepared.case.settings),
        )
        for task, answer in zip(tasks, answers, strict=True)
    )
    said: dict[str, object] = {"gap": asked.gap}
    return Frontier(
        prepared, points, said | ({"skip_bad_rows": True} if asked.skip_bad_rows else {})
    )


def at_budget(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan at a budget, spread as the case's is."""
    problem = worker.payload.problem
    budget = spread(problem, float(task["budget_gbp"]))
    return runs.plan(worker, problem.with_numbers(schemes=replace(problem.schemes, budget=budget)))


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
    from sufficiency.evidence.frontier_chart import draw, words_of

    said, listed = sentences(found), table(found)
    words = words_of(found)
    return Evidence(
        about=about(found.prepared, "frontier", found.asked),
        answer=headline(found),
        section=Section(
            "frontier",
            "What more capital buys",
            said[:1],
            [_as_table(found)],
            said[1:],
            [Drawing("frontier", words.title, words.alt, draw(found), kind="chart")],
        ),
        found=summarise(found),
        tables={"frontier": listed},
        titles={"frontier": "The best programme at each capital budget"},
        exit_code=found.exit_code,
    )


def headline(found: Frontier) -> str:
    """Say in a sentence what the biggest budget buys against the smallest."""
    first, last = found.points[0], found.points[-1]
    saved = first.answer["cost_gbp"] - last.answer["cost_gbp"]
    less = f"£{abs(saved) / 1e6:,.1f} million {'less' if saved >= 0 else 'more'}"
    few = f"{_children(first)} without a place become {_children(last)}"
    return (
        f"From {_pounds(first.budget_gbp)} to {_pounds(last.budget_gbp)} of capital, real cost over the plan is "
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
        "threshold": settings.disclosure.threshold,
        "proved": found.proved,
        "verified": True,
        "travel": prepared.travel.journeys.method,
        "demand": prepared.projection.says,
    }


def _point(point: Point) -> dict[str, object]:
    few = {"unplaced": point.few} if point.unplaced is None else {}
    names = ("status", "objective_gbp", "bound_gbp", "gap_pct", "capital_gbp", "cost_gbp")
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
            heading(_pounds(point.budget_gbp)),
            *numbers(
                [
                    _pounds(point.answer["capital_gbp"]),
                    _pounds(point.answer["cost_gbp"]),
                    point.few if point.unplaced is None else f"{point.unplaced:,}",
                ]
            ),
            Cell(", ".join(f"{name} {year}" for name, year in sorted(point.years.items()))),
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
    lasting = [f"{s.scheme_id} (from {_pounds(gbp)})" for s, gbp in found.lasting()]
    if lasting:
        said.append(f"Once in, in at every bigger budget here: {', '.join(lasting)}.")
    said += [
        f"A bigger budget drops {scheme.scheme_id}: in at {_pounds(before)}, out at {_pounds(after)}."
        for scheme, before, after in found.dropped()
    ]
    if found.never():
        said.append(f"At no budget here: {', '.join(s.scheme_id for s in found.never())}.")
    worst = max(point.answer["gap_pct"] for point in found.points)
    said.append(
        f"Every programme is proved within {max(worst, 1e-4):.2g}% of the best there can be."
    )
    said.append(found.points[0].counts.note)
    return said


def _pounds(gbp: float) -> str:
    return f"£{gbp / 1e6:,.2f}m"
