"""What places are worth: the best placements with some more and with some fewer, each solved again and verified.

Schemes stay as a plan opens them. A place lasts from one year to another; it is one of those that the table of places
counts, so in a school that is over-full the first more only seat those who are there. Every worth is a pair that is
never added up: real money by year, and children without a place by year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models import Solution, Status
from models.assignment import Assignment
from models.benders import with_schemes_open
from models.flow import flow_of
from models.solution import added_places
from models.value import Valuer
from sufficiency.cohorts import number_cohorts
from sufficiency.demand import on_roll
from sufficiency.evidence.accounts import DIGITS, NOT_DECIDED
from sufficiency.evidence.study import check
from sufficiency.ledger import ITEMS
from sufficiency.schemes import committed_places
from sufficiency.standing import read_standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models import Problem
    from models.assignment import Assigned
    from models.problem import Bools, Floats
    from sufficiency.evidence.accounts import Account, Accounts
    from sufficiency.evidence.study import Study, Trial
    from sufficiency.problem import Basis

#: Pounds, and child-years, of a change that are rounding.
PENCE, DUST = 0.5, 1e-4


@dataclass(frozen=True)
class Space:
    """How the room for children who choose follows from places.

    Attributes
    ----------
    places
        (Q, P) without schemes; inf = no limit.
    taken
        (Q, P) of them, by children whom no decision moves.
    kept
        (Q, P) children under review who are there, if all stayed: room is never less.
    added
        (Q, P) places of the schemes that open.
    """

    places: Floats
    taken: Floats
    kept: Floats
    added: Floats

    @classmethod
    def of(cls, basis: Basis, opens: Bools) -> Space:
        """Return the space of a case with proposed schemes opened as given, (K, P)."""
        settings, pools = basis.case.settings, basis.pools
        _, cohort = number_cohorts(basis.groups)
        given = (settings, basis.groups, cohort, pools, basis.costs, on_roll(settings))
        committed = committed_places(basis.schemes, pools, settings.base_year)
        return cls(
            places=pools.places,
            taken=basis.placed.load(pools),
            kept=read_standing("review", *given).load(pools),
            added=committed + added_places(basis.problem, opens),
        )

    @property
    def total(self) -> Floats:
        """(Q, P) all places, of schemes too."""
        return self.places + self.added

    def room(self, change: Floats) -> Floats:
        """(Q, P) room with so many places more, or fewer: those of schemes go last."""
        fewer = np.maximum(-change, 0.0)
        cut = np.minimum(fewer, self.places)
        free = self.places + np.maximum(change, 0.0) - cut - self.taken
        own = np.maximum(np.maximum(free, self.kept), 0.0)
        return np.asarray(own + self.added - (fewer - cut), np.float64)


@dataclass(frozen=True)
class Payload:
    """What a worker gets: arrays without a name, an id or a place.

    Attributes
    ----------
    problem
        With the plan's schemes open and nothing left to choose.
    accounts
        What its decisions cost and move; the schemes' money is fixed.
    space
        How room follows from places.
    """

    problem: Problem
    accounts: Accounts
    space: Space


def payload_of(study: Study, trial: Trial) -> Payload:
    """Return what places are valued from: a plan with its schemes as they are."""
    opens, accounts = trial.solution.opens, study.accounts
    schemes = np.einsum("kt,ktiy->iy", opens.astype(np.float64), accounts.of_scheme)
    settled = replace(accounts, fixed=accounts.fixed + schemes, of_scheme=accounts.of_scheme[:0])
    space = Space.of(study.prepared.basis, opens)
    return Payload(with_schemes_open(trial.problem, opens), settled, space)


@dataclass(frozen=True)
class Change:
    """What becomes otherwise with places more or fewer: after less before.

    Attributes
    ----------
    money_gbp, transport_gbp
        (P,) real money by year, undiscounted, transport included; and of it transport.
    unplaced, independent
        (P,) children by year.
    cost_gbp
        Real money, discounted.
    objective_gbp
        What decides, discounted, with the priority on placing children and the value set on time.
    """

    money_gbp: Floats
    transport_gbp: Floats
    unplaced: Floats
    independent: Floats
    cost_gbp: float
    objective_gbp: float

    @classmethod
    def of(cls, before: Account, after: Account, objective_gbp: float) -> Change:
        """Return the change from one plan to another."""
        decided = [n for n, item in enumerate(ITEMS) if item != NOT_DECIDED]
        found = cls(
            money_gbp=(after.ledger - before.ledger)[decided].sum(axis=0),
            transport_gbp=after.item("transport") - before.item("transport"),
            unplaced=after.outcome("unplaced") - before.outcome("unplaced"),
            independent=after.outcome("independent") - before.outcome("independent"),
            cost_gbp=after.cost_gbp - before.cost_gbp,
            objective_gbp=objective_gbp,
        )
        return cls(**{name: np.round(value, DIGITS) + 0.0 for name, value in vars(found).items()})

    @property
    def child_years(self) -> float:
        """Years that children spend without a place."""
        return float(self.unplaced.sum())

    @property
    def is_none(self) -> bool:
        """Whether nothing changes."""
        return abs(self.objective_gbp) < PENCE

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain values."""
        return {
            name: value.tolist() if isinstance(value, np.ndarray) else float(value)
            for name, value in vars(self).items()
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Change:
        """Return what `to_dict` was given."""
        read: dict[str, Any] = {
            name: np.array(value, np.float64) if isinstance(value, list) else float(value)
            for name, value in plain.items()
        }
        return cls(**read)


class Worker:
    """A plan made warm, to ask what places in it are worth."""

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        problem = payload.problem
        found = (flow_of(problem) or Assignment(problem)).solve(problem.room)
        self._valuer = Valuer(problem, _solution(problem, found))
        self._before = self._account(problem, self._valuer.now)

    def worth(
        self, pool: int, first: int, last: int, places: float
    ) -> tuple[Change, Change | None]:
        """Return what places more, and as many fewer, in a pool from one year to another change.

        The second is None where there are not so many.

        Raises
        ------
        VerificationError
            When an answer does not add up: a bug of ours.
        """
        total = self.payload.space.total[pool, first : last + 1]
        return (
            self.with_places(pool, first, last, places),
            self.with_places(pool, first, last, -places) if (total >= places).all() else None,
        )

    def with_places(self, pool: int, first: int, last: int, change: float) -> Change:
        """Return what so many places more (or fewer) in a pool from one year to another change."""
        changed = np.zeros_like(self.payload.space.places)
        changed[pool, first : last + 1] = change
        return self.with_change(changed)

    def with_change(self, changed: Floats) -> Change:
        """Return what any change of places, (Q, P), changes."""
        room = self.payload.space.room(changed)
        found, now = self._valuer.best(room), self._valuer.now
        if found is now:
            return Change.of(self._before, self._before, 0.0)
        account = self._account(self.payload.problem.with_numbers(room=room), found)
        return Change.of(self._before, account, found.cost - now.cost)

    def _account(self, problem: Problem, assigned: Assigned) -> Account:
        solution = _solution(problem, assigned)
        check(problem, solution)
        return self.payload.accounts.account(problem, solution)


def _solution(problem: Problem, assigned: Assigned) -> Solution:
    return Solution(
        status=Status.OPTIMAL,
        stay=assigned.stay,
        unplaced=assigned.unplaced,
        opens=np.zeros((0, problem.periods), bool),
        objective=assigned.cost,
        bound=assigned.bound,
        seconds=0.0,
        solver="",
        log="schemes as given",
        duals=assigned.duals,
    )
