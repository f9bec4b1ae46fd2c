"""Programmes with some schemes in and others out: each is solved again, and read back with the words of the case."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Solution, Status
from models.solution import opens_of
from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.accounts import Account
from sufficiency.schemes import proposed
from sufficiency.sweep import Sweep, run_sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from models import Problem
    from sufficiency.evidence.study import Study
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme

#: Fewer children than this are the solver's dust.
DUST = 1e-9


def task(must: Iterable[int] = (), shut: Iterable[int] = ()) -> dict[str, Any]:
    """Return what is asked of a run: schemes, by position, that open and that do not; all others as is best."""
    return {"must": sorted(must), "shut": sorted(shut)}


def choose(worker: runs.Worker, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best programme with some schemes in and others out, with its flows.

    With `held`, the period in which each scheme opens or -1, nothing is chosen: everybody is placed at least cost, of
    plans that cost the same by the same rule as everywhere, so that nobody moves for nothing.
    Where no programme keeps to the rules, the answer says so and nothing else.
    """
    worker.warm.back(worker.mark)
    problem = worker.payload.problem
    changed = (
        only(problem, asked["held"])
        if "held" in asked
        else with_choice(problem, asked["must"], asked["shut"])
    )
    return told(worker, changed, worker.warm.solve(changed, gap=worker.payload.gap))


def told(worker: runs.Worker, problem: Problem, solution: Solution) -> dict[str, Any]:
    """Return a programme in plain values, with its flows, once it is verified."""
    if solution.status is Status.INFEASIBLE:
        return {"status": solution.status.value}
    return runs.told(problem, solution, worker.payload.accounts) | flows(solution)


def flows(solution: Solution) -> dict[str, Any]:
    """Return who is where, in plain values."""
    return {"stay": _sparse(solution.stay), "unplaced": _sparse(solution.unplaced)}


def with_choice(problem: Problem, must: Sequence[int], shut: Sequence[int]) -> Problem:
    """Return the problem with schemes that must open, and others that may not."""
    schemes = problem.schemes
    may_open = schemes.may_open.copy()
    may_open[list(shut)] = False
    both = tuple(sorted({*schemes.must, *must} - set(shut)))
    return problem.with_numbers(schemes=replace(schemes, may_open=may_open, must=both))


def only(problem: Problem, periods: Sequence[int]) -> Problem:
    """Return the problem with nothing to choose: each scheme opens in its period, or does not (-1)."""
    opens = opens_of(periods, problem.periods)
    must = tuple(np.flatnonzero(opens.any(axis=1)).tolist())
    return problem.with_numbers(schemes=replace(problem.schemes, may_open=opens, must=must))


def _sparse(values: Any) -> list[list[float]]:  # noqa: ANN401 - Floats
    where = np.flatnonzero(values > DUST)
    return [where.tolist(), values[where].tolist()]


def _dense(sparse: Sequence[Sequence[float]], size: int) -> Any:  # noqa: ANN401 - Floats
    values = np.zeros(size)
    values[np.array(sparse[0], np.int64)] = sparse[1]
    return values


@dataclass(frozen=True)
class Programme:
    """A programme of schemes, with everybody placed: the answer to a task.

    Attributes
    ----------
    answer
        As `choose` gives it.
    """

    study: Study
    answer: Mapping[str, Any]

    @property
    def exists(self) -> bool:
        """Whether any programme keeps to what was asked."""
        return "opens" in self.answer

    @property
    def proved(self) -> bool:
        """Whether the gap asked for is proved, or that there is none."""
        return self.answer["status"] in {Status.OPTIMAL.value, Status.INFEASIBLE.value}

    @property
    def objective(self) -> float:
        """Pounds, priority included: what is optimised, and never shown."""
        return float(self.answer["objective_gbp"])

    @property
    def bound(self) -> float:
        """What no programme that keeps to what was asked is under."""
        return float(self.answer["bound_gbp"])

    @property
    def spare(self) -> float:
        """Pounds by which the best such programme may be better than this one."""
        return max(0.0, self.objective - self.bound)

    @cached_property
    def account(self) -> Account:
        """Money and children."""
        return Account.from_dict(dict(self.answer))

    @property
    def opens(self) -> tuple[int, ...]:
        """The period in which each proposed scheme opens, or -1."""
        return tuple(self.answer["opens"])

    @property
    def chosen(self) -> frozenset[int]:
        """The proposed schemes that open."""
        return frozenset(k for k, t in enumerate(self.opens) if t >= 0)

    @property
    def years(self) -> dict[str, int]:
        """The academic year in which each proposed scheme that opens does, by id."""
        base = self.study.prepared.case.settings.base_year
        named = zip(schemes_of(self.study), self.opens, strict=True)
        return {scheme.scheme_id: base + t for scheme, t in named if t >= 0}

    @cached_property
    def solution(self) -> Solution:
        """The flows; without duals, as they were verified when they were found."""
        problem = self.study.problem
        return Solution(
            status=Status(self.answer["status"]),
            stay=_dense(self.answer["stay"], len(problem.stays)),
            unplaced=_dense(self.answer["unplaced"], len(problem.states)),
            opens=opens_of(self.opens, problem.periods),
            objective=self.objective,
            bound=self.bound,
            seconds=0.0,
            solver="",
            log="",
        )

    @cached_property
    def somewhere(self) -> pd.DataFrame:
        """Children who are somewhere, exact: as `child_years.spent`."""
        from sufficiency.child_years import spent

        prepared = self.study.prepared
        return spent(prepared.basis, self.solution, prepared.travel.journeys)


def schemes_of(study: Study) -> tuple[Scheme, ...]:
    """Return the proposed schemes, in the order of their positions."""
    return proposed(study.prepared.basis.schemes)


@dataclass(frozen=True)
class Asker:
    """Asks for many programmes of a case: in parallel, and never twice for the same.

    Attributes
    ----------
    kept
        Where answers are kept.
    workers, cluster
        As `sufficiency.sweep.run_sweep`.
    """

    study: Study
    kept: Path
    workers: int | None
    cluster: str | None
    progress: Progress

    @classmethod
    def of(cls, study: Study, asked: Mapping[str, Any], progress: Progress) -> Asker:
        """Return one for what a command is asked.

        Raises
        ------
        UsageError
            When there is nothing to choose.
        """
        if not study.problem.schemes.may_open.any():
            raise UsageError(
                "the case has no proposed scheme that could open: there is nothing to choose"
            )
        return cls(study, asked["kept"], asked["workers"], asked["cluster"], progress)

    def programmes(self, tasks: Sequence[Mapping[str, Any]]) -> list[Programme]:
        """Return the best programme for each task."""
        return [Programme(self.study, answer) for answer in self.answers(choose, tasks)]

    def answers(
        self,
        work: Callable[[runs.Worker, Mapping[str, Any]], dict[str, Any]],
        tasks: Sequence[Mapping[str, Any]],
        payload: runs.Payload | None = None,
        build: Callable[[Any], Any] = runs.build,
    ) -> list[dict[str, Any]]:
        """Return the answers to tasks of any kind; workers get the problem as it is, unless given more."""
        if payload is None:
            study = self.study
            payload = runs.Payload(replace(study.problem), study.accounts, study.gap)
        sweep = Sweep(build, work, payload, tasks, runs.key(payload, __version__, work))
        return run_sweep(
            sweep, self.kept, workers=self.workers, cluster=self.cluster, progress=self.progress
        )
