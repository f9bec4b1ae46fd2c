"""The best programme at each capital budget: what more money buys, which schemes last, and which a bigger budget drops.

The worth of a budget is a pair that is never added up: real money, discounted, and children without a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from models import Status
from sufficiency.errors import NoPlanError
from sufficiency.evidence import runs
from sufficiency.evidence.choices import Asker
from sufficiency.evidence.commands import NOT_PROVED
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.frontier import nested as frontier_nested
from sufficiency.evidence.frontier import travel as frontier_travel
from sufficiency.evidence.frontier.budgets import case_budget, even_budgets, spread
from sufficiency.evidence.frontier.travel import Travelled
from sufficiency.evidence.study import Study
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sufficiency.evidence.answer import Evidence
    from sufficiency.evidence.frontier.nested import Nested
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme
    from sufficiency.steps import Prepared

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
    """Points in order of budget, and what they say of each scheme.

    Attributes
    ----------
    short
        Budgets at which no programme keeps to the rules, as schemes that must open cost more.
    nested, travel
        Nested programmes at the same budgets; cost against travel. None if nobody asked.
    """

    prepared: Prepared
    points: tuple[Point, ...]
    asked: dict[str, object]
    short: tuple[float, ...] = ()
    nested: Nested | None = None
    travel: Travelled | None = None

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The proposed schemes."""
        return proposed(self.prepared.basis.schemes)

    @property
    def proved(self) -> bool:
        """Whether every point is proved best to the gap asked for."""
        others = [part.proved for part in (self.nested, self.travel) if part is not None]
        return all(others) and all(runs.proved(point.answer) for point in self.points)

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
    nested
        Whether to ask for nested programmes, too.
    hours
        Values of an hour of children's travelling to try; none, and cost is not set against travel.
    """

    budgets: tuple[float, ...] = ()
    steps: int = STEPS
    gap: float = 1e-6
    workers: int | None = None
    cluster: str | None = None
    skip_bad_rows: bool = False
    nested: bool = False
    hours: tuple[float, ...] = ()


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
    NoPlanError
        When schemes must open that cost more than every budget.
    SweepError
        When a run went wrong.
    """
    from sufficiency.evidence.frontier.said import evidence
    from sufficiency.run import prepare

    prepared = prepare(case, progress, skip_bad_rows=asked.skip_bad_rows)
    return evidence(find(prepared, kept, asked, progress))


def find(prepared: Prepared, kept: Path, asked: Asked, progress: Progress) -> Frontier:
    """Find the best programme at each budget; `kept` is where runs are kept."""
    study = Study(prepared, asked.gap)
    how = {"kept": kept, "workers": asked.workers, "cluster": asked.cluster}
    asker = Asker.of(study, how, progress)
    schemes, counts = study.problem.schemes, Counts.of(prepared.case.settings)
    budgets = asked.budgets or even_budgets(schemes, asked.steps, case_budget(prepared))
    tasks = tuple({"budget_gbp": float(gbp)} for gbp in sorted(set(budgets)))
    answers = asker.answers(at_budget, tasks)
    points = tuple(
        Point(task["budget_gbp"], answer, _years(prepared, answer), counts)
        for task, answer in zip(tasks, answers, strict=True)
        if "opens" in answer
    )
    if not points:
        raise NoPlanError(
            "no programme keeps to the rules at any of these budgets: give bigger ones"
        )
    short = [
        task["budget_gbp"]
        for task, answer in zip(tasks, answers, strict=True)
        if "opens" not in answer
    ]
    found = Frontier(prepared, points, _asked(asked), tuple(short))
    if asked.nested:
        found = replace(found, nested=_nested(asker, found))
    return replace(found, travel=_travel(asker, asked.hours)) if asked.hours else found


def _asked(asked: Asked) -> dict[str, object]:
    said: dict[str, object] = {"gap": asked.gap}
    if asked.nested:
        said["nested"] = True
    if asked.hours:
        said["hours"] = list(asked.hours)
    return said | ({"skip_bad_rows": True} if asked.skip_bad_rows else {})


def _years(prepared: Prepared, answer: Mapping[str, Any]) -> dict[str, int]:
    """Return the opening year of each scheme that opens, by id."""
    base = prepared.case.settings.base_year
    ids = [scheme.scheme_id for scheme in proposed(prepared.basis.schemes)]
    return {name: base + t for name, t in zip(ids, answer["opens"], strict=True) if t >= 0}


def _nested(asker: Asker, found: Frontier) -> Nested:
    budgets = [point.budget_gbp for point in found.points]
    answers = asker.answers(frontier_nested.chain, frontier_nested.tasks(budgets))
    best = [point.answer for point in found.points]
    named, counts = partial(_years, found.prepared), found.points[0].counts
    return frontier_nested.cheaper(answers, budgets, best, named, counts)


def _travel(asker: Asker, values: tuple[float, ...]) -> Travelled:
    prepared = asker.study.prepared
    tasks = [{"gbp_per_child_hour": gbp} for gbp in sorted(set(values))]
    payload = frontier_travel.payload_of(asker.study)
    answers = asker.answers(frontier_travel.at_value, tasks, payload)
    return Travelled(
        tuple(task["gbp_per_child_hour"] for task in tasks),
        tuple(answers),
        tuple(_years(prepared, answer) for answer in answers),
        Counts.of(prepared.case.settings),
        prepared.case.settings.years,
    )


def at_budget(worker: runs.Worker, task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan at a budget, spread as the case's is; where schemes that must open cost more, only so."""
    worker.warm.back(worker.mark)
    problem = worker.payload.problem
    budget = spread(problem, float(task["budget_gbp"]))
    changed = problem.with_numbers(schemes=replace(problem.schemes, budget=budget))
    solution = worker.warm.solve(changed, gap=worker.payload.gap)
    if solution.status is Status.INFEASIBLE:
        return {"status": solution.status.value}
    return runs.told(changed, solution, worker.payload.accounts)
