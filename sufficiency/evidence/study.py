"""A case under study: its best plan, and a warm model of which to ask what would be otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from models import verify
from models.warm import Warm
from sufficiency.errors import NoPlanError, VerificationError
from sufficiency.evidence.accounts import Accounts

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from models import Problem, Solution
    from models.problem import Bools
    from sufficiency.evidence.accounts import Account
    from sufficiency.progress import Progress
    from sufficiency.run import Prepared


@dataclass(frozen=True)
class Trial:
    """A plan of a problem, verified, with what it comes to."""

    problem: Problem
    solution: Solution
    account: Account


@dataclass
class Study:
    """A case that has been put together, and what is asked of it.

    Attributes
    ----------
    gap
        Relative gap to prove in every plan.
    """

    prepared: Prepared
    gap: float = 1e-6

    @classmethod
    def begin(
        cls, case: Path, progress: Progress, *, gap: float = 1e-6, skip_bad_rows: bool = False
    ) -> Study:
        """Read a case, check it and put it together.

        Raises
        ------
        CaseError
            When the case has errors.
        """
        from sufficiency.run import prepare

        return cls(prepare(case, progress, skip_bad_rows=skip_bad_rows), gap)

    @classmethod
    def asked(cls, asked: Any, progress: Progress) -> Study:  # noqa: ANN401 - options by name
        """Begin with what a command is asked: `case`, `skip_bad_rows` and, if it is an option, `gap`."""
        gap = float(asked.get("gap", 1e-6))
        return cls.begin(asked["case"], progress, gap=gap, skip_bad_rows=asked["skip_bad_rows"])

    @property
    def problem(self) -> Problem:
        """The problem as the case has it."""
        return self.prepared.basis.problem

    @cached_property
    def warm(self) -> Warm:
        """The warm model."""
        return Warm(self.problem)

    @cached_property
    def accounts(self) -> Accounts:
        """What every decision costs and moves."""
        journeys = self.prepared.travel.journeys
        return Accounts.of(self.prepared.basis, journeys.km, journeys.minutes)

    @cached_property
    def plan(self) -> Trial:
        """The best plan of the case as it is."""
        return self.best()

    def best(self, problem: Problem | None = None) -> Trial:
        """Return the best plan, schemes included, of a problem of the same structure with the same costs of stays.

        Raises
        ------
        NoPlanError
            When there is none.
        VerificationError
            When the answer does not add up: a bug of ours.
        """
        problem = problem or self.problem
        return self._trial(problem, self.warm.solve(problem, gap=self.gap))

    def fixed(
        self, opens: Bools, problem: Problem | None = None, *, break_ties: bool = False
    ) -> Trial:
        """Return the best placements with the schemes as given, (K, P).

        Parameters
        ----------
        break_ties
            Whether of placements of equal cost the same are taken as in a plan: where journeys are compared.

        Raises
        ------
        VerificationError
            When the answer does not add up: a bug of ours, or schemes that may not open so.
        """
        problem = problem or self.problem
        return self._trial(problem, self.warm.assign(opens, problem, break_ties=break_ties))

    def _trial(self, problem: Problem, solution: Solution) -> Trial:
        check(problem, solution)
        return Trial(problem, solution, self.accounts.account(problem, solution))

    def tables(self, trial: Trial) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the exact long tables of a trial: children somewhere, and children without a place.

        Columns are those of `child_years.spent` and `child_years.waiting`.
        """
        from sufficiency.child_years import spent, waiting

        basis = replace(self.prepared.basis, problem=trial.problem)
        somewhere = spent(basis, trial.solution, self.prepared.travel.journeys)
        return somewhere, waiting(basis, trial.solution)


def check(problem: Problem, solution: Solution) -> None:
    """Recompute an answer without the solver.

    Raises
    ------
    NoPlanError
        When there is no answer.
    VerificationError
        When it does not add up.
    """
    if not solution.status.has_values:
        raise NoPlanError(f"no plan was found: {solution.log}")
    broken = verify(problem, solution)
    if broken:
        words = "; ".join(str(rule) for rule in broken[:5])
        raise VerificationError(f"the answer does not add up ({words})")
