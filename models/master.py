"""The master program: what opens and when, and what the assignment then costs at least by the cuts so far.

``min  eta + sum_kt f_kt y_kt``  over the rules on what opens (families of `models.program`), with
``eta >= B_c + sum_kt g_ckt y_kt`` for every cut c.

It branches on *begun* ``z_kt = sum_{j <= t} y_kj``: a scheme is open by a period or it is not, which divides plans more
evenly than the year in which it opens. PuLP writes the rules; cuts go straight to HiGHS, which stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from models.engines import NoAnswerError, Outcome
from models.program import FAMILIES, Variables
from models.solution import Status, overspent

if TYPE_CHECKING:
    from models.problem import Floats, Problem

#: Constraint families of the master: those that only speak of what opens.
MASTER = ("opens_once", "exclusive", "requires", "budget", "differs")
#: The size that the assignment's cost has in the master, so that pounds and millions live together.
SIZE = 1e4
#: Nodes that one search may take at first.
NODES = 300
#: Heuristics of HiGHS that took half its time here and found what is priced already; little strong branching.
SETTINGS = {
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_pscost_minreliable": 2,
}


def choices(lp: pulp.LpProblem, problem: Problem) -> dict[tuple[int, int], Any]:
    """Write what may open when into a program, with every rule on it; return ``y`` by scheme and period."""
    keys = [(int(k), int(t)) for k, t in np.argwhere(problem.schemes.may_open)]
    opens = {(k, t): lp.add_variable(f"y{k}_{t}", lowBound=0, upBound=1) for k, t in keys}
    begun = {(k, t): lp.add_variable(f"z{k}_{t}", cat=pulp.LpBinary) for k, t in keys}
    for (k, t), z in begun.items():
        so_far = [(y, 1.0) for (m, j), y in opens.items() if m == k and j <= t]
        lp.addConstraint(pulp.LpAffineExpression([(z, -1.0), *so_far]) == 0, f"begun_{k}_{t}")
    for family in MASTER:
        for name, constraint in FAMILIES[family](problem, Variables({}, {}, opens)):
            lp.addConstraint(constraint, name)
    return opens


def loaded(lp: pulp.LpProblem) -> Any:  # noqa: ANN401 - HiGHS has no types
    """Return HiGHS with a program in it."""
    solver = pulp.HiGHS(msg=False, random_seed=0, threads=1)
    solver.createAndConfigureSolver(lp)
    solver.buildSolverModel(lp)
    for option, setting in SETTINGS.items():
        lp.solverModel.setOptionValue(option, setting)
    return lp.solverModel


class Master:
    """The master program, warm in HiGHS.

    Parameters
    ----------
    problem, opening_cost
        The problem, and (K, P) costs in place of its own.
    size
        Pounds that the assignment costs, roughly: the unit of money follows.

    Attributes
    ----------
    bound
        The best proven bound on the cost of any plan.
    """

    def __init__(self, problem: Problem, opening_cost: Floats, size: float) -> None:
        self._schemes = problem.schemes
        self._unit = max(1.0, abs(size)) / SIZE
        self._cost = opening_cost / self._unit
        self._keys = np.argwhere(problem.schemes.may_open)
        self.bound = 0.0
        self._write(problem)

    def _write(self, problem: Problem) -> None:
        lp = pulp.LpProblem("master", pulp.LpMinimize)
        value = lp.add_variable("value", lowBound=0)
        opens = choices(lp, problem)
        costs = [(y, float(self._cost[key])) for key, y in opens.items()]
        total = pulp.LpAffineExpression([(value, 1.0), *costs])
        lp += total
        lp.addConstraint(total >= 0, "under")
        self._highs = loaded(lp)
        self._under = next(row.index for row in lp.constraints() if row.name == "under")
        self._value = value.index
        self._opens = np.array([y.index for y in opens.values()], np.int32)

    def cut(self, constant: float, slope: Floats) -> None:
        """Add ``value >= constant + slope . y``, with (K, P) slopes."""
        terms = -slope[tuple(self._keys.T)] / self._unit
        index = np.append(self._opens, np.int32(self._value))
        value = np.append(terms, 1.0)
        used = np.flatnonzero(value)
        self._highs.addRow(constant / self._unit, np.inf, len(used), index[used], value[used])

    def solve(
        self,
        *,
        relaxed: bool,
        gap: float = 0.0,
        under: float = np.inf,
        nodes: int = NODES,
        seconds: float | None = None,
    ) -> Floats | None:
        """Return (K, P) what to open, in part if `relaxed`, and lift the bound; None if there is nothing, or no time.

        What it opens keeps to the budget to the penny, unless relaxed.

        Parameters
        ----------
        gap
            Share of the cost by which the choice may be above the bound.
        under
            Only choices that may cost less than this are of interest. That there is none proves it as a bound.
        nodes
            Most nodes of the search: a choice that is not the best makes a good cut, too.

        Raises
        ------
        NoAnswerError
            When nothing may be chosen, at any cost.
        """
        self._highs.changeRowBounds(self._under, 0.0, under / self._unit)
        self._highs.setOptionValue("mip_max_nodes", nodes)
        while True:
            opens = self._run(relaxed=relaxed, gap=gap, under=under, seconds=seconds)
            over = [] if relaxed or opens is None else overspent(self._schemes, opens > 0.5)
            if not over:
                return opens
            for by, schemes in over:
                self._forbid(by, schemes)

    def _run(
        self, *, relaxed: bool, gap: float, under: float, seconds: float | None
    ) -> Floats | None:
        import highspy

        highs, ended = self._highs, highspy.HighsModelStatus
        highs.setOptionValue("solve_relaxation", relaxed)
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("time_limit", np.inf if seconds is None else seconds)
        status, info = self._ask()
        words = highs.modelStatusToString(status)
        if status == ended.kInfeasible and np.isfinite(under):
            self.bound = max(self.bound, under)
            return None
        if status == ended.kInfeasible:
            raise NoAnswerError(Outcome(Status.INFEASIBLE, np.inf, words))
        if relaxed and status != ended.kOptimal:
            return None
        # Where nothing may open there is no yes or no in the program, and HiGHS keeps no bound of a search.
        linear = relaxed or not len(self._keys)
        proved = info.objective_function_value if linear else info.mip_dual_bound
        if np.isfinite(proved):
            self.bound = max(self.bound, min(under, float(proved) * self._unit))
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        found = np.maximum(0.0, np.array(highs.getSolution().col_value)[self._opens])
        opens = np.zeros(self._cost.shape)
        opens[tuple(self._keys.T)] = found if relaxed else np.round(found)
        return opens

    def _ask(self) -> tuple[Any, Any]:
        """Run HiGHS; return how it ended and what it says of its solution.

        It may call a solution optimal that breaks a row, after presolve of a model that had been solved before, where
        in truth there is none: asked again from the beginning, without presolve, it says so.
        """
        import highspy

        highs = self._highs
        highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status == highspy.HighsModelStatus.kOptimal and not found:
            highs.clearSolver()
            highs.setOptionValue("presolve", "off")
            highs.run()
            highs.setOptionValue("presolve", "choose")
            status, info = highs.getModelStatus(), highs.getInfo()
        return status, info

    def _forbid(self, by: int, schemes: tuple[int, ...]) -> None:
        """Let not all of some schemes open by a period (`models.program.not_together`)."""
        here = np.isin(self._keys[:, 0], schemes) & (self._keys[:, 1] <= by)
        columns = self._opens[here]
        self._highs.addRow(
            -np.inf, len(schemes) - 1.0, len(columns), columns, np.ones(len(columns))
        )
