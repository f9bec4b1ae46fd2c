"""The thread that solves: always the newest thing asked for, warm where the structure is known, and verified."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models import solve
from models.warm import Warm
from sufficiency.evidence.study import check
from sufficiency.studio.answers import Answered, account_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Problem, Solution
    from sufficiency.steps import Prepared

#: How near to the best a plan is proved: as `plan` does, so that both find the same.
GAP = 1e-6
#: Seconds that are given to the choice of schemes; what was found by then is shown as not proved.
MOST_SECONDS = 300.0
#: Warm models that are kept: that of the case, and that of another structure.
WARM_KEPT = 2


class StoppedError(Exception):
    """A newer question makes this one idle."""


class Job(Protocol):
    """Something to be worked on: it is given the engine, and asks `wanted` now and then."""

    def run(self, engine: Engine) -> None:
        """Do it, and keep what came of it."""

    def wanted(self) -> bool:
        """Whether anybody still wants it."""


@dataclass
class Engine:
    """One thread, which works off what `next_job` offers.

    Attributes
    ----------
    next_job
        The most pressing thing to do; None for nothing.
    say
        Told how far a solve is.
    """

    next_job: Callable[[], Job | None]
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        self._warm: list[Warm] = []
        self._wake = threading.Condition()
        self._asked = 0
        self._ending = False
        self._thread = threading.Thread(target=self._work, name="studio solver", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def wake(self) -> None:
        """Tell that there may be something else to do."""
        with self._wake:
            self._asked += 1
            self._wake.notify_all()

    def stop(self, seconds: float = 5.0) -> None:
        """End, as soon as the solver can be stopped."""
        with self._wake:
            self._ending = True
            self._wake.notify_all()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _work(self) -> None:
        done = -1
        while not self._ending:
            with self._wake:
                self._wake.wait_for(lambda: done != self._asked or self._ending)  # noqa: B023
                done = self._asked
            self._work_off()

    def _work_off(self) -> None:
        """Do all that there is to do."""
        job = self.next_job()
        while job is not None and not self._ending:
            with suppress(StoppedError):
                job.run(self)
            job = self.next_job()

    def best(self, prepared: Prepared, key: str, wanted: Callable[[], bool]) -> Answered:
        """Return the best plan of a problem, warm if its structure is known.

        Raises
        ------
        StoppedError
            When nobody wants it any more.
        NoPlanError
            When there is none.
        VerificationError
            When the answer does not add up.
        """
        began = time.perf_counter()
        problem = prepared.basis.problem
        warm = self._of(problem)
        try:
            solution = warm.solve(
                problem, gap=GAP, time_limit=MOST_SECONDS, progress=self._watch(wanted)
            )
        except StoppedError:
            raise
        except Exception:
            self._warm.remove(warm)
            raise
        return self._answered(prepared, key, problem, solution, began)

    def nothing_built(self, prepared: Prepared, key: str, wanted: Callable[[], bool]) -> Answered:
        """Return the plan that opens no proposed scheme, whatever must open."""
        began = time.perf_counter()
        given = prepared.basis.problem
        self._watch(wanted)("placing children as if nothing were built")
        problem = given.with_numbers(schemes=replace(given.schemes, must=()))
        solution = self._of(problem).assign(
            np.zeros_like(given.schemes.may_open), problem, break_ties=True
        )
        return self._answered(prepared, key, problem, solution, began, built=False)

    def from_nothing(self, answered: Answered, wanted: Callable[[], bool]) -> Answered:
        """Return the plan as `plan` finds it, with nothing learnt before."""
        began = time.perf_counter()
        problem = answered.prepared.basis.problem
        solution = solve(problem, gap=GAP, time_limit=MOST_SECONDS, progress=self._watch(wanted))
        found = self._answered(answered.prepared, answered.key, problem, solution, began)
        return replace(found, settled=True, seconds=answered.seconds)

    def _answered(
        self,
        prepared: Prepared,
        key: str,
        problem: Problem,
        solution: Solution,
        began: float,
        *,
        built: bool = True,
    ) -> Answered:
        check(problem, solution)
        seconds = time.perf_counter() - began
        account = account_of(prepared, solution)
        answered = Answered(key, prepared, solution, account, seconds, built=built)
        answered.tidied()
        return answered

    def _of(self, problem: Problem) -> Warm:
        """Return a warm model that takes a problem, the latest used first."""
        warm = next((known for known in self._warm if known.takes(problem)), None)
        if warm is None:
            warm = Warm(problem)
        else:
            self._warm.remove(warm)
        self._warm = [warm, *self._warm[: WARM_KEPT - 1]]
        return warm

    def _watch(self, wanted: Callable[[], bool]) -> Callable[[str], None]:
        def watch(words: str) -> None:
            if self._ending or not wanted():
                raise StoppedError
            self.say(words)

        return watch
