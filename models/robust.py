"""One choice of schemes for many scenarios: of least mean cost, or of least worst regret. Schemes now, the rest later.

The choice ``y`` is the same in every scenario f of a sample; what follows is decided in each, knowing it [1]_:

``min  c y + 1/F sum_f eta_f``   or   ``min theta``  with  ``theta >= c y + eta_f - best_f``  for every f,

over the rules on what opens (`models.master`), with ``eta_f >= B + sum g y`` for every cut known of scenario f
(`models.warm.Warm.cuts`): Benders decomposition with a cut a scenario [2]_. Regret is against the best plan of each
scenario, had it been known. Cuts are taken into the program as they are violated. A choice is priced in every scenario,
which makes cuts that are exact there, until what was found meets its bound: then it is best for this sample.

References
----------
.. [1] Kleywegt, Shapiro and Homem-de-Mello (2002), "The sample average approximation method for stochastic discrete
   optimization", SIAM Journal on Optimization 12(2), 479-502.
.. [2] Birge and Louveaux (1988), "A multicut algorithm for two-stage stochastic linear programs", European Journal of
   Operational Research 34(3), 384-392.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from models.master import SIZE, choices, loaded
from models.solution import overspent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.problem import Bools, Floats, Problem

    Cut = tuple[float, Floats]

#: What a choice may be sought for.
MEAN, REGRET = "mean", "regret"
#: Share of a scenario's cost by which a cut is violated, if it is.
VIOLATED = 1e-9
#: Most nodes of one search, and rounds of cuts within it.
NODES, PASSES = 20_000, 200


@dataclass(frozen=True)
class Priced:
    """A choice, priced in every scenario.

    Attributes
    ----------
    opens
        (K, P) what opens.
    costs
        (F,) least cost of each scenario with it, schemes included.
    cuts
        A cut a scenario, exact at this choice.
    """

    opens: Bools
    costs: Floats
    cuts: Sequence[Cut]


@dataclass(frozen=True)
class Robust:
    """The best choice found for an aim.

    Attributes
    ----------
    value, bound
        Mean cost or worst regret; what no choice can be below, for this sample.
    gap
        Their distance as a share of the mean cost.
    """

    priced: Priced
    value: float
    bound: float
    gap: float


@dataclass
class Sample:
    """Scenarios of one structure, and what is known of them.

    Attributes
    ----------
    problem
        Any of them: what opens, and what that costs, is the same in all.
    best
        (F,) cost of the best plan of each.
    cuts
        Cuts known of each.
    """

    problem: Problem
    best: Floats
    cuts: list[list[Cut]]
    priced: list[Priced] = field(default_factory=list)

    def take(self, found: Sequence[Priced]) -> None:
        """Take in choices that were priced."""
        for one in found:
            self.priced.append(one)
            for known, cut in zip(self.cuts, one.cuts, strict=True):
                known.append(cut)

    def value(self, one: Priced, aim: str) -> float:
        """Return what a choice is worth by an aim."""
        if aim == MEAN:
            return float(one.costs.mean())
        return float(max(0.0, (one.costs - self.best).max()))

    def least(self, aim: str) -> Priced:
        """Return the best of the choices priced: the first of several."""
        return min(self.priced, key=lambda one: self.value(one, aim))


def choose_for_all(
    sample: Sample,
    price: Callable[[Sequence[Bools]], Sequence[Priced]],
    aims: Sequence[str] = (MEAN, REGRET),
    *,
    gap: float = 1e-6,
    rounds: int = 40,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Robust]:
    """Find the best choice for every aim.

    Parameters
    ----------
    sample
        With one priced choice at least; what is found is added to it.
    price
        Prices choices in every scenario.
    gap
        What is to be proved, as a share of the mean cost.
    rounds
        Most times that choices are priced; what is not proved by then is told by the gap.
    """
    bounds = dict.fromkeys(aims, 0.0)
    for done in range(rounds + 1):
        wanted: list[Bools] = []
        for aim in aims:
            if _gap(sample, aim, bounds[aim]) <= gap:
                continue
            opens, bound = Together(sample, aim).solve(gap)
            bounds[aim] = max(bounds[aim], bound)
            known = [*(one.opens for one in sample.priced), *wanted]
            if opens is not None and not any(np.array_equal(opens, other) for other in known):
                wanted.append(opens)
        if done == rounds or not wanted:
            break
        sample.take(price(wanted))
        progress(f"{len(sample.priced)} programmes priced in every future")
    return {
        aim: Robust(
            one := sample.least(aim),
            sample.value(one, aim),
            min(bounds[aim], sample.value(one, aim)),
            _gap(sample, aim, bounds[aim]),
        )
        for aim in aims
    }


def _gap(sample: Sample, aim: str, bound: float) -> float:
    """Return how far the best found is from its bound, as a share of the mean cost."""
    least = sample.least(aim)
    size = max(1.0, abs(float(least.costs.mean())))
    return max(0.0, sample.value(least, aim) - bound) / size


class Together:
    """The program of all scenarios together, with the cuts that matter."""

    def __init__(self, sample: Sample, aim: str) -> None:
        problem, count = sample.problem, len(sample.best)
        self._schemes = problem.schemes
        self._keys = tuple(np.argwhere(problem.schemes.may_open).T)
        self._unit = max(1.0, float(sample.best.mean())) / SIZE
        self._constant = [np.array([c for c, _ in known]) for known in sample.cuts]
        self._slope = [np.array([g[self._keys] for _, g in known]) for known in sample.cuts]
        self._cost = problem.schemes.cost[self._keys]
        self._write(problem, sample.best, count, aim)

    def _write(self, problem: Problem, best: Floats, count: int, aim: str) -> None:
        lp = pulp.LpProblem("together", pulp.LpMinimize)
        later = [lp.add_variable(f"eta{f}", lowBound=0) for f in range(count)]
        opens = choices(lp, problem)
        now = [(y, float(c) / self._unit) for y, c in zip(opens.values(), self._cost, strict=True)]
        if aim == MEAN:
            lp += pulp.LpAffineExpression([*now, *((eta, 1.0 / count) for eta in later)])
        else:
            worst = lp.add_variable("theta", lowBound=0)
            lp += worst * 1.0
            for f, eta in enumerate(later):
                row = pulp.LpAffineExpression(
                    [(worst, 1.0), (eta, -1.0), *((y, -c) for y, c in now)]
                )
                lp.addConstraint(row >= -float(best[f]) / self._unit, f"regret{f}")
        self._highs = loaded(lp)
        self._later = np.array([eta.index for eta in later], np.int32)
        self._opens = np.array([y.index for y in opens.values()], np.int32)

    def solve(self, gap: float) -> tuple[Bools | None, float]:
        """Return what to open by the cuts known, and the bound that they prove; None where nothing was found."""
        for _ in range(PASSES):
            if not self._violated(self._run(relaxed=True)):
                break
        bound, values = 0.0, np.zeros(0)
        for _ in range(PASSES):
            values = self._run(relaxed=False, gap=gap / 4)
            info = self._highs.getInfo()
            proved = info.mip_dual_bound if len(self._opens) else info.objective_function_value
            proved = float(proved) * self._unit
            bound = max(bound, proved) if np.isfinite(proved) else bound
            if not len(values) or not (self._forbidden(values) or self._violated(values)):
                break
        return (self._chosen(values) if len(values) else None), bound

    def _run(self, *, relaxed: bool, gap: float = 0.0) -> Floats:
        """Return the values of all columns; none where there are none."""
        import highspy

        highs: Any = self._highs
        highs.setOptionValue("solve_relaxation", relaxed)
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("mip_max_nodes", NODES)
        highs.run()
        found = highs.getInfo().primal_solution_status
        if found != highspy.SolutionStatus.kSolutionStatusFeasible:
            return np.zeros(0)
        return np.array(highs.getSolution().col_value)

    def _chosen(self, values: Floats) -> Bools:
        opens = np.zeros(self._schemes.may_open.shape, bool)
        opens[self._keys] = values[self._opens] > 0.5
        return opens

    def _violated(self, values: Floats) -> bool:
        """Take in each scenario's most violated cut; say whether there was any."""
        if not len(values):
            return False
        chosen, any_added = values[self._opens], False
        for f, (constant, slope) in enumerate(zip(self._constant, self._slope, strict=True)):
            least = constant + slope @ chosen
            at = int(least.argmax())
            if least[at] - values[self._later[f]] * self._unit <= VIOLATED * abs(least[at]) + 1e-4:
                continue
            self._add(f, float(constant[at]), slope[at])
            any_added = True
        return any_added

    def _add(self, scenario: int, constant: float, slope: Floats) -> None:
        index = np.append(self._opens, self._later[scenario])
        value = np.append(-slope / self._unit, 1.0)
        used = np.flatnonzero(value)
        self._highs.addRow(constant / self._unit, np.inf, len(used), index[used], value[used])

    def _forbidden(self, values: Floats) -> bool:
        """Forbid schemes that together are over the budget by pennies; say whether there were any."""
        over = overspent(self._schemes, self._chosen(values))
        for by, schemes in over:
            here = np.isin(self._keys[0], schemes) & (self._keys[1] <= by)
            columns = self._opens[here]
            self._highs.addRow(
                -np.inf, len(schemes) - 1.0, len(columns), columns, np.ones(len(columns))
            )
        return bool(over)
