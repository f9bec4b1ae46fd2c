"""One warm problem a worker, and plans of it with other numbers: what every command of many runs is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from models import Status
from models.warm import Warm
from sufficiency.evidence.study import check

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Problem, Solution
    from models.warm import Mark
    from sufficiency.evidence.accounts import Account, Accounts

#: Digits after the point of pounds and of per cent: how far sums are the same on any number of cores.
DIGITS, PCT_DIGITS = 4, 8
#: Raised when an answer changes its meaning: kept ones are then worked out again.
ANSWERS = 4


@dataclass(frozen=True)
class Payload:
    """What a worker gets: arrays without a name, an id or a place.

    Attributes
    ----------
    problem, accounts
        The problem as it is, and what its decisions cost and move.
    gap
        Relative gap to prove in each run.
    """

    problem: Problem
    accounts: Accounts
    gap: float


Given = TypeVar("Given")


@dataclass(frozen=True)
class Warmed(Generic[Given]):
    """A payload made warm, with the mark that every run begins from."""

    payload: Given
    warm: Warm
    mark: Mark

    @classmethod
    def of(cls, payload: Given, warm: Warm) -> Warmed[Given]:
        """Return a payload with what was solved of it so far: every run begins from there."""
        return cls(payload, warm, warm.mark())


Worker = Warmed[Payload]


def build(payload: Payload) -> Worker:
    """Make a payload warm: solve it once with all the money there could be, to learn from."""
    problem = payload.problem
    warm = Warm(problem)
    rich = replace(problem.schemes, budget=np.full(problem.periods, np.inf))
    warm.solve(problem.with_numbers(schemes=rich), gap=payload.gap)
    return Worker.of(payload, warm)


def plan(worker: Worker, problem: Problem) -> dict[str, Any]:
    """Return the best plan of a problem of the same structure, verified, in plain values.

    Returns
    -------
    dict
        `status`; `objective_gbp`, `bound_gbp` and `gap_pct` (priority included); `unplaced_child_years`; and what
        `accounts.Account.to_dict` says.

    Raises
    ------
    NoPlanError
        When there is none.
    VerificationError
        When the answer does not add up: a bug of ours.
    """
    worker.warm.back(worker.mark)
    solution = worker.warm.solve(problem, gap=worker.payload.gap)
    return told(problem, solution, worker.payload.accounts)


def told(problem: Problem, solution: Solution, accounts: Accounts) -> dict[str, Any]:
    """Return a plan in plain values, as `plan` does, once it is verified.

    Raises
    ------
    NoPlanError
        When there is none.
    VerificationError
        When the answer does not add up.
    """
    check(problem, solution)
    return plain(solution, accounts.account(problem, solution))


def plain(solution: Solution, account: Account) -> dict[str, Any]:
    """Return a solution that is verified, and what it comes to, in plain values, as `plan` does."""
    return {
        "status": solution.status.value,
        "objective_gbp": round(solution.objective, DIGITS),
        "bound_gbp": round(solution.bound, DIGITS),
        "gap_pct": round(100 * solution.gap, PCT_DIGITS),
        "unplaced_child_years": round(account.unplaced, DIGITS),
        **account.to_dict(),
    }


def proved(answer: dict[str, Any]) -> bool:
    """Whether the gap asked for is proved."""
    return bool(answer["status"] == Status.OPTIMAL.value)


def key(payload: object, version: str, work: Callable[..., object]) -> str:
    """Return what answers depend on besides their task: every number of the payload, the work, the version.

    Parameters
    ----------
    payload
        A dataclass of arrays, of plain values and of tuples and dataclasses of such.
    """
    digest = hashlib.sha256(f"{ANSWERS} {version} {work.__module__}.{work.__qualname__}".encode())
    _digest(payload, digest)
    return digest.hexdigest()


def _digest(value: object, digest: Any) -> None:  # noqa: ANN401 - hashlib has no name for it
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            digest.update(field.name.encode())
            _digest(getattr(value, field.name), digest)
    elif isinstance(value, tuple):
        digest.update(f"{len(value)} of".encode())
        for part in value:
            _digest(part, digest)
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    else:
        digest.update(repr(value).encode())
