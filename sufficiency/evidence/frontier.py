"""The best programme at each capital budget: what more money buys, which schemes last, and which a bigger budget drops.

The worth of a budget is a pair that is never added up: real money, discounted, and children without a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import __version__
from sufficiency.console import paragraph, table_text
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.folder import open_folder, put
from sufficiency.evidence.money import real_money
from sufficiency.progress import Progress, Silent
from sufficiency.schemes import proposed
from sufficiency.sweep import Sweep, run_sweep
from sufficiency.write import write_csv, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from models.problem import Floats, Problem, Schemes
    from sufficiency.run import Prepared
    from sufficiency.schemes import Scheme

#: The files of the folder.
TABLE, SUMMARY, CHART = "frontier.csv", "summary.json", "frontier.svg"
#: Raised when a field of the summary changes its meaning.
SCHEMA = 1
#: Child-years that are a solver's tolerance.
DUST = 1e-6
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
    threshold
        Children under which a count is not told.
    """

    budget_gbp: float
    answer: dict[str, Any]
    years: Mapping[str, int]
    threshold: int

    @property
    def unplaced(self) -> float | None:
        """Years that children spend without a place; None where it is of too few children to tell."""
        exact = float(self.answer["unplaced_child_years"])
        return None if DUST < exact < self.threshold else round(exact, 3)

    @property
    def few(self) -> str:
        """What stands where there are too few to tell."""
        return f"fewer than {self.threshold}"


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

    @property
    def summary(self) -> dict[str, object]:
        """What `summary.json` holds."""
        return summarise(self)

    def text(self, columns: int) -> str:
        """Return the points as a table, and what it does not say in sentences."""
        said = (paragraph(sentence, columns) for sentence in sentences(self))
        return "\n".join((table_text(rows(self), columns), "", *said))

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


def frontier(case: Path, out: Path, asked: Asked, progress: Progress | None = None) -> Frontier:
    """Find the best programme at each budget, and write what was found to a folder.

    Runs that an earlier, interrupted command in that folder has finished are not done again, if the case and what
    was asked are the same.

    Raises
    ------
    UsageError
        When the folder holds something else, there is nothing to choose, or the cluster cannot be used.
    CaseError
        When the case has errors.
    SweepError
        When a run went wrong.
    """
    from sufficiency.run import prepare

    progress = progress or Silent()
    kept = open_folder(out, (TABLE, SUMMARY, CHART))
    prepared = prepare(case, progress, skip_bad_rows=asked.skip_bad_rows)
    found = find(prepared, kept, asked, progress)
    progress.step("writing")
    _write(out, found)
    return found


def find(prepared: Prepared, kept: Path, asked: Asked, progress: Progress) -> Frontier:
    """Find the best programme at each budget; `kept` is where runs are kept."""
    problem = prepared.basis.problem
    if not problem.schemes.may_open.any():
        raise UsageError(
            "the case has no proposed scheme that could open: there is nothing to choose"
        )
    given = case_budget(prepared)
    budgets = asked.budgets or even_budgets(problem.schemes, asked.steps, given)
    payload = runs.Payload(replace(problem), real_money(prepared.basis), asked.gap)
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
            prepared.case.settings.disclosure.threshold,
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


def spread(problem: Problem, total: float) -> Floats:
    """(P,) what may be spent by each period of a total: in the case's proportions, or all from the start."""
    given = problem.schemes.budget
    if np.isfinite(given).all() and given[-1] > 0:
        return np.asarray(np.round(given * (total / given[-1]), 2), np.float64)
    return np.full(problem.periods, total)


def case_budget(prepared: Prepared) -> float | None:
    """Return the case's own capital over the plan; None where it has no limit or no money."""
    last = float(prepared.basis.problem.schemes.budget[-1])
    return last if np.isfinite(last) and last > 0 else None


def even_budgets(schemes: Schemes, steps: int, given: float | None) -> tuple[float, ...]:
    """Return even steps from no money to what all schemes that may open cost together, and the case's own budget.

    Of schemes that exclude each other only the dearest counts.
    """
    cost = np.where(schemes.may_open.any(axis=1), schemes.capital, 0.0)
    for group in schemes.exclusive:
        others = sorted(group, key=lambda k: cost[k])[:-1]
        cost[others] = 0.0
    even = [float(round(gbp)) for gbp in np.linspace(0.0, np.ceil(cost.sum()), steps + 1)]
    return tuple(sorted({*even, *([given] if given else [])}))


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


def summarise(found: Frontier) -> dict[str, object]:
    """Return `summary.json`: every point, and what lasts, is dropped or never comes."""
    prepared, settings = found.prepared, found.prepared.case.settings
    return {
        "schema": SCHEMA,
        "title": settings.title,
        "base_year": settings.base_year,
        "years": settings.years,
        "asked": found.asked,
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
        "inputs_sha256": dict(prepared.case.inputs),
        "sufficiency": __version__,
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


def _write(out: Path, found: Frontier) -> None:
    from sufficiency.evidence.frontier_chart import draw

    put(out, TABLE, lambda path: write_csv(path, table(found)))
    put(out, CHART, lambda path: _text(path, draw(found)))
    put(out, SUMMARY, lambda path: write_json(path, summarise(found)))


def _text(path: Path, text: str) -> None:
    path.write_text(text, "utf-8", newline="\n")


def rows(found: Frontier) -> Sequence[Mapping[str, object]]:
    """Return the points as the console shows them."""
    return [
        {
            "budget": _pounds(point.budget_gbp),
            "spent": _pounds(point.answer["capital_gbp"]),
            "real cost": _pounds(point.answer["cost_gbp"]),
            "child-years unplaced": f"<{point.threshold}"
            if point.unplaced is None
            else f"{point.unplaced:,.1f}",
            "opens": ", ".join(f"{name} {year}" for name, year in sorted(point.years.items())),
        }
        for point in found.points
    ]


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
    return said


def _pounds(gbp: float) -> str:
    return f"£{gbp / 1e6:,.2f}m"
