"""One warm problem a worker, and plans of it with other numbers: what every command of many runs is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Status, verify
from models.warm import Warm
from sufficiency.errors import NoPlanError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Problem, Solution
    from models.warm import Mark
    from sufficiency.evidence.money import RealMoney

#: Digits after the point of pounds and of per cent: how far sums are the same on any number of cores.
DIGITS, PCT_DIGITS = 4, 8
#: Raised when an answer changes its meaning: kept ones are then worked out again.
ANSWERS = 2


@dataclass(frozen=True)
class Payload:
    """What a worker gets: arrays without a name, an id or a place.

    Attributes
    ----------
    problem, money
        The problem as it is, and the real money of its decisions.
    gap
        Relative gap to prove in each run.
    """

    problem: Problem
    money: RealMoney
    gap: float


@dataclass(frozen=True)
class Worker:
    """A payload made warm, with the mark that every run begins from."""

    payload: Payload
    warm: Warm
    mark: Mark


def build(payload: Payload) -> Worker:
    """Make a payload warm: solve it once with all the money there could be, to learn from."""
    problem = payload.problem
    warm = Warm(problem)
    rich = replace(problem.schemes, budget=np.full(problem.periods, np.inf))
    warm.solve(problem.with_numbers(schemes=rich), gap=payload.gap)
    return Worker(payload, warm, warm.mark())


def plan(worker: Worker, problem: Problem) -> dict[str, Any]:
    """Return the best plan of a problem of the same structure, verified, in plain values.

    Returns
    -------
    dict
        `status`; `objective_gbp`, `bound_gbp` and `gap_pct` (priority included); `cost_gbp` (real money,
        discounted); `unplaced_child_years`; `capital_gbp`; `opens`, the period in which each scheme opens or -1.

    Raises
    ------
    NoPlanError
        When there is none.
    VerificationError
        When the answer does not add up: a bug of ours.
    """
    worker.warm.back(worker.mark)
    solution = worker.warm.solve(problem, gap=worker.payload.gap)
    if not solution.status.has_values:
        raise NoPlanError(f"no plan was found: {solution.log}")
    return told(problem, solution, worker.payload.money)


def told(problem: Problem, solution: Solution, money: RealMoney) -> dict[str, Any]:
    """Return a plan in plain values, as `plan` does, once it is verified.

    Raises
    ------
    VerificationError
        When the answer does not add up.
    """
    broken = verify(problem, solution)
    if broken:
        words = "; ".join(str(rule) for rule in broken[:5])
        raise VerificationError(f"the answer does not add up ({words})")
    return {
        "status": solution.status.value,
        "objective_gbp": round(solution.objective, DIGITS),
        "bound_gbp": round(solution.bound, DIGITS),
        "gap_pct": round(100 * solution.gap, PCT_DIGITS),
        "cost_gbp": round(money.of(solution), DIGITS),
        "unplaced_child_years": round(float(solution.unplaced.sum()), DIGITS),
        "capital_gbp": float((problem.schemes.capital @ solution.opens).sum()),
        "opens": solution.opening().tolist(),
    }


def proved(answer: dict[str, Any]) -> bool:
    """Whether the gap asked for is proved."""
    return bool(answer["status"] == Status.OPTIMAL.value)


def key(payload: Payload, version: str, work: Callable[..., object]) -> str:
    """Return what answers depend on besides their task: every number of the payload, the work, the version."""
    digest = hashlib.sha256(f"{ANSWERS} {version} {work.__module__}.{work.__qualname__}".encode())
    _digest(payload, digest)
    return digest.hexdigest()


def _digest(value: object, digest: Any) -> None:  # noqa: ANN401 - hashlib has no name for it
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            digest.update(field.name.encode())
            _digest(getattr(value, field.name), digest)
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    else:
        digest.update(repr(value).encode())
