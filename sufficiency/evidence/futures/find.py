"""Many futures of a case: which schemes the best plan of each has, and one programme that does well in all of them.

Futures are drawn by a stated rule (`draws`) or taken from a forecast's simulations. In each the best plan is found, as
if it were known: the share of futures that choose a scheme is how sure it is. Then one programme is chosen for all of
them, schemes now and placements later (`models.robust`): of least cost on average, and of least worst regret. What a
programme is worth is a pair that is never added up: real money, and children.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Status
from models.robust import MEAN, REGRET, Priced, Robust, Sample, choose_for_all
from models.solution import opening_of, opens_of
from models.warm import Warm
from sufficiency import __version__
from sufficiency.errors import UsageError
from sufficiency.evidence import runs
from sufficiency.evidence.accounts import Account
from sufficiency.evidence.futures.sources import drawn
from sufficiency.evidence.study import Study, check
from sufficiency.sweep import Sweep, run_sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from models.problem import Bools, Floats
    from sufficiency.evidence.futures.draws import Draws
    from sufficiency.evidence.futures.sources import Asked
    from sufficiency.evidence.futures.worlds import Arrivals, Payload
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme
    from sufficiency.steps import Prepared

#: Programmes that are priced in every future besides those that are found: the plan's, nothing, and so many of those
#: that are best most often.
OFTEN = 4
#: Programmes in the order they are told.
PLAN, NOTHING = "the plan as it is", "nothing built"
FOR_MEAN, FOR_REGRET = "chosen for the average", "chosen for the worst regret"
KNOWN = "each future's own best"


@lru_cache(maxsize=1)
def build(payload: Payload) -> runs.Warmed[Payload]:
    """Make a payload warm: the case as it is expected, solved once."""
    warm = Warm(payload.problem)
    warm.solve(gap=payload.gap)
    return runs.Warmed.of(payload, warm)


@lru_cache(maxsize=1)
def build_light(payload: Payload) -> runs.Warmed[Payload]:
    """Make a payload warm for pricing programmes: no schemes are chosen."""
    warm = Warm(payload.problem)
    warm.assign(np.zeros_like(payload.problem.schemes.may_open))
    return runs.Warmed.of(payload, warm)


def best(worker: runs.Warmed[Payload], task: Mapping[str, Any]) -> dict[str, Any]:
    """Return the best plan of a future, as if it were known, and the cuts that the search made."""
    problem, accounts = worker.payload.world(int(task["future"]))
    worker.warm.back(worker.mark)
    solution = worker.warm.solve(problem, gap=worker.payload.gap)
    told = runs.told(problem, solution, accounts)
    keys = _keys(worker.payload)
    return told | {"cuts": [_plain(cut, keys) for cut in worker.warm.cuts()]}


def price(worker: runs.Warmed[Payload], task: Mapping[str, Any]) -> dict[str, Any]:
    """Return what some programmes come to in a future, each with the cut that is exact there."""
    problem, accounts = worker.payload.world(int(task["future"]))
    worker.warm.back(worker.mark)
    keys, found = _keys(worker.payload), []
    for opening in task["programmes"]:
        solution = worker.warm.assign(opens_of(opening, problem.periods), problem)
        check(problem, solution)
        cut = worker.warm.cuts(solution.duals)[0]
        found.append(
            {
                "objective_gbp": round(solution.objective, runs.DIGITS),
                "account": accounts.account(problem, solution).to_dict(),
                "cut": _plain(cut, keys),
            }
        )
    return {"programmes": found}


def _keys(payload: Payload) -> tuple[Any, ...]:
    return tuple(np.argwhere(payload.problem.schemes.may_open).T)


def _plain(cut: tuple[float, Floats], keys: tuple[Any, ...]) -> list[float]:
    """Return a cut as numbers, rounded down to pennies: it stays below what it bounds."""
    constant, slope = cut
    numbers = np.append(constant, slope[keys])
    return [float(number) for number in np.floor(100 * numbers + 1e-6) / 100]


@dataclass(frozen=True)
class Programme:
    """One choice of schemes, in every future.

    Attributes
    ----------
    opening
        (K,) period in which each scheme opens, or -1.
    accounts
        One a future.
    costs
        (F,) what each future costs with it, priority included: never shown.
    """

    opening: tuple[int, ...]
    accounts: tuple[Account, ...]
    costs: Floats


@dataclass(frozen=True)
class Futures:
    """What was found of many futures.

    Attributes
    ----------
    prepared
        The case, with the arrivals that futures differ in.
    arrivals, draws
        Those arrivals, and what was drawn.
    known
        The best plan of each future, as if it were known: accounts and costs.
    openings
        Opening of the best plan of each future.
    programmes
        By name: those of `PLAN`, `NOTHING`, `FOR_MEAN` and `FOR_REGRET`.
    robust
        What is proved of the choice for the average, and for the worst regret.
    sources
        Where arrivals come from, and what growth follows, in words.
    """

    prepared: Prepared
    asked: Asked
    arrivals: Arrivals
    draws: Draws
    known: Programme
    openings: tuple[tuple[int, ...], ...]
    programmes: Mapping[str, Programme]
    robust: Mapping[str, Robust]
    solved: bool
    sources: tuple[str, ...]
    factor: Floats

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The proposed schemes."""
        from sufficiency.schemes import proposed

        return proposed(self.prepared.basis.schemes)

    @property
    def proved(self) -> bool:
        """Whether both choices and every future's plan are proved best to the gap."""
        return self.solved and all(one.gap <= self.asked.gap for one in self.robust.values())

    def share(self, scheme: int) -> float:
        """Return the share of futures whose best plan has a scheme."""
        return float(np.mean([opening[scheme] >= 0 for opening in self.openings]))


def futures(study: Study, kept: Path, asked: Asked, progress: Progress) -> Futures:
    """Draw futures, plan each, and choose one programme for all; `kept` is where runs are kept.

    Raises
    ------
    UsageError
        When there is nothing to choose.
    """
    if not study.problem.schemes.may_open.any():
        raise UsageError(
            "the case has no proposed scheme that could open: there is nothing to choose"
        )
    progress.step("choosing schemes and placing children")
    plan = study.plan.solution.opening()
    progress.step("drawing futures")
    prepared, arrivals, draws, payload, sources = drawn(study.prepared, asked, progress)
    numbers = range(asked.count)
    tasks = tuple({"future": n} for n in numbers)
    sweep = Sweep(build, best, payload, tasks, runs.key(payload, __version__, best))
    run = partial(
        run_sweep, folder=kept, workers=asked.workers, cluster=asked.cluster, progress=progress
    )
    answers = run(sweep)
    keys, shape = _keys(payload), payload.problem.schemes.may_open.shape
    openings = tuple(tuple(answer["opens"]) for answer in answers)
    costs = np.array([answer["objective_gbp"] for answer in answers])
    sample = Sample(
        payload.problem, costs, [[_cut(c, keys, shape) for c in a["cuts"]] for a in answers]
    )
    accounts: dict[tuple[int, ...], tuple[Account, ...]] = {}

    def priced(wanted: Sequence[Bools]) -> list[Priced]:
        programmes = [_opening(opens) for opens in wanted]
        jobs = tuple({"future": n, "programmes": [list(p) for p in programmes]} for n in numbers)
        job = Sweep(build_light, price, payload, jobs, runs.key(payload, __version__, price))
        found = run(job)
        made = []
        for at, opening in enumerate(programmes):
            each = [answer["programmes"][at] for answer in found]
            accounts[opening] = tuple(Account.from_dict(one["account"]) for one in each)
            paid = np.array([one["objective_gbp"] for one in each])
            cuts = [_cut(one["cut"], keys, shape) for one in each]
            made.append(Priced(wanted[at], paid, cuts))
        return made

    first = _first(payload, tuple(plan.tolist()), openings)
    sample.take(priced([opens_of(opening, shape[1]) for opening in first]))
    robust = choose_for_all(
        sample, priced, gap=asked.gap, rounds=asked.rounds, progress=progress.step
    )
    by_opening = {_opening(one.opens): one for one in sample.priced}

    def programme(opening: tuple[int, ...]) -> Programme:
        return Programme(opening, accounts[opening], by_opening[opening].costs)

    named = {PLAN: first[0], NOTHING: (-1,) * shape[0]}
    named |= {FOR_MEAN: _opening(robust[MEAN].priced.opens)}
    named |= {FOR_REGRET: _opening(robust[REGRET].priced.opens)}
    return Futures(
        prepared,
        asked,
        arrivals,
        draws,
        Programme((), tuple(Account.from_dict(answer) for answer in answers), costs),
        openings,
        {name: programme(o) for name, o in named.items() if o in by_opening},
        robust,
        all(answer["status"] == Status.OPTIMAL.value for answer in answers),
        sources,
        payload.accounts.factor,
    )


def _first(
    payload: Payload, plan: tuple[int, ...], openings: Sequence[tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """Return the programmes that are priced at first: the plan's, nothing, and those that are best most often."""
    often = sorted(set(openings), key=lambda opening: (-openings.count(opening), opening))
    nothing = () if payload.problem.schemes.must else ((-1,) * len(plan),)
    return list(dict.fromkeys([plan, *nothing, *often[:OFTEN]]))


def _opening(opens: Bools) -> tuple[int, ...]:
    return tuple(opening_of(opens).tolist())


def _cut(
    numbers: Sequence[float], keys: tuple[Any, ...], shape: tuple[int, ...]
) -> tuple[float, Floats]:
    slope = np.zeros(shape)
    slope[keys] = numbers[1:]
    return numbers[0], slope
