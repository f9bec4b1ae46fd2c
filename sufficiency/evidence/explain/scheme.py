"""Why a scheme opens or does not: what it costs and saves, what stands in its way, and at which price that flips."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import catchments
from sufficiency.evidence.explain import flips
from sufficiency.evidence.naming import listed
from sufficiency.evidence.value.worth import Change
from sufficiency.maps.lettering import short_name
from sufficiency.pounds import hundreds
from sufficiency.report.parts import academic
from sufficiency.schemes import proposed

if TYPE_CHECKING:
    import pandas as pd

    from sufficiency.evidence.explain.explained import Explained
    from sufficiency.evidence.explain.flips import Price
    from sufficiency.evidence.study import Trial
    from sufficiency.progress import Progress
    from sufficiency.schemes import Scheme

#: What is asked of a plan with and without a scheme.
OWN, WITHOUT, FORCED, RICH = (
    "the best plan",
    "without it",
    "with it in",
    "with it in, and no limit to capital",
)


@dataclass(frozen=True)
class SchemeExplained:
    """A scheme of a plan."""

    said: Explained
    scheme: Scheme
    progress: Progress

    @property
    def plan(self) -> Trial:
        """The best plan."""
        return self.said.study.plan

    @property
    def opens(self) -> int | None:
        """The academic year in which it opens, or None."""
        return self.said.opening.get(self.scheme.scheme_id)

    @property
    def k(self) -> int:
        """Its position among the proposed schemes."""
        ids = [scheme.scheme_id for scheme in proposed(self.said.basis.schemes)]
        return ids.index(self.scheme.scheme_id)

    @property
    def may_open(self) -> bool:
        """Whether it may open at all."""
        return not self.scheme.committed and bool(
            self.said.study.problem.schemes.may_open[self.k].any()
        )

    @cached_property
    def other(self) -> Trial | None:
        """The best plan of the opposite decision; None where there is none."""
        if not self.may_open:
            return None
        self.progress.step("planning with the opposite decision")
        if self.opens is not None:
            return flips.without(self.said.study, self.k)
        return flips.forced(self.said.study, self.k)

    @cached_property
    def rich(self) -> Trial | None:
        """The best plan with it in and no limit to capital, where the budget does not allow it at all."""
        if self.opens is not None or not self.may_open or self.other is not None:
            return None
        return flips.forced(self.said.study, self.k, rich=True)

    @cached_property
    def change(self) -> Change | None:
        """What having the scheme changes: the plan with it less the plan without it."""
        other = self.other
        if other is None:
            return None
        with_it, bare = (self.plan, other) if self.opens is not None else (other, self.plan)
        objective = with_it.solution.objective - bare.solution.objective
        return Change.of(bare.account, with_it.account, objective)

    @cached_property
    def price(self) -> Price | None:
        """The capital at which the decision flips."""
        if not self.may_open or self.scheme.choice:
            return None
        bare = self.other if self.opens is not None else self.plan
        return flips.break_even(self.said.study, self.k, bare, self.progress.step) if bare else None

    @cached_property
    def more_budget(self) -> float | None:
        """How much more capital would be enough for it to open; None where it opens, or none would do."""
        limited = np.isfinite(self.said.study.problem.schemes.budget).any()
        if self.opens is not None or not self.may_open or not limited or self.scheme.choice:
            return None
        self.progress.step("with which budget it would open")
        return flips.more_budget(self.said.study, self.k)

    @cached_property
    def served(self) -> pd.DataFrame:
        """Children in its places, by need, phase and year."""
        basis, plan = self.said.basis, self.plan
        somewhere, _ = self.said.study.tables(plan)
        children = catchments.in_schemes(basis, plan.solution, somewhere, self.said.opening)
        return catchments.served(children[children["scheme"] == self.scheme.scheme_id])

    @property
    def years(self) -> int:
        """Years of the plan in which it is open, in the plan that has it."""
        if self.opens is not None:
            first = max(self.opens - self.said.base_year, 0)
        elif self.other is not None:
            first = int(self.other.solution.opening()[self.k])
        else:
            first = 0
        return self.said.study.problem.periods - first

    def instead(self, trial: Trial) -> list[str]:
        """Say which other schemes another plan opens, shuts or moves."""
        base, found = self.said.base_year, []
        was, now = self.plan.solution.opening(), trial.solution.opening()
        for n, scheme in enumerate(proposed(self.said.basis.schemes)):
            if n == self.k or was[n] == now[n]:
                continue
            then, before = (academic(base + int(opening[n])) for opening in (now, was))
            if was[n] < 0:
                found.append(f"{scheme.scheme_id} would open in {then}")
            elif now[n] < 0:
                found.append(f"{scheme.scheme_id} would not open")
            else:
                found.append(f"{scheme.scheme_id} would open in {then}, not {before}")
        return found


def running_cost(scheme: Scheme) -> tuple[float, float]:
    """Return places and place funding a year of a scheme, once built up."""
    late = np.array([100])
    places = sum(float(scheme.places(pool, late)[0]) for pool in scheme.steps)
    return places, float(scheme.funding_gbp(late)[0])


def headline(found: SchemeExplained) -> str:
    """Say in a sentence whether it opens, and the plainest reason."""
    scheme, opens = found.scheme, found.opens
    called = f"{scheme.scheme_id} ({short_name(scheme.name)})"
    if scheme.committed:
        return f"{called} is committed: it opens in {academic(scheme.earliest)} whatever the plan."
    if opens is None:
        return f"{called} does not open. {why_not(found)[0]}"
    must = ", as the case says that it must" if scheme.choice else ""
    change = found.change
    if change is None:
        return f"{called} opens in {academic(opens)}{must}."
    return (
        f"{called} opens in {academic(opens)}{must}: with it the whole plan {_saves(-change.cost_gbp)} over the plan"
        " (real money, discounted), after its own costs."
    )


def _saves(gbp: float) -> str:
    return f"{'saves' if gbp >= 0 else 'costs'} {hundreds(abs(gbp))}"


def sentences(found: SchemeExplained) -> list[str]:
    """Say what it costs, what it changes, and what else stands in its way."""
    places, funding = running_cost(found.scheme)
    cost = f"{hundreds(found.scheme.capital_gbp)} of capital ({hundreds(found.scheme.annuity_gbp)} a year)"
    cost += f" and {hundreds(funding)} a year of place funding" if funding else ""
    said = [f"It gives {places:,.0f} places, once built up, for {cost}."]
    if found.opens is None and not found.scheme.committed:
        return said + why_not(found)[1:]
    return [*said, worth(found)] if found.change else said


def worth(found: SchemeExplained) -> str:
    """Say what having the scheme changes, as money and as children."""
    change, other = found.change, found.other
    if change is None or other is None:
        return ""
    counts = found.said.counts
    a_year = -float(change.money_gbp.sum()) / found.years
    text = (
        f"With it the whole plan {_saves(-change.cost_gbp)} of real money over the plan (discounted), after its own"
        f" costs, against the best plan without it; not discounted it {_saves(a_year)} a year that it is open"
    )
    placed = -change.child_years
    if placed > 1e-6:
        text += f", and children have {counts.text(placed)} more child-years with a place"
    elif placed < -1e-6:
        text += f", and {counts.text(-placed)} child-years fewer with a place"
    with_it, bare = (found.plan, other) if found.opens is not None else (other, found.plan)
    sums = [float(trial.account.outcome("independent").sum()) for trial in (bare, with_it)]
    if counts.change(*sums):
        text += f"; independent placements are {counts.text_of_change(*sums)}, in child-years"
    moves = found.instead(other)
    if moves and found.opens is not None:
        text += f". If it fell through: {listed(moves)}"
    elif moves:
        text += f". To have it, {listed(moves)}"
    return f"{text}."


def why_not(found: SchemeExplained) -> list[str]:
    """Say what stands in its way, the plainest first."""
    scheme, said = found.scheme, found.said
    if scheme.choice:
        return ["The case says that it may not."]
    partner = [
        other.scheme_id
        for other in said.basis.schemes
        if scheme.group and other.group == scheme.group and other.scheme_id in said.opening
    ]
    if not found.may_open:
        if partner:
            return [
                f"{partner[0]} is committed, and of the two ({scheme.group}) only one may open."
            ]
        return [
            "It may not open in any year of the plan: see its earliest and latest year, and what it requires."
        ]
    parts = [f"{p} opens instead: of the two ({scheme.group}) only one may." for p in partner[:1]]
    if scheme.requires and scheme.requires not in said.opening:
        parts.append(f"It requires {scheme.requires}, which does not open.")
    return [*parts, worth(found) if found.change else _not_allowed(found)]


def _not_allowed(found: SchemeExplained) -> str:
    """Say why no plan has it: the budget, or what must open."""
    if found.rich is None:
        return "No plan may have it beside what must open."
    schemes = found.said.study.problem.schemes
    years = np.flatnonzero(schemes.may_open[found.k])
    most = float(schemes.budget[years].max())
    return (
        f"The budget does not allow it: it costs {hundreds(found.scheme.capital_gbp)}, and by its last opening year,"
        f" with what it requires, no more than {hundreds(most)} may have been spent."
    )
