"""What could go otherwise than a plan supposes, as problems: the recommended schemes in each, and what they cost there.

Only arrays are changed, or the case is put together again from its own tables, groups and journeys: nothing is read,
located or measured twice.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.errors import UsageError
from sufficiency.evidence.accounts import Accounts
from sufficiency.faults import errors
from sufficiency.ledger import ITEMS
from sufficiency.problem import build_problem
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Bools
    from sufficiency.case import Case
    from sufficiency.problem import Basis
    from sufficiency.schemes import Scheme
    from sufficiency.steps import Prepared


@dataclass(frozen=True)
class Plan:
    """A case, what its decisions cost, and the schemes that its best plan opens.

    Attributes
    ----------
    opens
        (K, P) whether scheme k opens in year t.
    """

    prepared: Prepared
    accounts: Accounts
    opens: Bools

    @property
    def basis(self) -> Basis:
        """The problem, and the key to it."""
        return self.prepared.basis

    @property
    def problem(self) -> Problem:
        """The problem as the case has it."""
        return self.basis.problem

    @property
    def base_year(self) -> int:
        """The first year of the plan."""
        return self.basis.case.settings.base_year

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """The proposed schemes, in the order of the problem's."""
        return proposed(self.basis.schemes)

    def opened(self) -> list[tuple[int, int]]:
        """Return each scheme that opens, by position, with the period in which it does."""
        return [(int(k), int(t)) for k, t in np.argwhere(self.opens)]


@dataclass(frozen=True)
class World:
    """The case as it is in a test.

    Attributes
    ----------
    problem
        In which schemes may be chosen again.
    accounts
        What decisions cost and move in it.
    opens
        (K, P) the recommended schemes, as they stand in it.
    """

    problem: Problem
    accounts: Accounts
    opens: Bools

    @property
    def as_given(self) -> Problem:
        """The problem with the schemes as recommended: whatever they cost, and whatever was allowed before."""
        schemes = self.problem.schemes
        free = np.full(self.problem.periods, np.inf)
        given = replace(
            schemes, may_open=self.opens, budget=free, exclusive=(), requires=(), must=()
        )
        return self.problem.with_numbers(schemes=given)

    def over_budget(self) -> float:
        """Return by how much capital of the recommended schemes is over the budget so far, in the worst year."""
        schemes = self.problem.schemes
        spent = np.cumsum(schemes.capital @ self.opens)
        return float(max(0.0, (spent - schemes.budget).max(initial=0.0)))


def as_it_is(plan: Plan) -> World:
    """Return the case as the plan supposes it."""
    return World(plan.problem, plan.accounts, plan.opens)


def with_schemes(plan: Plan, opens: Bools | None = None, **parts: Any) -> World:  # noqa: ANN401
    """Return a world of other schemes, as `dataclasses.replace`, and the same children and places."""
    problem = plan.problem
    schemes = replace(problem.schemes, **parts)
    kept = plan.opens if opens is None else opens
    return World(problem.with_numbers(schemes=schemes), plan.accounts, kept)


def slipped(plan: Plan, which: set[int], years: int) -> World:
    """Return a world in which schemes open so many years late, or not within the plan.

    A scheme that requires one of them opens no earlier than it does. Chosen again, none opens before its late year.
    """
    schemes, horizon = plan.problem.schemes, plan.problem.periods
    late = {k: t + years if k in which else t for k, t in plan.opened()}
    for _ in late:
        for k, other in schemes.requires:
            if k in late and other in late:
                late[k] = max(late[k], late[other])
    opens, may_open = np.zeros_like(plan.opens), schemes.may_open.copy()
    for k, t in late.items():
        if t < horizon:
            opens[k, t] = True
        if k in which:
            may_open[k, : min(t, horizon)] = False
            may_open[k] |= opens[k]
    must = tuple(k for k in schemes.must if may_open[k].any())
    return with_schemes(plan, opens, may_open=may_open, must=must)


def dearer(plan: Plan, which: set[int], pct: float) -> World:
    """Return a world in which schemes cost so many per cent more: capital, and the annuity that repays it."""
    schemes, accounts = plan.problem.schemes, plan.accounts
    more = np.zeros(len(schemes))
    more[list(which)] = pct / 100
    items = list(ITEMS)
    annuity = accounts.of_scheme[:, :, items.index("capital annuity")] @ accounts.factor
    of_scheme = accounts.of_scheme.copy()
    for item in ("capital annuity", "capital cash"):
        of_scheme[:, :, items.index(item)] *= 1 + more[:, None, None]
    world = with_schemes(
        plan,
        capital=schemes.capital * (1 + more),
        cost=schemes.cost + more[:, None] * annuity,
    )
    return replace(world, accounts=replace(accounts, of_scheme=of_scheme))


def half_full(plan: Plan, which: set[int], share: float = 0.5) -> World:
    """Return a world in which schemes have only a share of their places in the first year; all are paid for."""
    schemes = plan.problem.schemes
    places = schemes.places.copy()
    for entry, k in enumerate(schemes.scheme.tolist()):
        filled = np.flatnonzero(places[entry] > 0)
        if k in which and len(filled):
            places[entry, filled[0]] *= share
    return with_schemes(plan, places=places)


def put_together(plan: Plan, **tables: Any) -> tuple[Basis, Accounts]:  # noqa: ANN401 - tables of the case
    """Put the case together again with other tables, from the same children and journeys.

    Raises
    ------
    UsageError
        When a place has no price, or two, for a child whom it could take then.
    """
    basis, journeys = plan.basis, plan.prepared.travel.journeys
    positions = {provision: p for p, provision in enumerate(basis.provisions)}
    case: Case = replace(plan.prepared.case, **tables)
    made = build_problem(case, basis.groups, journeys, positions)
    if wrong := errors(list(made.faults)):
        raise UsageError(f"the test cannot be made: {'; '.join(fault.what for fault in wrong)}")
    return made, Accounts.of(made, journeys.km, journeys.minutes)


def of_basis(plan: Plan, basis: Basis, accounts: Accounts, opens: Bools | None = None) -> World:
    """Return the world of a case put together again; arrays like the plan's own are shared with it."""
    kept = plan.opens if opens is None else opens
    return World(
        shared(basis.problem, plan.problem), shared(accounts, plan.accounts), np.asarray(kept)
    )


def shared(new: Any, old: Any) -> Any:  # noqa: ANN401 - a dataclass of arrays
    """Return the same values, with every array that `old` has alike taken from there: it goes to workers once."""
    if isinstance(new, np.ndarray):
        same = new.shape == old.shape and np.array_equal(new, old)
        return old if same else new
    if is_dataclass(new) and not isinstance(new, type):
        parts = {
            field.name: shared(getattr(new, field.name), getattr(old, field.name))
            for field in fields(new)
        }
        return replace(new, **parts)
    return new
